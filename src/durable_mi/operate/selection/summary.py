"""An execution as a list has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.selection.execution_arn import ExecutionArn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["OPEN", "STATUSES", "Summary"]

OPEN: Final = ("RUNNING", "PAUSING", "PAUSED")
"""The statuses of executions that have not ended."""

STATUSES: Final = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "PAUSING", "PAUSED", "DELETING")
"""API ExecutionStatus."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """An execution without its data.

    Attributes:
        id: Its ARN in parts.
        status: One of :data:`STATUSES`.
        started: When it started, with time zone.
        ended: When it ended; ``None`` while it is open.
    """

    id: ExecutionArn
    status: str
    started: datetime
    ended: datetime | None = None

    @classmethod
    def from_api(cls, execution: Mapping[str, Any]) -> Summary:
        """Read an ``Execution`` of ``ListDurableExecutionsByFunction``, or what ``GetDurableExecution`` returns."""
        return cls(
            id=ExecutionArn.parse(execution["DurableExecutionArn"]),
            status=execution["Status"],
            started=execution["StartTimestamp"],
            ended=execution.get("EndTimestamp"),
        )

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.id.text

    @property
    def name(self) -> str:
        """Its name."""
        return self.id.name

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status in OPEN

    def took_s(self, now: datetime) -> float:
        """Return the seconds from its start to its end, or until now."""
        return max(((self.ended or now) - self.started).total_seconds(), 0.0)
