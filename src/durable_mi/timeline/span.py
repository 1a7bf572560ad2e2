"""The operations of a durable execution as spans of time, computed from the events of its history."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from durable_mi.operate.execution import Event, ExecutionError

__all__ = ["Attempt", "Span", "spans"]

_EVENT: Final = re.compile(
    r"(Step|Wait|Callback|Context|ChainedInvoke)(Started|Succeeded|Failed|TimedOut|Cancelled|Stopped)"
)
_STATUS: Final = {"Started": "STARTED", "TimedOut": "TIMED_OUT"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One attempt at a step.

    Attributes:
        number: From 1.
        started: When it started, with time zone.
        ended: When it ended; ``None`` while it runs. A step's start and end can come in one checkpoint, and then
            have the same time.
        status: ``STARTED``, ``SUCCEEDED`` or ``FAILED``.
        error: Why it failed.
        result: Its result, as the handler serialized it; what a condition saw at a poll.
        retry_delay_s: Seconds until the next attempt; ``None`` if there is none.
    """

    number: int
    started: datetime
    ended: datetime | None = None
    status: str = "STARTED"
    error: ExecutionError | None = None
    result: str | None = None
    retry_delay_s: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One operation from its start to its end.

    Attributes:
        id: The operation's id.
        kind: ``Step``, ``Wait``, ``Callback``, ``Context`` or ``ChainedInvoke``.
        started: When it started, with time zone.
        ended: When it ended; ``None`` if the history has no end.
        status: The API's ``OperationStatus``: ``STARTED``, ``PENDING`` (a step between two attempts), ``SUCCEEDED``,
            ``FAILED``, ``TIMED_OUT``, ``CANCELLED`` or ``STOPPED``.
        name: The operation's name; ``None`` if the handler set none.
        sub_type: The API's ``SubType``, such as ``MapIteration``.
        parent_id: The child context that it runs in; ``None`` at the top.
        depth: Number of contexts around it.
        attempts: The attempts at a step; empty for everything else.
        input: Input of a chained invoke, as JSON text.
        result: Its result, as the handler serialized it.
        error: Why it did not succeed.
        due: When the service continues by itself: the end of a wait, the next attempt at a step.
        callback_id: Id to complete a callback with.
        deadline: When a callback times out; ``None`` if it does not.
        heartbeat_s: Seconds without a heartbeat after which a callback times out; ``None`` if it needs none.
        function_name: The function that a chained invoke calls.
        executed_version: The version of that function that runs; ``None`` if the service returned none.
        tenant_id: The tenant that a chained invoke is for.
        child_arn: The durable execution that a chained invoke started.
    """

    id: str
    kind: str
    started: datetime
    ended: datetime | None = None
    status: str = "STARTED"
    name: str | None = None
    sub_type: str | None = None
    parent_id: str | None = None
    depth: int = 0
    attempts: Sequence[Attempt] = ()
    input: str | None = None
    result: str | None = None
    error: ExecutionError | None = None
    due: datetime | None = None
    callback_id: str | None = None
    deadline: datetime | None = None
    heartbeat_s: int | None = None
    function_name: str | None = None
    executed_version: str | None = None
    tenant_id: str | None = None
    child_arn: str | None = None

    @property
    def label(self) -> str:
        """Its name, or its kind if it has no name."""
        return self.name or self.sub_type or self.kind


def spans(events: Iterable[Event]) -> list[Span]:
    """Return the operations of an execution from its history.

    Args:
        events: The events, oldest first. Those of the execution itself and of its invocations are skipped.

    Returns:
        The operations, each child context followed by what ran in it, in the order in which they started.
    """
    tracks: dict[str, _Track] = {}
    for event in events:
        match = _EVENT.fullmatch(event.type)
        if match is None or event.operation_id is None:
            continue
        track = tracks.setdefault(event.operation_id, _Track())
        track.see(event, kind=match[1], status=_STATUS.get(match[2], match[2].upper()))
    return _nested([track.span() for track in tracks.values()])


@dataclass(slots=True)
class _Track:
    """The known state of one operation."""

    fields: dict[str, Any] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)

    def see(self, event: Event, *, kind: str, status: str) -> None:
        self.fields.setdefault("id", event.operation_id)
        self.fields.setdefault("kind", kind)
        self.fields.setdefault("started", event.timestamp)
        for key, value in (("name", event.name), ("sub_type", event.sub_type), ("parent_id", event.parent_id)):
            if value is not None:
                self.fields[key] = value
        if event.is_start:
            self._start(event, kind)
        else:
            self._end(event, kind, status)

    def _start(self, event: Event, kind: str) -> None:
        details = event.details
        self.fields.update(status="STARTED", ended=None, due=details.get("ScheduledEndTimestamp"))
        if kind == "Step":
            self.attempts.append(Attempt(number=len(self.attempts) + 1, started=event.timestamp))
        if event.deadline is not None:
            self.fields["deadline"] = event.deadline
        self._keep(
            details,
            callback_id="CallbackId",
            heartbeat_s="HeartbeatTimeout",
            function_name="FunctionName",
            executed_version="ExecutedVersion",
            tenant_id="TenantId",
            child_arn="DurableExecutionArn",
        )
        if event.payload is not None:
            self.fields["input"] = event.payload

    def _end(self, event: Event, kind: str, status: str) -> None:
        self.fields.update(status=status, ended=event.timestamp, due=None, error=event.error)
        self._keep(event.details, child_arn="DurableExecutionArn")
        if event.payload is not None:
            self.fields["result"] = event.payload
        if kind == "Step":
            self._end_attempt(event, status)

    def _end_attempt(self, event: Event, status: str) -> None:
        delay = event.retry_delay_s or None  # the emulator gives 0 where there will be no further attempt
        last = self.attempts.pop() if self.attempts else Attempt(number=event.attempt or 1, started=event.timestamp)
        self.attempts.append(
            replace(
                last,
                ended=event.timestamp,
                status=status,
                error=event.error,
                result=event.payload,
                retry_delay_s=delay,
                number=event.attempt or last.number,
            )
        )
        if delay is not None:
            self.fields.update(status="PENDING", ended=None, due=event.timestamp + timedelta(seconds=delay))

    def _keep(self, details: Mapping[str, Any], **keys: str) -> None:
        for name, key in keys.items():
            if details.get(key):
                self.fields[name] = details[key]

    def span(self) -> Span:
        return Span(attempts=tuple(self.attempts), **self.fields)


def _nested(flat: Sequence[Span]) -> list[Span]:
    """Put each operation behind the context that it runs in, and count its depth."""
    known = {span.id for span in flat}
    children: dict[str | None, list[Span]] = {}
    for span in flat:
        parent = span.parent_id if span.parent_id in known and span.parent_id != span.id else None
        children.setdefault(parent, []).append(span)
    nested: list[Span] = []
    waiting = [(span, 0) for span in reversed(children.get(None, ()))]
    while waiting:
        span, depth = waiting.pop()
        nested.append(replace(span, depth=depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(span.id, ()))]
    return nested
