"""What a report says besides its findings: what is left out and why, and which files were not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.findings.listed import from_here
from durable_mi.findings.text import counted, wrapped
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from durable_mi.findings.suppressed import Suppressed

__all__ = ["Remarks"]

_MAX_NAMED: Final = 10
_INDENT: Final = "  "


@dataclass(frozen=True, kw_only=True, slots=True)
class Remarks:
    """What a report says besides its findings.

    Attributes:
        suppressed: Findings that are left out.
        unused: Suppressions that leave nothing out; a line each.
        problems: Suppressions that are not what they must be; a line each.
        unreadable: Files that were found and could not be read; a line each.
        others: Files that were found and are no templates.
        shows_suppressed: Whether the user asked for what is left out.
        verbose: Whether to name every file that is no template.
    """

    suppressed: tuple[Suppressed, ...] = ()
    unused: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    others: tuple[Path, ...] = ()
    shows_suppressed: bool = False
    verbose: bool = False

    @property
    def shown(self) -> tuple[Suppressed, ...]:
        """The suppressed findings that the user asked for."""
        return self.suppressed if self.shows_suppressed else ()

    def counted(self, besides: int = 0) -> str:
        """Return how many findings are left out, as the end of a list; nothing where there are none.

        Args:
            besides: How many of them the report counts elsewhere. Defaults to none.
        """
        number = sum(not each.leaves_out_rule for each in self.suppressed) - besides
        return f", {number} suppressed" if number else ""

    def lines(self) -> list[str]:
        """Return what a report for people has of it, an empty line at the end of each part."""
        lines: list[str] = []
        if self.shows_suppressed:
            lines += _part("Suppressed:", [_suppressed(each) for each in self.suppressed] or ["nothing"])
            lines += _part("Suppresses nothing, remove it:", self.unused)
        lines += _part("Suppresses nothing, since it is not what it must be:", self.problems)
        lines += _part("Not read:", self.unreadable)
        for sentence in self._no_templates():
            lines += [wrapped(clean(sentence), "", _INDENT), ""]
        return lines

    def sentences(self) -> Iterator[str]:
        """Yield what reports for machines have of it."""
        yield from self.problems
        yield from self.unreadable
        yield from self._no_templates()
        if self.shows_suppressed:
            yield from (f"suppresses nothing: {each}" for each in self.unused)

    def content(self) -> dict[str, object]:
        """Return what a JSON document has of it."""
        return {
            "suppressed": len(self.suppressed),
            "suppressedFindings": [
                {
                    "rule": each.finding.rule.id,
                    "message": each.finding.message,
                    "file": str(from_here(each.finding.file)),
                    "line": each.finding.line,
                    "resources": [resource.name for resource in each.finding.resources],
                    "suppressedBy": each.where,
                    "reason": each.reason,
                }
                for each in self.suppressed
            ],
            "unusedSuppressions": list(self.unused),
            "invalidSuppressions": list(self.problems),
        }

    def _no_templates(self) -> Iterator[str]:
        if not self.others:
            return
        most = len(self.others) if self.verbose else _MAX_NAMED
        names = [str(from_here(file)) for file in self.others[:most]]
        if len(self.others) > most:
            names.append(f"and {len(self.others) - most} more")
        are = "is no template" if len(self.others) == 1 else "are no templates"
        yield f"{counted(len(self.others), 'file')} {are}: {', '.join(names)}."


def _suppressed(each: Suppressed) -> str:
    finding = each.finding
    name = f", {finding.resources[0].name}" if finding.resources else ""
    return f"{from_here(finding.file)}, line {finding.line}{name}: {finding.rule.id} ({each.by})"


def _part(heading: str, entries: tuple[str, ...] | list[str]) -> list[str]:
    if not entries:
        return []
    return [heading, *(wrapped(clean(entry), _INDENT, _INDENT * 2) for entry in entries), ""]
