"""The invocations of an execution's handler: when each ran and, if it is known, where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from durable_mi.operate.execution import Event

__all__ = ["Invocation", "invocations"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Invocation:
    """One invocation of the handler.

    Attributes:
        request_id: The request id, which its log lines contain.
        started: When a worker took it, with time zone.
        ended: When it ended; ``None`` while it runs.
        environment: Id of the execution environment; ``None`` if it is unknown, as on AWS.
        pid: Process id of the worker; ``None`` likewise.
        error: Kind of the function error; ``None`` if it returned.
        message: What the error says; ``None`` if it is unknown.
        requested: When it was requested, so that it waited for a worker until it started; ``None`` if that is unknown,
            as on AWS.
    """

    request_id: str
    started: datetime
    ended: datetime | None = None
    environment: str | None = None
    pid: int | None = None
    error: str | None = None
    message: str | None = None
    requested: datetime | None = None

    @property
    def failure(self) -> str | None:
        """Kind and message of the error in one line; ``None`` if it did not fail."""
        if self.error is None:
            return None
        return self.error if self.message is None else f"{self.error}: {' '.join(self.message.split())}"


def invocations(events: Iterable[Event], known: Sequence[Invocation]) -> list[Invocation]:
    """Return an execution's invocations, oldest first.

    Args:
        events: Its history, whose ``InvocationCompleted`` events describe those that ended.
        known: The runtime's own records of them, with the place where each ran. They complete the history.
    """
    found = {each.request_id: each for each in known}
    for event in events:
        if not event.is_invocation:
            continue
        request_id, started = event.details.get("RequestId"), event.details.get("StartTimestamp")
        if request_id is None or started is None:
            continue
        ended, error = event.details.get("EndTimestamp"), event.error
        if request_id not in found:
            found[request_id] = Invocation(request_id=request_id, started=started, ended=ended)
        elif found[request_id].ended is None:
            found[request_id] = replace(found[request_id], ended=ended)
        if error is not None:
            # The runtime's own record has the kind only.
            kind = found[request_id].error or error.type or "Unhandled"
            found[request_id] = replace(found[request_id], error=kind, message=error.message)
    return sorted(found.values(), key=lambda each: each.started)
