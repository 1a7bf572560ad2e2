"""A finding as reports list it, whatever it is about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.findings.severity import Severity

__all__ = ["ListedFinding", "ListedResource", "RuleTexts", "count", "from_here"]


class RuleTexts(Protocol):
    """What a report says about a rule."""

    @property
    def id(self) -> str:
        """The rule's id."""

    @property
    def title(self) -> str:
        """What it is about, in a few words."""

    @property
    def severity(self) -> Severity:
        """How sure it is that a finding must be fixed."""

    @property
    def why(self) -> str:
        """What happens where it does not hold."""

    @property
    def fix(self) -> str:
        """How to fix it."""

    @property
    def source(self) -> str:
        """Where AWS says so, or what was tried."""


@dataclass(frozen=True, slots=True)
class ListedResource:
    """A resource that a finding is about.

    Attributes:
        template: The template that it is in.
        logical_id: Its logical id there.
        construct_path: Its construct path, ``None`` in templates that the CDK did not write.
    """

    template: Path
    logical_id: str
    construct_path: str | None

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.construct_path or self.logical_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedFinding:
    """A finding as reports list it.

    Attributes:
        rule: The rule that does not hold.
        severity: How the finding counts, which can be less than the rule's severity.
        message: What happens and how to fix it, in one line.
        file: Where.
        line: The line, from 1.
        column: The column, from 1, in characters.
        resources: The resources that it is about; empty where there are none.
        path: The value in the resource's ``Properties``, keys separated by slashes; empty where there is none.
    """

    rule: RuleTexts
    severity: Severity
    message: str
    file: Path
    line: int
    column: int
    resources: tuple[ListedResource, ...] = ()
    path: str = ""


def count(findings: Iterable[ListedFinding], severity: Severity) -> int:
    """Return how many findings have a severity."""
    return sum(finding.severity is severity for finding in findings)


def from_here(file: Path) -> Path:
    """Return a file's path from the working directory if it is below that, and else its full path."""
    return _from(Path.cwd(), file)


# There are more findings than files, and to resolve a path asks the file system.
@lru_cache(maxsize=4096)
def _from(here: Path, file: Path) -> Path:
    if file.is_relative_to(here):
        return file.relative_to(here)
    full = file.resolve()
    return full.relative_to(here) if full.is_relative_to(here) else full
