"""The history of an execution, with what AWS's service returns and its emulator leaves out.

The fields and their types are those of ``GetDurableExecutionHistory`` in botocore's model of the Lambda API.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_durable_execution_sdk_python.lambda_service import OperationAction, OperationType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aws_durable_execution_sdk_python.lambda_service import OperationUpdate

    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.history.notes import HistoryNotes, Interruption

__all__ = ["complete_history"]

ApiEvent = dict[str, Any]
"""An event as the API returns it, with moments in place of its timestamps."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DATA: Final = ("Input", "Result", "Error", "Reason")
_VERSION: Final = re.compile(r":function:[^:/]+:([^:/]+)/durable-execution/")

_ENDS: Final = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionStopped")

_ENDED_BY_SERVICE: Final = re.compile("(Wait|Callback|ChainedInvoke|Execution)(?!Started).*")

_NEEDS_RESULT: Final = ("StepSucceeded", "ContextSucceeded", "ExecutionSucceeded", "ChainedInvokeSucceeded")
"""Events whose details need a ``Result``, also where the operation returned nothing."""


def complete_history(
    execution: Execution, emulated: Iterable[ApiEvent], notes: HistoryNotes, *, include_data: bool
) -> list[ApiEvent]:
    """Return the whole history of an execution, oldest event first.

    Args:
        execution: The execution.
        emulated: The emulator's events in its order, with all data.
        notes: What the emulator does not keep.
        include_data: Whether payloads, errors and reasons are included.
    """
    placed = [
        *_operations(execution, emulated, notes),
        *_invocations(execution, notes),
        *(_Placed(math.inf, event) for each in notes.interruptions for event in _interruption(each)),
    ]
    placed.sort(key=lambda each: (each.event["EventTimestamp"], each.place, each.event["EventType"] in _ENDS))
    events = [each.event for each in placed]
    for number, event in enumerate(events, 1):
        event["EventId"] = number
        _limit(event, include_data=include_data)
    return events


class _Placed(NamedTuple):
    """An event, and its place among those of the same millisecond: the number of checkpointed updates before it."""

    place: float
    event: ApiEvent


def _operations(execution: Execution, emulated: Iterable[ApiEvent], notes: HistoryNotes) -> Iterator[_Placed]:
    """Return the events of operations, with what the checkpoints said that led to them."""
    updates: defaultdict[str, deque[tuple[int, OperationUpdate]]] = defaultdict(deque)
    for number, each in enumerate(execution.updates, 1):
        updates[each.operation_id].append((number, each))
    places: dict[str, float] = {}
    attempts: Counter[str] = Counter()
    for event in sorted(map(_in_milliseconds, emulated), key=_order):
        kind = event["EventType"]
        if kind == "InvocationCompleted":
            # The emulator numbers its events by copying them, and forgets the details of this one.
            continue
        name = event["Id"]
        waiting = updates[name]
        details: dict[str, Any] = event.setdefault(f"{kind}Details", {})
        if kind in _NEEDS_RESULT:
            details.setdefault("Result", {})
        # An end that the service decides, such as that of a wait, has no checkpoint.
        if waiting and (waiting[0][1].action is OperationAction.START) is kind.endswith("Started"):
            places[name], update = waiting.popleft()
            if update.operation_type is OperationType.STEP and not kind.endswith("Started"):
                attempts[name] += 1
                _complete_step(details, update, attempts[name])
            elif kind == "CallbackStarted":
                _complete_callback(details, update)
            elif kind == "ChainedInvokeStarted":
                _complete_invoke(details, update, notes.versions.get(name))
            elif update.operation_type is OperationType.WAIT:
                _complete_wait(details, update, event["EventTimestamp"])
        yield _Placed(math.inf if kind in _ENDS else places.get(name, 0), event)


def _order(event: ApiEvent) -> tuple[datetime, bool]:
    """Return the order in which an operation's events are read: what the service ends, in its millisecond, last.

    A state file keeps the ends in milliseconds, but the checkpoints before them in microseconds.
    """
    return event["EventTimestamp"], _ENDED_BY_SERVICE.fullmatch(event["EventType"]) is not None


def _invocations(execution: Execution, notes: HistoryNotes) -> Iterator[_Placed]:
    """Return the events of the invocations, each after its own checkpoints."""
    for completion in execution.invocation_completions:
        details: dict[str, Any] = {
            "StartTimestamp": completion.start_timestamp,
            "EndTimestamp": completion.end_timestamp,
            "RequestId": completion.request_id,
        }
        note = notes.invocations.get(completion.request_id)
        if note is not None and note.error is not None:
            details["Error"] = {"Payload": dict(note.error)}
        event = _service_event("InvocationCompleted", completion.end_timestamp, details)
        # A state file of an earlier release has no notes.
        before = (
            sum(at <= completion.end_timestamp for at in execution.update_timestamps) if note is None else note.updates
        )
        yield _Placed(before + 0.5, event)


def _complete_step(details: dict[str, Any], update: OperationUpdate, attempt: int) -> None:
    """Add the attempt that ended, and what a condition saw when it looks again later."""
    details["RetryDetails"] = {"CurrentAttempt": attempt}
    if update.action is not OperationAction.RETRY:
        return
    if update.error is None and update.payload is not None:
        details["Result"] = {"Payload": update.payload}
    if update.step_options is not None:
        details["RetryDetails"]["NextAttemptDelaySeconds"] = update.step_options.next_attempt_delay_seconds


def _complete_wait(details: dict[str, Any], update: OperationUpdate, at: datetime) -> None:
    """Add why a wait was cancelled, and how long it was to last, which the emulator then forgets."""
    if update.action is OperationAction.CANCEL:
        if update.error is not None:
            details["Error"] = {"Payload": update.error.to_dict()}
    elif update.wait_options is not None:
        details["Duration"] = update.wait_options.wait_seconds
        details.setdefault("ScheduledEndTimestamp", at + timedelta(seconds=update.wait_options.wait_seconds))


def _complete_callback(details: dict[str, Any], update: OperationUpdate) -> None:
    """Add the timeouts. The SDK sends 0 where there is none."""
    options = update.callback_options
    for key, seconds in (
        ("Timeout", options.timeout_seconds if options else 0),
        ("HeartbeatTimeout", options.heartbeat_timeout_seconds if options else 0),
    ):
        details.pop(key, None)
        if seconds:
            details[key] = seconds


def _complete_invoke(details: dict[str, Any], update: OperationUpdate, version: str | None) -> None:
    """Add the tenant and the version. The ARN of a child from an older state file names the version."""
    options = update.chained_invoke_options
    if options is not None and options.tenant_id is not None:
        details["TenantId"] = options.tenant_id
    of_child = _VERSION.search(details.get("DurableExecutionArn", ""))
    executed = version or (of_child and of_child[1])
    if executed:
        details["ExecutedVersion"] = executed


def _interruption(pause: Interruption) -> Iterator[ApiEvent]:
    """Return the events of a pause. One that was resumed before it began, while an invocation ran, has none."""
    if pause.began is None:
        return
    details: dict[str, Any] = {"PauseRequestTimestamp": pause.requested, "ExecutionTimeoutPaused": pause.stops_timeout}
    yield _service_event("ExecutionPaused", pause.began, _with_reason(details, pause.reason))
    if pause.resume_requested is not None:
        details = {"ResumeRequestTimestamp": pause.resume_requested}
        yield _service_event("ExecutionResumed", pause.resume_requested, _with_reason(details, pause.resume_reason))


def _with_reason(details: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return details if reason is None else {**details, "Reason": {"Payload": reason}}


def _service_event(kind: str, at: datetime, details: dict[str, Any]) -> ApiEvent:
    event: ApiEvent = _in_milliseconds({"EventType": kind, "EventTimestamp": at, f"{kind}Details": details})
    return event


def _limit(event: ApiEvent, *, include_data: bool) -> None:
    """Leave out the data that was not requested, and say so."""
    details = event[f"{event['EventType']}Details"]
    for key in _DATA:
        if key in details:
            payload = {"Payload": details[key]["Payload"]} if include_data and "Payload" in details[key] else {}
            details[key] = {"Truncated": not include_data, **payload}


def _in_milliseconds(value: Any) -> Any:  # noqa: ANN401 - any JSON value, and moments
    """Cut all moments to milliseconds: the state file keeps no more, and a restart shall change no history."""
    if isinstance(value, datetime):
        return _EPOCH + (value - _EPOCH) // _MILLISECOND * _MILLISECOND
    if isinstance(value, dict):
        return {key: _in_milliseconds(each) for key, each in value.items()}
    return value
