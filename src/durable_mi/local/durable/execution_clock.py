"""The time of each execution, where waits and retry delays are skipped."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ExecutionClock", "within"]

_NONE: Final = timedelta(0)
_current: ContextVar[str | None] = ContextVar("execution", default=None)


class within:  # noqa: N801 - used as a function; one that yields takes three times as long, and each task has several
    """Let the clock show an execution's own time, in this thread or task.

    Args:
        execution: Its ARN; ``None`` for the machine's time.
    """

    __slots__ = ("_before", "_execution")

    def __init__(self, execution: str | None) -> None:
        self._execution = execution

    def __enter__(self) -> None:
        """Begin."""
        self._before = _current.set(self._execution)

    def __exit__(self, *_: object) -> None:
        """End."""
        _current.reset(self._before)


class ExecutionClock:
    """A clock that skips what an execution waits for, in the time of this execution alone.

    The emulator's own has one time for all: where one execution waits for a day, a step of any other that runs
    meanwhile lasts a day.

    Args:
        real: Returns the machine's time.
    """

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real = real
        self._guard = threading.Lock()
        self._skipped: dict[str, timedelta] = {}

    def now(self) -> datetime:
        """Return the time of the execution that this is `within`."""
        return self._real() + self._skipped.get(_current.get() or "", _NONE)

    def arm(self, wake: datetime) -> float:
        """Skip to a time, and return the seconds that are left until then: none, but for what is no execution's.

        Args:
            wake: The time.
        """
        gap = wake - self.now()
        execution = _current.get()
        if execution is None:
            return max(gap.total_seconds(), 0.0)
        if gap > _NONE:
            with self._guard:
                self._skipped[execution] = self._skipped.get(execution, _NONE) + gap
        return 0.0

    def follow(self, execution: str, other: str) -> None:
        """Let an execution be as late as another one, which it was started by or has waited for.

        Args:
            execution: Its ARN.
            other: The other one's.
        """
        with self._guard:
            later = max(self._skipped.get(execution, _NONE), self._skipped.get(other, _NONE))
            if later:
                self._skipped[execution] = later

    def forget(self, execution: str) -> None:
        """Keep no time of an execution that was deleted.

        Args:
            execution: Its ARN.
        """
        with self._guard:
            self._skipped.pop(execution, None)
