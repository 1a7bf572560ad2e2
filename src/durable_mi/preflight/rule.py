"""One thing that must hold in a template."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.findings.severity import Severity
    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model

__all__ = ["Rule"]

# What AWS writes about the service itself, or the service answers. Not among them: tools beside it, such as the CDK and
# the SAM translator, whose checks are their own, and issues and pull requests.
_SERVICE_SOURCE: Final = re.compile(
    r"Lambda Developer Guide, [a-z][a-z0-9-]+.*"
    r"|Lambda API model.*|Lambda API error text"
    r"|CloudFormation schema.*"
    r"|AWS SAM reference, sam-[a-z-]+"
    r"|AWS PrivateLink guide, .+"
    r"|CloudWatch Logs User Guide, [a-z-]+"
    r"|AWS Compute Blog, \d{4}-\d{2}-\d{2}"
)
# A page that is only near to what the rule says does not carry it.
_NOT_THE_SERVICE: Final = re.compile(r"our own|unconfirmed", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing that must hold in a template.

    Attributes:
        id: ``DMI`` and three digits, the first of which is the group. It is API: users ignore and acknowledge
            rules by it.
        title: What must hold, in a few words.
        severity: Error or warning.
        why: What happens where it does not hold.
        fix: How to fix it.
        source: Where AWS says so, several separated by semicolons.
        check: Yields the findings of a template.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    source: str
    check: Callable[[Model], Iterator[Finding]]

    @property
    def has_service_source(self) -> bool:
        """Whether the service's own documentation, model or answers say what the rule says.

        Only then may it be an error: a deploy that would have worked must not be stopped.
        """
        parts = self.source.split("; ")
        return not _NOT_THE_SERVICE.search(self.source) and any(map(_SERVICE_SOURCE.fullmatch, parts))
