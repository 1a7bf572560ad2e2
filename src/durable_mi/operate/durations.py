"""Durations and attempts of operations, computed from events in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.operate.execution import Event

__all__ = ["Durations"]


class Durations:
    """Durations and attempts of one execution; pass each event once, oldest first."""

    def __init__(self) -> None:
        self._started: dict[str | None, datetime] = {}
        self._attempts: dict[str | None, int] = {}
        self._origin: datetime | None = None

    def see(self, event: Event) -> tuple[float, float | None, int | None]:
        """Add an event.

        Returns:
            Seconds since the first event; seconds since the operation, or this attempt at it, started (``None`` for
            an event that starts one); the number of the attempt for a step (``None`` for everything else).
        """
        if self._origin is None:
            self._origin = event.timestamp
        since = max((event.timestamp - self._origin).total_seconds(), 0.0)
        if event.is_invocation:
            return since, _invocation_s(event), None
        if event.is_start:
            self._started[event.operation_id] = event.timestamp
            if event.type != "StepStarted":
                return since, None, None
            self._attempts[event.operation_id] = self._attempts.get(event.operation_id, 0) + 1
            return since, None, self._attempts[event.operation_id]
        started = self._started.get(event.operation_id)
        took = None if started is None else max((event.timestamp - started).total_seconds(), 0.0)
        is_step = event.type.startswith("Step")
        return since, took, (event.attempt or self._attempts.get(event.operation_id)) if is_step else None


def _invocation_s(event: Event) -> float | None:
    started, ended = event.details.get("StartTimestamp"), event.details.get("EndTimestamp")
    if started is None or ended is None:
        return None
    seconds: float = (ended - started).total_seconds()
    return max(seconds, 0.0)
