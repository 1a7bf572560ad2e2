"""Writing rules down: a family is a list that its rules enter themselves into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from durable_mi.preflight.finding import Severity
from durable_mi.preflight.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.checks.warning import Caution
    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model

    Check = Callable[[Model], Iterator[Finding]]

__all__ = ["RuleGroup", "refusal"]

# The checks name values as the constructs' arguments do; a template has CloudFormation's names.
_CLOUDFORMATION_NAMES = {
    "memory_size": "MemorySize",
    "memory_gib_per_vcpu": "ExecutionEnvironmentMemoryGiBPerVCpu",
    "max_concurrency": "PerExecutionEnvironmentMaxConcurrency",
    "min_execution_environments": "MinExecutionEnvironments",
    "max_execution_environments": "MaxExecutionEnvironments",
    "max_vcpus": "MaxVCpuCount",
    "allowed_instance_types": "AllowedInstanceTypes",
    "excluded_instance_types": "ExcludedInstanceTypes",
    "execution_timeout": "DurableConfig.ExecutionTimeout",
    "retention_period": "DurableConfig.RetentionPeriodInDays",
    "timeout": "Timeout",
    "runtime": "Runtime",
}
_NAME = re.compile(rf"\b({'|'.join(_CLOUDFORMATION_NAMES)})\b")


class RuleGroup:
    """The rules of one family.

    Attributes:
        title: what they are about, as a heading.
        rules: the rules, in the order of their ids.
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


def refusal(check: Callable[..., Caution | None], *values: Any) -> str | None:  # noqa: ANN401 - each check has its own
    """Give what a value check has against some values, in CloudFormation's names.

    Args:
        check: a function of :mod:`durable_mi.checks`.
        values: its arguments.

    Returns:
        The message, ``None`` where the values are right.
    """
    try:
        check(*values)
    except ValueError as error:
        return _NAME.sub(lambda found: _CLOUDFORMATION_NAMES[found[0]], str(error))
    return None
