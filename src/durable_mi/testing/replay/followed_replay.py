"""What happened in one replay, and what to make of it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_durable_execution_sdk_python.lambda_service import (
    Operation,
    OperationStatus,
    OperationType,
)

from durable_mi.testing.replay.recorded_operations import BATCHES
from durable_mi.testing.replay.replayed_operation import ReplayedOperation
from durable_mi.testing.replay.verdict import Finding, OperationName, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_durable_execution_sdk_python.identifier import OperationIdentifier
    from aws_durable_execution_sdk_python.lambda_service import OperationUpdate

    from durable_mi.testing.replay.place import Place
    from durable_mi.testing.replay.recorded_operations import Recorded

__all__ = ["FollowedReplay"]

_OPEN: Final = frozenset({OperationStatus.STARTED, OperationStatus.PENDING, OperationStatus.READY})
_SUSPENDS: Final = frozenset({OperationType.STEP, OperationType.WAIT, OperationType.CHAINED_INVOKE})
"""Types of operations that suspend while they have no end. A context's code runs, and a callback has its id."""

_ALL_BRANCHES: Final = "ALL_COMPLETED"


class _Came(NamedTuple):
    """An operation that the code came to."""

    what: str
    place: Place | None
    is_recorded: bool = True


class FollowedReplay:
    """Follows the replay of what was recorded up to an event; a :class:`~durable_mi.testing.replay._sdk.Watcher`."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._lock = threading.Lock()
        self._entered: dict[str, Place | None] = {}
        self._names: dict[str, str | None] = {}
        self._came: dict[str, str] = {}
        self._batches: set[str] = set()
        self._ended: set[str] = set()
        self._ended_early: set[str] = set()
        self._suspended: dict[str | None, _Came] = {}
        self._stopped: _Came | None = None
        self._failed_at: Place | None = None
        self._last: _Came | None = None
        self._problem: Finding | None = None

    def enters(self, identifier: OperationIdentifier, place: Place | None) -> bool:
        """Take note of an operation; returns whether the replay stops there, since its end was not recorded."""
        operation_id = identifier.operation_id
        recorded = self._recorded.operations.get(operation_id)
        with self._lock:
            place = place or self._entered.get(identifier.parent_id or "")
            self._entered[operation_id] = place
            self._names[operation_id] = identifier.name
            what = str(self._named(identifier.sub_type, identifier.name, identifier.parent_id))
            came = self._last = _Came(what, place, recorded is not None)
            self._came[operation_id] = what
            if identifier.sub_type in BATCHES:
                self._batches.add(operation_id)
            before = self._suspended.get(identifier.parent_id)
            # The branches of a map or parallel suspend each for itself.
            if before is not None and identifier.parent_id not in self._batches:
                self._goes_on(before, came.what, place)
            stops = recorded is None or (recorded.operation_type in _SUSPENDS and recorded.status in _OPEN)
            if stops:
                self._stopped = self._stopped or came
            return stops

    def suspends(self, identifier: OperationIdentifier) -> None:
        """Take note that an operation raised the suspension."""
        with self._lock:
            what = str(self._named(identifier.sub_type, identifier.name, identifier.parent_id))
            came = _Came(what, self._entered.get(identifier.operation_id))
            self._suspended.setdefault(identifier.parent_id, came)

    def suspends_callback(self, operation_id: str, place: Place | None) -> None:
        """Take note that the result of a callback raised the suspension."""
        operation = self._recorded.operations.get(operation_id)
        if operation is None:
            return
        with self._lock:
            came = _Came(f"the result of {self._of(operation)}", place)
            self._suspended.setdefault(operation.parent_id, came)
            self._stopped = self._stopped or came

    def differs(self, recorded: Operation, identifier: OperationIdentifier, place: Place | None) -> None:
        """Take note that another operation came than was recorded."""
        with self._lock:
            place = place or self._entered.get(identifier.parent_id or "")
            came = str(self._named(identifier.sub_type, identifier.name, identifier.parent_id))
            self._came[identifier.operation_id] = came
            self._fail(Verdict.DIVERGES, str(self._of(recorded)), came, place)

    def ends(self, context: OperationUpdate) -> None:
        """Take note that the code of a context ended, whose end was not recorded."""
        with self._lock:
            self._ended.add(context.operation_id)
            if self._stopped is None:
                place = self._entered.get(context.operation_id)
                self._stopped = _Came(f"the end of {self._named_parent(context.operation_id)!r}", place)
            if context.operation_id in self._batches and _reason(context.payload) != _ALL_BRANCHES:
                self._ended_early.add(context.operation_id)

    def fails(self, place: Place) -> None:
        """Take note of the innermost line of the user's code from which the handler's error came."""
        self._failed_at = place

    def finding(self, output: Any) -> Finding:  # noqa: ANN401 - what the handler returned
        """Return what the replay shows.

        Args:
            output: What the handler returned to Lambda: a status, and the result or the error.
        """
        self._judge(output["Status"], output.get("Error") or {})
        if self._problem is None:
            return Finding(Verdict.REPLAYS, self._recorded.events)
        return replace(self._problem, operations=self.operations())

    def came_to(self) -> Mapping[str, tuple[str, Place | None]]:
        """Return the operations that the code came to, by id: in words, and the line that asked for each."""
        return {each: (what, self._entered.get(each)) for each, what in self._came.items()}

    def operations(
        self, elsewhere: Mapping[str, tuple[str, Place | None]] | None = None
    ) -> Sequence[ReplayedOperation]:
        """Return what was recorded and what came at each place in the code, in the recorded order.

        Args:
            elsewhere: What other replays of the same history came to, in contexts whose code this one did not run.
        """
        operations, found = self._recorded.operations, []
        all_came = {**(elsewhere or {}), **self.came_to()}
        for operation_id, operation in operations.items():
            came, place = all_came.get(operation_id, (None, None))
            # The code of a context that has ended does not run.
            if came is not None or not any(map(self._is_answered, self._around(operation))):
                found.append(ReplayedOperation(str(self._of(operation)), came, place))
        more = (each for operation_id, each in all_came.items() if operation_id not in operations)
        return (*found, *(ReplayedOperation(None, came, place) for came, place in more))

    def _judge(self, status: str, error: Any) -> None:  # noqa: ANN401 - an error of the API
        is_over = status != "PENDING"
        if is_over and (swallowed := self._suspended.get(None)) is not None:
            self._goes_on(swallowed, _end(status, error), None)
        if self._problem is not None:
            return
        if str(error.get("ErrorType")).endswith("NonDeterministicExecutionError"):
            # The SDK compares more than the identity, such as a context that became virtual.
            self._fail(Verdict.DIVERGES, "what was recorded", str(error.get("ErrorMessage")), self._last_place())
        elif (left := next(self._left(), None)) is not None:
            came = self._stopped
            if is_over or left.parent_id in self._ended or came is None:
                verdict, instead, place = Verdict.ENDS_EARLY, self._end(left, status, error), self._last_place()
            else:
                verdict, instead, place = Verdict.STOPS_EARLY, came.what, came.place
            self._fail(verdict, str(self._of(left)), instead, place)
        elif self._recorded.is_whole:
            self._compare_ends(status, error)

    def _compare_ends(self, status: str, error: Any) -> None:  # noqa: ANN401 - an error of the API
        recorded = self._recorded.end
        if recorded is None:
            if status == "FAILED":
                self._fail(Verdict.DIVERGES, "the execution to go on", _end(status, error), self._last_place())
            return
        has_failed = recorded["EventType"] == "ExecutionFailed"
        expected = _end("FAILED" if has_failed else "SUCCEEDED", _error(recorded))
        if status == "PENDING":
            came = self._stopped or self._last or _Came("a suspension", None)
            verdict = Verdict.STOPS_EARLY if came.is_recorded else Verdict.DIVERGES
            self._fail(verdict, expected, came.what, came.place)
        elif has_failed is not (status == "FAILED"):
            self._fail(Verdict.DIVERGES, expected, _end(status, error), self._last_place())

    def _left(self) -> Iterator[Operation]:
        """Return the recorded operations that the code should have come to, and did not."""
        operations = self._recorded.operations
        for operation in operations.values():
            if operation.operation_id in self._entered:
                continue
            parent = operation.parent_id
            if parent is not None and (parent not in self._entered or self._is_answered(parent)):
                continue
            if any(each in self._ended_early for each in self._around(operation)):
                continue
            yield operation

    def _is_answered(self, context_id: str) -> bool:
        """Say whether a context has a recorded end, so that its code does not run."""
        context = self._recorded.operations.get(context_id)
        if context is None or context.status in _OPEN:
            return False
        return not (context.context_details and context.context_details.replay_children)

    def _around(self, operation: Operation) -> Iterator[str]:
        parent = operation.parent_id
        while parent is not None:
            yield parent
            context = self._recorded.operations.get(parent)
            parent = None if context is None else context.parent_id

    def _end(self, left: Operation, status: str, error: Any) -> str:  # noqa: ANN401 - an error of the API
        if left.parent_id in self._ended:
            return f"the end of {self._named_parent(left.parent_id)!r}"
        return _end(status, error)

    def _goes_on(self, suspended: _Came, what: str, place: Place | None) -> None:
        self._fail(
            Verdict.DIVERGES,
            f"the suspension at {suspended.what} to end the invocation",
            f"{what}: code around the operation caught the suspension",
            place or suspended.place,
        )

    def _fail(self, verdict: Verdict, expected: str, came: str, place: Place | None) -> None:
        # What comes later may follow from what came first.
        self._problem = self._problem or Finding(verdict, self._recorded.events, expected, came, place)

    def _last_place(self) -> Place | None:
        if self._failed_at is not None:
            return self._failed_at
        return self._last.place if self._last is not None else None

    def _of(self, operation: Operation) -> OperationName:
        return self._named(operation.sub_type or operation.operation_type.value, operation.name, operation.parent_id)

    def _named(self, kind: str, name: str | None, parent_id: str | None) -> OperationName:
        return OperationName(kind, name, None if parent_id is None else self._named_parent(parent_id))

    def _named_parent(self, parent_id: str | None) -> str | None:
        context = self._recorded.operations.get(parent_id or "")
        return context.name if context is not None else self._names.get(parent_id or "")


def _reason(payload: str | None) -> str | None:
    """Return why a map or parallel ended, as its result says; with a serializer of the user's own it may not."""
    try:
        document = json.loads(payload or "")
    except ValueError:
        return None
    reason = document.get("completionReason") if isinstance(document, dict) else None
    return reason if isinstance(reason, str) else None


def _error(event: Any) -> Any:  # noqa: ANN401 - an event of the API
    return (event.get(f"{event['EventType']}Details", {}).get("Error") or {}).get("Payload") or {}


def _end(status: str, error: Any) -> str:  # noqa: ANN401 - an error of the API
    if status != "FAILED":
        return "the end of the handler"
    kind, message = error.get("ErrorType") or "an error", error.get("ErrorMessage")
    return f"the handler's failure with {kind}: {message}" if message else f"the handler's failure with {kind}"
