"""What a rule finds, and what it could not see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.preflight.model import Model

__all__ = ["Finding", "Path", "Rule", "Severity", "Skipped"]

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes that lead from a resource's ``Properties`` to a value."""

# What AWS writes about the service itself, or the service answers. Not among them: tools beside it, such as the CDK and
# the SAM translator, whose checks are their own, and issues and pull requests.
_SERVICE_SOURCE: Final = re.compile(
    r"Lambda Developer Guide, [a-z][a-z0-9-]+.*"
    r"|Lambda API model.*|Lambda API error text"
    r"|CloudFormation schema.*"
    r"|AWS SAM reference, sam-[a-z-]+"
    r"|AWS PrivateLink guide, .+"
    r"|AWS Compute Blog, \d{4}-\d{2}-\d{2}"
)
# A page that is only near to what the rule says does not carry it.
_NOT_THE_SERVICE: Final = re.compile(r"our own|unconfirmed", re.IGNORECASE)


class Severity(StrEnum):
    """How sure it is that a finding must be mended."""

    ERROR = "error"
    """The deploy fails, or executions do."""

    WARNING = "warning"
    """It works but costs or risks something, or no source confirms that Lambda refuses it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule does not hold.

    Attributes:
        logical_id: the resource.
        path: the value in the resource's ``Properties``; empty for the resource as a whole.
        message: what must hold, what came and how to mend it, in one line.
    """

    logical_id: str
    path: Path
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A value that a rule asked for and only a deploy tells.

    Attributes:
        logical_id: the resource.
        path: the value in the resource's ``Properties``, keys separated by slashes.
        what: what it would take to know it.
    """

    logical_id: str
    path: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing that must hold in a template.

    Attributes:
        id: ``DMI`` and three digits, the first of which stands for the family. It is API: users ignore and acknowledge
            rules by it.
        title: what must hold, in a few words.
        severity: error or warning.
        why: what happens where it does not hold.
        fix: how to mend it.
        source: where AWS says so, several separated by semicolons.
        check: gives the findings of a template.
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
