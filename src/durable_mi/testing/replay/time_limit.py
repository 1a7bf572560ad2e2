"""The time that a replay may take: code that blocks must not block whoever replays it."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from durable_mi.testing.replay._sdk import place_in_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from durable_mi.testing.replay.place import Place

__all__ = ["TIMEOUT_S", "ReplayTimedOut", "TimeLimit", "time_limit"]

TIMEOUT_S: Final = 60.0
"""How long the replay of one history may take. One of a thousand steps takes a few seconds."""

_AGAIN_S: Final = 0.05
"""The code may catch what interrupts it, and block again."""


class ReplayTimedOut(BaseException):
    """A replay took longer than it may.

    No ``except Exception`` of the workflow catches it.

    Attributes:
        place: The line of the workflow that ran then.
    """

    def __init__(self, place: Place | None) -> None:
        super().__init__(f"{place} does not end")
        self.place = place


class TimeLimit:
    """A limit that is being watched."""

    def __init__(self) -> None:
        self._reached: ReplayTimedOut | None = None

    def check(self) -> None:
        """Raise that the limit was reached, also if the workflow caught that.

        Raises:
            ReplayTimedOut: It was.
        """
        if self._reached is not None:
            raise self._reached

    def interrupt(self, _signal: int, frame: FrameType | None) -> None:
        """Interrupt what runs."""
        self._reached = self._reached or ReplayTimedOut(place_in_workflow(frame))
        raise self._reached


@contextmanager
def time_limit(seconds: float) -> Iterator[TimeLimit]:
    """Interrupt the block after so many seconds, at a line of Python or in a call that waits.

    Only the main thread can be interrupted. In another one the block has no limit, and neither has it if an alarm of
    somebody else, such as pytest-timeout's, comes before.

    Raises:
        ReplayTimedOut: The limit was reached.
    """
    limit = TimeLimit()
    if threading.current_thread() is not threading.main_thread():
        yield limit
        return
    alarm, interval = signal.getitimer(signal.ITIMER_REAL)
    if 0 < alarm <= seconds:
        yield limit
        return
    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, limit.interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
        yield limit
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, max(alarm - (time.monotonic() - started), _AGAIN_S), interval)
