"""What leaves findings out: where it is written, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.findings.suppressed import Kind, Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from durable_mi.findings.baseline import Baseline
    from durable_mi.findings.listed import ListedFinding, ListedResource

__all__ = ["Suppression", "Suppressions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """Rules that are left out.

    Attributes:
        rules: Their ids.
        where: Where that is written.
        reason: Why; empty where nobody says.
        kind: Whether it is written in the file that it is about.
        template: The template that it is about; all where it is ``None``.
        logical_id: The resource there; all where it is ``None``.
    """

    rules: frozenset[str]
    where: str
    reason: str = ""
    kind: Kind = Kind.EXTERNAL
    template: Path | None = None
    logical_id: str | None = None

    def covers(self, resource: ListedResource) -> bool:
        """Return whether it is about a resource."""
        return self.template in {None, resource.template} and self.logical_id in {None, resource.logical_id}


@dataclass(slots=True)
class Suppressions:
    """Everything that leaves findings out in one run.

    Attributes:
        listed: The suppressions; the first one that covers a finding counts.
        baseline: The findings that were accepted before; ``None`` where there is no such file.
    """

    listed: Sequence[Suppression]
    baseline: Baseline | None = None
    _used: set[tuple[int, str]] = field(default_factory=set)

    def sift(self, findings: Sequence[ListedFinding]) -> list[Suppressed | None]:
        """Return for each finding what leaves it out, ``None`` where nothing does.

        Args:
            findings: Everything that was found.
        """
        sifted = [self._suppressed(finding) for finding in findings]
        if self.baseline is None:
            return sifted
        rest = [finding for finding, suppressed in zip(findings, sifted, strict=True) if suppressed is None]
        known = iter(self.baseline.sift(rest))
        return [suppressed if suppressed is not None else next(known) for suppressed in sifted]

    def _suppressed(self, finding: ListedFinding) -> Suppressed | None:
        candidates = [(index, each) for index, each in enumerate(self.listed) if finding.rule.id in each.rules]
        covering = [(index, each) for index, each in candidates if each.template is None]
        # Functions can share code: a finding there is left out if each of them leaves it out.
        of_each = [[pair for pair in candidates if pair[1].covers(resource)] for resource in finding.resources]
        if of_each and all(of_each):
            covering = [pair for pairs in of_each for pair in pairs]
        self._used |= {(index, finding.rule.id) for index, _ in covering}
        if not covering:
            return None
        _, first = min(covering, key=lambda pair: pair[0])
        return Suppressed(finding, first.where, first.reason, first.kind, leaves_out_rule=first.template is None)

    def unused(self, checked: Iterable[str]) -> list[str]:
        """Return a line for each rule that a suppression leaves out in vain.

        Args:
            checked: Ids of the rules that were checked.
        """
        rules = frozenset(checked)
        lines = [
            f"{each.where}: {rule}"
            for index, each in enumerate(self.listed)
            for rule in sorted(each.rules & rules)
            if (index, rule) not in self._used
        ]
        return [*lines, *(self.baseline.unused(rules) if self.baseline is not None else ())]
