"""What executions must have to be selected, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.operate.execution import ExecutionError
    from durable_mi.operate.selection.summary import Summary

__all__ = ["ENDED_BADLY", "Filters", "Sort"]

ENDED_BADLY: Final = ("FAILED", "TIMED_OUT", "STOPPED")
"""The statuses of executions that have an error."""


class Sort(StrEnum):
    """The order of a list; those that are equal are newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    NAME = "name"
    STATUS = "status"
    FUNCTION = "function"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What an execution must have; all of what is given.

    Attributes:
        statuses: One of these statuses. Empty means any.
        since: It started at this time or later.
        until: It started before this time.
        name: Its name; ``*`` and ``?`` are any characters and any one.
        version: The version that it runs on.
        error: A text in the type or the message of its error, or of that of the operation where it is; capitals do not
            matter. Without statuses, only executions that failed, timed out or were stopped are looked at.
    """

    statuses: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    name: str | None = None
    version: str | None = None
    error: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether they select every execution."""
        return self == Filters()

    @property
    def wanted_statuses(self) -> frozenset[str]:
        """The statuses to list; empty means all."""
        return frozenset(ENDED_BADLY) if self.error is not None and not self.statuses else self.statuses

    @property
    def whole_name(self) -> str | None:
        """The name, if it is one without wildcards."""
        return None if self.name is None or any(each in self.name for each in "*?[") else self.name

    @property
    def is_exact(self) -> bool:
        """Whether the service can apply all of them."""
        return self.error is None and (self.name is None or self.whole_name is not None)

    def admit(self, execution: Summary) -> bool:
        """Return whether what a list says of an execution fits; its error is not looked at."""
        return (
            (not self.wanted_statuses or execution.status in self.wanted_statuses)
            and (self.since is None or execution.started >= self.since)
            and (self.until is None or execution.started < self.until)
            and (self.name is None or fnmatchcase(execution.name, self.name))
            and (self.version is None or execution.id.version == self.version)
        )

    def admit_error(self, error: ExecutionError | None) -> bool:
        """Return whether an error has the text that is looked for."""
        if self.error is None:
            return True
        said = "" if error is None else f"{error.type or ''}: {error.message or ''}"
        return self.error.casefold() in said.casefold()
