"""A durable execution and the events of its history, as the API returns them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.selection.callback_name import callback_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["Event", "Execution", "ExecutionError", "HistoryPage"]

_ENDED: Final = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionError:
    """Why an execution, an operation or an invocation failed. Each part is ``None`` if the service returned none."""

    type: str | None = None
    message: str | None = None
    data: str | None = None
    stack_trace: Sequence[str] = ()

    @classmethod
    def from_api(cls, error: Mapping[str, Any] | None) -> ExecutionError | None:
        """Read an ``ErrorObject``; ``None`` if there is none."""
        if not error:
            return None
        return cls(
            type=error.get("ErrorType"),
            message=error.get("ErrorMessage"),
            data=error.get("ErrorData"),
            stack_trace=tuple(error.get("StackTrace") or ()),
        )

    def __str__(self) -> str:
        """Return type and message in one line."""
        return ": ".join(part for part in (self.type, self.message) if part) or "no error details"


@dataclass(frozen=True, kw_only=True, slots=True)
class Execution:
    """A durable execution at one moment.

    Attributes:
        arn: ``DurableExecutionArn``; it names the version that runs, never the alias.
        name: ``DurableExecutionName``.
        status: One of the API's ``ExecutionStatus`` values.
        started: When it started, with time zone.
        ended: When it ended; ``None`` while it runs.
        input: The input as JSON text; ``None`` if the execution data was not requested.
        result: The result as JSON text; ``None`` until it succeeded.
        error: Why it ended otherwise.
        version: The version that it runs on; ``None`` if the service returned none.
        expires: When it times out; ``None`` if it has ended, or if the service returned no time.
        paused: When its pause was requested; ``None`` if it is not paused.
        pause_reason: Why it was paused.
    """

    arn: str
    name: str
    status: str
    started: datetime
    ended: datetime | None = None
    input: str | None = None
    result: str | None = None
    error: ExecutionError | None = None
    version: str | None = None
    expires: datetime | None = None
    paused: datetime | None = None
    pause_reason: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the execution has ended and its history is final."""
        return self.status in _ENDED

    @property
    def has_succeeded(self) -> bool:
        """Whether it succeeded."""
        return self.status == "SUCCEEDED"

    @property
    def took_s(self) -> float | None:
        """Seconds from start to end; ``None`` while it runs."""
        return None if self.ended is None else (self.ended - self.started).total_seconds()

    @classmethod
    def from_api(cls, response: Mapping[str, Any]) -> Execution:
        """Read the response of ``GetDurableExecution``."""
        pause = response.get("PauseDetails") or {}
        return cls(
            arn=response["DurableExecutionArn"],
            name=response["DurableExecutionName"],
            status=response["Status"],
            started=response["StartTimestamp"],
            ended=response.get("EndTimestamp"),
            input=response.get("InputPayload"),
            result=response.get("Result"),
            error=ExecutionError.from_api(response.get("Error")),
            version=response.get("Version"),
            expires=response.get("ExpectedExecutionTimeoutTimestamp"),
            paused=pause.get("PauseRequestTimestamp"),
            pause_reason=pause.get("Reason"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event of an execution's history.

    Attributes:
        id: Number of the event in this history, from 1.
        type: The API's ``EventType``, such as ``StepSucceeded``.
        timestamp: When it happened, with time zone.
        operation_id: The operation it belongs to; ``None`` for events of invocations.
        name: The operation's name; ``None`` if the handler set none.
        parent_id: The operation of the child context that the operation runs in.
        sub_type: The API's ``SubType``.
        details: The ``...Details`` structure of this event type, as the API returns it.
    """

    id: int
    type: str
    timestamp: datetime
    operation_id: str | None = None
    name: str | None = None
    parent_id: str | None = None
    sub_type: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_api(cls, event: Mapping[str, Any]) -> Event:
        """Read an ``Event`` of ``GetDurableExecutionHistory``."""
        event_type = event["EventType"]
        return cls(
            id=event["EventId"],
            type=event_type,
            timestamp=event["EventTimestamp"],
            operation_id=event.get("Id"),
            name=event.get("Name"),
            parent_id=event.get("ParentId"),
            sub_type=event.get("SubType"),
            details=event.get(f"{event_type}Details") or {},
        )

    @property
    def label(self) -> str | None:
        """The name that the handler gave; the SDK makes up that of the callback in a `wait_for_callback`."""
        return callback_name(self.name) or None

    @property
    def identity(self) -> tuple[str, str | None, datetime, str | None]:
        """A key that is unique to this event in its execution.

        The emulator numbers the events again at each request, so a late event can change the numbers of known events.
        """
        return self.type, self.operation_id, self.timestamp, self.details.get("RequestId")

    @property
    def is_start(self) -> bool:
        """Whether an operation, or an attempt at a step, starts with this event."""
        return self.type.endswith("Started")

    @property
    def is_invocation(self) -> bool:
        """Whether it is about an invocation of the handler, not about a durable operation."""
        return self.type == "InvocationCompleted"

    @property
    def is_noteworthy(self) -> bool:
        """Whether it is about the execution itself. Failed invocations count, because the execution stops there."""
        return not self.is_invocation or self.error is not None

    @property
    def payload(self) -> str | None:
        """The result or input that the event carries, as the handler serialized it, or the reason of a pause."""
        carried = self.details.get("Result") or self.details.get("Input") or self.details.get("Reason") or {}
        payload = carried.get("Payload")
        return payload if isinstance(payload, str) else None

    @property
    def error(self) -> ExecutionError | None:
        """The error that the event carries."""
        return ExecutionError.from_api((self.details.get("Error") or {}).get("Payload"))

    @property
    def attempt(self) -> int | None:
        """Number of the attempt at a step that ended with this event."""
        attempt = (self.details.get("RetryDetails") or {}).get("CurrentAttempt")
        return attempt if isinstance(attempt, int) else None

    @property
    def retry_delay_s(self) -> int | None:
        """Seconds until the next attempt; ``None`` if there is none."""
        delay = (self.details.get("RetryDetails") or {}).get("NextAttemptDelaySeconds")
        return delay if isinstance(delay, int) else None

    @property
    def deadline(self) -> datetime | None:
        """When a callback that starts with this event times out; ``None`` if it does not."""
        timeout = self.details.get("Timeout") if self.type == "CallbackStarted" else None
        return self.timestamp + timedelta(seconds=timeout) if timeout else None

    @property
    def next_in_s(self) -> int | None:
        """Seconds from this event until the service continues by itself; ``None`` if it waits for something else."""
        if self.type == "WaitStarted":
            wait = self.details.get("Duration")
            return wait if isinstance(wait, int) else None
        return self.retry_delay_s


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPage:
    """One page of a history. ``next_marker`` is ``None`` on the last one."""

    events: Sequence[Event]
    next_marker: str | None = None
