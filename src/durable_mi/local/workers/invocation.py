"""One invocation of a handler, from its request to its outcome."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

__all__ = ["TIMED_OUT", "Invocation", "Outcome"]

TIMED_OUT: Final = "Sandbox.Timedout"
"""What AWS calls the error of an invocation that timed out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        payload: What the handler returned, or the error as Lambda reports it, as JSON.
        error: The kind of function error, ``None`` when the handler returned.
    """

    payload: bytes
    error: str | None = None

    @classmethod
    def failure(cls, error: str, message: str, request_id: str) -> Outcome:
        """Return the outcome of an invocation that the handler itself could not answer."""
        body = {"errorType": error, "errorMessage": message, "requestId": request_id}
        return cls(payload=json.dumps(body).encode(), error=error)


@dataclass(eq=False, slots=True)
class Invocation:
    """A request on its way through a worker process.

    Attributes:
        payload: The event, as JSON.
        arn: Function ARN with the qualifier that the caller used.
        timeout: Seconds until the deadline, counted from the moment a worker takes the invocation.
        client_context: The caller's client context as JSON, if it sent one.
        avoid: Id of an environment that shall not run it if another can.
        execution: ARN of the durable execution that it starts or resumes.
        request_id: Request id.
        environment: Id of the environment whose worker took it.
        pid: Process id of that worker.
        requested: The event loop's time at which it was requested.
        began: The event loop's time at which it was taken.
        holds_worker: Whether it timed out and its worker still runs it.
        outcome: Done when a worker answered, timed out or died.
    """

    payload: bytes
    arn: str
    timeout: int
    client_context: str | None = None
    avoid: str | None = None
    execution: str | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    outcome: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    environment: str | None = None
    pid: int | None = None
    requested: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    began: float | None = None
    holds_worker: bool = False
    _timer: asyncio.TimerHandle | None = None

    def begin(self) -> int:
        """Start the clock when a worker takes the invocation, and return the deadline in epoch milliseconds.

        The deadline ends the wait for an answer, never the process: managed instances do not stop code that timed out,
        it goes on and keeps its worker.
        """
        loop = asyncio.get_running_loop()
        self.began = loop.time()
        self._timer = loop.call_later(self.timeout, self._time_out)
        return int((time.time() + self.timeout) * 1000)

    def running_ms(self) -> int:
        """Return the milliseconds since a worker took it; 0 before."""
        return 0 if self.began is None else int((asyncio.get_running_loop().time() - self.began) * 1000)

    def queued_ms(self) -> int:
        """Return the milliseconds for which it waited for a worker, or has waited until now."""
        until = asyncio.get_running_loop().time() if self.began is None else self.began
        return int((until - self.requested) * 1000)

    def end(self, outcome: Outcome) -> None:
        """Settle the outcome; a second one, such as an answer after the timeout, is dropped."""
        if self._timer is not None:
            self._timer.cancel()
        self.holds_worker = False
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def reject(self, error: Exception) -> None:
        """Let the caller meet an error where no worker has taken the invocation."""
        if not self.outcome.done():
            self.outcome.set_exception(error)

    def _time_out(self) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = f"{at} {self.request_id} Task timed out after {self.timeout:.2f} seconds"
        self.end(Outcome.failure(TIMED_OUT, message, self.request_id))
        self.holds_worker = True
