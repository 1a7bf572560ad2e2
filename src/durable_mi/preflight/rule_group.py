"""Groups of rules: each rule adds itself to its group by a decorator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.findings.severity import Severity
from durable_mi.preflight.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model

    Check = Callable[[Model], Iterator[Finding]]

__all__ = ["RuleGroup"]


class RuleGroup:
    """The rules about one subject.

    Attributes:
        title: What they are about, as a heading.
        rules: The rules, in the order of their ids.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.rules: list[Rule] = []

    def error(self, rule_id: str, title: str, *, why: str, fix: str, source: str) -> Callable[[Check], Check]:
        """Enter the decorated check as a rule whose findings are errors. Arguments as of :class:`Rule`."""
        return self._enter(rule_id, title, Severity.ERROR, why=why, fix=fix, source=source)

    def warning(self, rule_id: str, title: str, *, why: str, fix: str, source: str) -> Callable[[Check], Check]:
        """Enter the decorated check as a rule whose findings are warnings. Arguments as of :class:`Rule`."""
        return self._enter(rule_id, title, Severity.WARNING, why=why, fix=fix, source=source)

    def _enter(self, rule_id: str, title: str, severity: Severity, **texts: str) -> Callable[[Check], Check]:
        def enter(check: Check) -> Check:
            self.rules.append(Rule(id=rule_id, title=title, severity=severity, check=check, **texts))
            return check

        return enter
