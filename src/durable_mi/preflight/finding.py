"""What a rule finds, and what it could not see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.preflight.model import Model

__all__ = ["Finding", "PassedOver", "Path", "Rule", "Severity"]

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes that lead from a resource's ``Properties`` to a value."""


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
class PassedOver:
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
        source: where AWS says so.
        check: gives the findings of a template.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    source: str
    check: Callable[[Model], Iterator[Finding]]
