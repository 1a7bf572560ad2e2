"""The pace at which an account may be called, so that one command leaves room for the other clients."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from durable_mi.operate.errors import ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["PAUSES_S", "Pace"]

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses after a throttled call, beyond the retries of boto3, which end within seconds."""

_Answer = TypeVar("_Answer")


class Pace:
    """Spaces calls evenly, also those of several threads, and repeats the throttled ones.

    Args:
        a_second: How many calls a second may start. Defaults to no limit, as on this machine.
        pauses_s: Seconds to wait after each throttled call before it is repeated.
        sleep: Waits this number of seconds.
        clock: Returns monotonic seconds.
    """

    def __init__(
        self,
        a_second: float | None = None,
        *,
        pauses_s: Sequence[float] = PAUSES_S,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval_s = 0.0 if a_second is None else 1 / a_second
        self._pauses_s = pauses_s
        self._sleep = sleep
        self._clock = clock
        self._lock = Lock()
        self._next = clock()

    def run(self, call: Callable[[], _Answer]) -> _Answer:
        """Make a call in its turn, and again after a pause if it is throttled.

        A throttled call slows down those of the other threads too.

        Args:
            call: Makes the call; it raises :class:`~durable_mi.operate.errors.ThrottledError` if it is throttled.

        Returns:
            What it returns.

        Raises:
            ThrottledError: It is still throttled after the last pause.
        """
        for pause in self._pauses_s:
            self.wait()
            try:
                return call()
            except ThrottledError:
                self._hold(pause)
        self.wait()
        return call()

    def wait(self) -> None:
        """Wait for the turn of one call."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._interval_s
        if turn > now:
            self._sleep(turn - now)

    def _hold(self, pause: float) -> None:
        with self._lock:
            self._next = max(self._next, self._clock() + pause)
