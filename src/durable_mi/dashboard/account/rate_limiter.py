"""One limiter for all calls of a page, so that it leaves AWS's rates to those who run the workflows."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.operate.connection import Connection

__all__ = ["RateLimiter"]

# Developer Guide, quotas of durable functions: Stop and Get 30 a second, history and list 15. A page takes half of it.
_RATES: Final[Mapping[str, float]] = {
    "GetDurableExecution": 15,
    "StopDurableExecution": 15,
    "PauseDurableExecution": 15,
    "ResumeDurableExecution": 15,
    "DeleteDurableExecution": 15,
    "GetDurableExecutionHistory": 7.5,
    "ListDurableExecutionsByFunction": 7.5,
}
_DEFAULT: Final = 5.0


class RateLimiter:
    """Delays calls so that each operation is called at most so many times a second; for any thread.

    Args:
        now: Returns a monotonic time in seconds.
        sleep: Waits so many seconds.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}

    def wait(self, operation: str) -> None:
        """Wait until an operation may be called.

        Args:
            operation: AWS's name of the operation.
        """
        with self._lock:
            at = max(self._now(), self._free_at.get(operation, 0.0))
            self._free_at[operation] = at + 1 / _RATES.get(operation, _DEFAULT)
        if (pause := at - self._now()) > 0:
            self._sleep(pause)

    def attach(self, connection: Connection) -> None:
        """Delay every request of a connection's Lambda client, those that boto3 repeats included."""

        def before_send(event_name: str = "", **_: Any) -> None:  # noqa: ANN401 - botocore's event
            # before-send.lambda.OPERATION
            self.wait(event_name.rpartition(".")[2])

        connection.functions.meta.events.register("before-send.lambda", before_send)
