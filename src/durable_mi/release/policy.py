"""What a function's owner wants to become of its old versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from durable_mi import limits

if TYPE_CHECKING:
    from durable_mi.release.opening_hours import OpeningHours

__all__ = ["DEFAULT_ROLLBACK_WINDOW", "SECOND_LOOK", "DrainPolicy"]

DEFAULT_ROLLBACK_WINDOW: Final = timedelta(minutes=30)
"""Defaults to half an hour in which a rollback needs no start of environments."""

SECOND_LOOK: Final = timedelta(minutes=5)
"""Least time between the two looks that prove a version empty. A list of executions can lag."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrainPolicy:
    """When a version that is no longer live steps down, is parked and is deleted.

    Attributes:
        rollback_window: How long a version keeps its environments after its alias has moved on.
        draining_min: Minimum of environments of a version that still has executions.
        grace: Least time between the move of the alias and parking. ``None`` for the maximum age of an asynchronous
            event, after which no event can start an execution on it any more.
        keep: How many parked versions, the newest, are never deleted.
        opening_hours: When the live version runs, for a stage that closes. ``None`` if it never closes.
    """

    rollback_window: timedelta = DEFAULT_ROLLBACK_WINDOW
    draining_min: int = 1
    grace: timedelta | None = None
    keep: int = 3
    opening_hours: OpeningHours | None = None

    def __post_init__(self) -> None:
        """Reject numbers that are out of range."""
        for name, given in (("rollback_window", self.rollback_window), ("grace", self.grace)):
            if given is not None and given < timedelta(0):
                msg = f"{name} must not be negative, got {given}"
                raise ValueError(msg)
        if not 1 <= self.draining_min <= limits.MAX_EXECUTION_ENVIRONMENTS:
            msg = f"draining_min must be 1 to {limits.MAX_EXECUTION_ENVIRONMENTS}, got {self.draining_min}"
            raise ValueError(msg)
        if self.keep < 0:
            msg = f"keep must not be negative, got {self.keep}"
            raise ValueError(msg)
