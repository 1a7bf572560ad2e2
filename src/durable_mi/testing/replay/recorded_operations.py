"""From the events of a history to the operations that the service hands to the SDK.

A history names an operation's end by its event, such as ``StepSucceeded``; the service keeps one operation with a
status and a result. Moments are left out: with none, an operation that waits suspends until something else wakes the
execution.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from aws_durable_execution_sdk_python.lambda_service import (
    CallbackDetails,
    ChainedInvokeDetails,
    ContextDetails,
    ErrorObject,
    ExecutionDetails,
    OperationStatus,
    OperationSubType,
    OperationType,
    StepDetails,
    WaitDetails,
)

from durable_mi.testing.replay._sdk import RecordedOperation
from durable_mi.testing.replay.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.testing.replay.recorded_history import RecordedHistory

__all__ = ["BATCHES", "Recorded", "execution_arn", "recorded_prefixes"]

BATCHES: Final = frozenset({OperationSubType.MAP.value, OperationSubType.PARALLEL.value})
"""Operations whose branches run at the same time."""

_EVENT: Final = re.compile(
    "(?P<kind>Context|Wait|Step|ChainedInvoke|Callback)(?P<change>Started|Succeeded|Failed|TimedOut|Stopped|Cancelled)"
)
_TYPES: Final = {
    "Context": OperationType.CONTEXT,
    "Wait": OperationType.WAIT,
    "Step": OperationType.STEP,
    "ChainedInvoke": OperationType.CHAINED_INVOKE,
    "Callback": OperationType.CALLBACK,
}
_ONLY_COMPARED: Final = frozenset({"StepStarted", "WaitStarted", "ChainedInvokeStarted"})
_ENDS_OF_CONTEXTS: Final = frozenset({"ContextSucceeded", "ContextFailed"})
_STATUSES: Final = {"TimedOut": OperationStatus.TIMED_OUT}
_SUMMARIES: Final = {OperationSubType.MAP.value: "MapResult", OperationSubType.PARALLEL.value: "ParallelResult"}
_UNNAMED: Final = "arn:aws:lambda:us-east-1:000000000000:function:recorded:1/durable-execution/recorded/"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded up to an event.

    Attributes:
        events: How many events of the history it covers.
        execution: The operation of the execution itself, with its input.
        operations: The other operations by id, in the order in which they started.
        is_whole: Whether it is the whole history.
        ends_context: Whether the next event ends a context, whose code does not run with a longer prefix.
        end: The event that ended the execution, if that is covered and was the handler's own doing.
    """

    events: int
    execution: RecordedOperation
    operations: Mapping[str, RecordedOperation] = field(default_factory=dict)
    is_whole: bool = False
    ends_context: bool = False
    end: Mapping[str, Any] | None = None


def execution_arn(history: RecordedHistory) -> str:
    """Return the ARN of its execution, whose last part is the id of the execution's operation."""
    return history.arn if "/" in history.arn else f"{_UNNAMED}{history.events[0].get('Id') or 'execution'}"


def recorded_prefixes(history: RecordedHistory) -> Iterator[Recorded]:
    """Return what was recorded after each event that the SDK acts on, the shortest prefix first.

    At the start of a step, a wait or a chained invoke the SDK compares the operation and suspends. Each longer prefix
    compares it too, so one that ends there is left out.

    Raises:
        HistoryError: The history was recorded without payloads, or one of them was cut off.
    """
    started = history.events[0]
    execution = RecordedOperation(
        operation_id=execution_arn(history).rsplit("/", 1)[-1],
        operation_type=OperationType.EXECUTION,
        status=OperationStatus.STARTED,
        execution_details=ExecutionDetails(input_payload=_input(history, started)),
    )
    operations: dict[str, RecordedOperation] = {}
    yielded, last = Recorded(1, execution), history.events[0]
    for count, event in enumerate(history.events[1:], 2):
        if (operation := _changed(history, operations, event)) is not None:
            if last["EventType"] not in _ONLY_COMPARED:
                yield replace(yielded, ends_context=event["EventType"] in _ENDS_OF_CONTEXTS)
            operations = {**operations, operation.operation_id: operation}
            yielded, last = Recorded(count, execution, operations), event
    last = history.events[-1]
    end = last if last["EventType"] in {"ExecutionSucceeded", "ExecutionFailed"} else None
    yield replace(yielded, events=len(history.events), is_whole=True, end=end)


def _changed(
    history: RecordedHistory, operations: Mapping[str, RecordedOperation], event: Mapping[str, Any]
) -> RecordedOperation | None:
    """Return the operation that an event changes, as it is after that; ``None`` for events of no operation."""
    kind: str = event["EventType"]
    parts = _EVENT.fullmatch(kind)
    if parts is None:
        return None
    details: Mapping[str, Any] = event.get(f"{kind}Details", {})
    operation_id = event.get("Id")
    if not operation_id:
        msg = f"{history.name} must have the Id of each operation, got {kind} without"
        raise HistoryError(msg)
    known = operations.get(operation_id)
    operation = known or RecordedOperation(
        operation_id=operation_id,
        operation_type=_TYPES[parts["kind"]],
        status=OperationStatus.STARTED,
        parent_id=event.get("ParentId"),
        name=event.get("Name"),
        sub_type=event.get("SubType"),
    )
    change = parts["change"]
    status = _STATUSES.get(change) or OperationStatus[change.upper()]
    result, error = _result(history, event, details), _error(history, event, details)
    match operation.operation_type:
        case OperationType.STEP:
            retry: Mapping[str, Any] = details.get("RetryDetails") or {}
            attempt = operation.step_details.attempt if operation.step_details else 0
            # The shortest delay is a second; AWS's test runner gives a last attempt one of none.
            if retry.get("NextAttemptDelaySeconds"):
                status = OperationStatus.PENDING
            previous = operation.step_details.result if operation.step_details else None
            step = StepDetails(
                attempt=retry.get("CurrentAttempt", attempt + (change != "Started")),
                # What a condition saw at its last poll stays while the next one runs.
                result=previous if change == "Started" else result,
                error=error,
            )
            return replace(operation, status=status, step_details=step)
        case OperationType.WAIT:
            return replace(operation, status=status, wait_details=WaitDetails())
        case OperationType.CALLBACK:
            known_id = operation.callback_details.callback_id if operation.callback_details else ""
            callback = CallbackDetails(details.get("CallbackId", known_id), result, error)
            return replace(operation, status=status, callback_details=callback)
        case OperationType.CHAINED_INVOKE:
            return replace(operation, status=status, chained_invoke_details=ChainedInvokeDetails(result, error))
        case _:
            context = ContextDetails(_replays_children(operation, result), result, error)
            return replace(operation, status=status, context_details=context)


def _input(history: RecordedHistory, started: Mapping[str, Any]) -> str:
    given = started.get("ExecutionStartedDetails", {}).get("Input") or {}
    if not isinstance(given.get("Payload"), str):
        msg = f"{history.name} must have its payloads to be replayed, got none: record it --with-payloads"
        raise HistoryError(msg)
    if given.get("Truncated"):
        raise HistoryError(_cut(history, "the input"))
    payload: str = given["Payload"]
    return payload


def _result(history: RecordedHistory, event: Mapping[str, Any], details: Mapping[str, Any]) -> str | None:
    result = details.get("Result") or {}
    if result.get("Truncated"):
        raise HistoryError(_cut(history, f"the result of {event.get('Name') or event['Id']}"))
    payload: str | None = result.get("Payload")
    return payload


def _error(history: RecordedHistory, event: Mapping[str, Any], details: Mapping[str, Any]) -> ErrorObject | None:
    error = details.get("Error") or {}
    # Of an error that is there, AWS's test runner says so too.
    if error.get("Truncated") and not error.get("Payload"):
        raise HistoryError(_cut(history, f"the error of {event.get('Name') or event['Id']}"))
    return ErrorObject.from_dict(error["Payload"]) if error.get("Payload") else None


def _cut(history: RecordedHistory, what: str) -> str:
    return f"{history.name} must have whole payloads to be replayed, got {what} cut off by the service"


def _replays_children(operation: RecordedOperation, result: str | None) -> bool:
    """Say whether the context's result was too large to be kept, so that the SDK runs its code again.

    The history does not say so. The SDK then keeps an empty text, or for a map or parallel a summary of a type of its
    own; no result of JSON is either.
    """
    if result is None:
        return False
    summary = _SUMMARIES.get(operation.sub_type or "")
    if summary is None or not result:
        return not result
    try:
        document = json.loads(result)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("type") == summary
