"""One limiter for all calls of a page, so that it leaves AWS's rates to those who run the workflows."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from durable_mi import limits
from durable_mi.operate.calls.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.operate.connection import Connection

__all__ = ["RateLimiter"]

_SHARE: Final = 0.5
"""Of each rate, a page takes so much at most."""
_RATES: Final[Mapping[str, float]] = {
    "GetDurableExecution": limits.STOPS_A_SECOND,
    "StopDurableExecution": limits.STOPS_A_SECOND,
    "PauseDurableExecution": limits.STOPS_A_SECOND,
    "ResumeDurableExecution": limits.STOPS_A_SECOND,
    "DeleteDurableExecution": limits.STOPS_A_SECOND,
    "GetDurableExecutionHistory": limits.LISTS_A_SECOND,
    "ListDurableExecutionsByFunction": limits.LISTS_A_SECOND,
}
_OTHER: Final = 10.0


class RateLimiter:
    """Delays requests so that each operation is called at most so many times a second; for any thread.

    The pace of a :class:`~durable_mi.operate.calls.caller.Caller` is that of its own calls. This one counts every
    request of a connection, those that boto3 repeats and those of other clients included.

    Args:
        now: Returns a monotonic time in seconds.
        sleep: Waits so many seconds.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._lock = Lock()
        self._paces: dict[str, Pace] = {}

    def wait(self, operation: str) -> None:
        """Wait until an operation may be called.

        Args:
            operation: AWS's name of the operation.
        """
        with self._lock:
            if (pace := self._paces.get(operation)) is None:
                rate = _SHARE * _RATES.get(operation, _OTHER)
                pace = self._paces[operation] = Pace(rate, sleep=self._sleep, clock=self._now)
        pace.wait()

    def attach(self, connection: Connection) -> None:
        """Delay every request of a connection's Lambda client, those that boto3 repeats included."""

        def before_send(event_name: str = "", **_: Any) -> None:  # noqa: ANN401 - botocore's event
            # before-send.lambda.OPERATION
            self.wait(event_name.rpartition(".")[2])

        connection.functions.meta.events.register("before-send.lambda", before_send)
