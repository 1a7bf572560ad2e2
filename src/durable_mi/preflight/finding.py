"""What a rule finds, and what it could not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Finding", "Path", "Skipped"]

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes that lead from a resource's ``Properties`` to a value."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule does not hold.

    Attributes:
        logical_id: The resource.
        path: The value in the resource's ``Properties``; empty for the resource as a whole.
        message: What must hold, what came and how to fix it, in one line.
    """

    logical_id: str
    path: Path
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A value that a rule asked for and that is known only at deploy time.

    Attributes:
        logical_id: The resource.
        path: The value in the resource's ``Properties``, keys separated by slashes.
        what: What it would take to know it.
    """

    logical_id: str
    path: str
    what: str
