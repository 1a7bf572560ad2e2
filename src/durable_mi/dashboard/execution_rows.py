"""The executions as the page lists them: found, counted, newest first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from aws_durable_execution_sdk_python.lambda_service import OperationStatus, OperationType

from durable_mi.local.api.execution_list import status_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation
    from aws_durable_execution_sdk_python_testing.execution import Execution

__all__ = ["execution_rows"]

_OPEN: Final = frozenset({OperationStatus.STARTED, OperationStatus.PENDING, OperationStatus.READY})
_WAIT_FOR_CALLBACK: Final = "WaitForCallback"
_SILENT: Final = frozenset({OperationType.EXECUTION, OperationType.CONTEXT})


def execution_rows(
    executions: Iterable[Execution], *, text: str, statuses: frozenset[str], function: str, limit: int
) -> dict[str, Any]:
    """Find executions.

    Args:
        executions: all of the runtime.
        text: what the name, the function or the ARN must contain, whatever the case.
        statuses: wanted statuses; all where it is empty.
        function: name of the wanted function; all where it is empty.
        limit: how many to give at most.

    Returns:
        ``executions``, newest first; ``matching``, how many there are; ``counts``, how many of each status fit the rest
        of the question.
    """
    words = text.casefold().split()
    found = [each for each in executions if _fits(each, words, function)]
    counts = Counter(status_of(each) for each in found)
    if statuses:
        found = [each for each in found if status_of(each) in statuses]
    found.sort(key=_started, reverse=True)
    return {"executions": [_row(each) for each in found[:limit]], "matching": len(found), "counts": counts}


def _fits(execution: Execution, words: list[str], function: str) -> bool:
    start = execution.start_input
    if function and start.function_name != function:
        return False
    if not words:
        return True
    said = f"{start.execution_name} {execution.durable_execution_arn}".casefold()
    return all(word in said for word in words)


def _row(execution: Execution) -> dict[str, Any]:
    started = execution.get_operation_execution_started()
    start = execution.start_input
    return {
        "arn": execution.durable_execution_arn,
        "name": start.execution_name,
        "function": start.function_name,
        "version": start.function_qualifier,
        "status": status_of(execution),
        "start": _started(execution) * 1000,
        "end": _ms(started.end_timestamp),
        "at": None if execution.is_complete else _at(list(execution.operations)),
    }


def _at(operations: list[Operation]) -> dict[str, Any] | None:
    """What a running execution is at: the operation that was begun last and has not ended."""
    open_ones = [each for each in operations if each.status in _OPEN and each.operation_type not in _SILENT]
    if not open_ones:
        return None
    last = open_ones[-1]
    # The SDK makes up a name for the callback inside of a wait for one.
    waits = (each for each in operations if each.operation_id == last.parent_id and each.sub_type == _WAIT_FOR_CALLBACK)
    named = next(waits, last) if last.operation_type is OperationType.CALLBACK else last
    due = last.wait_details.scheduled_end_timestamp if last.wait_details else None
    return {"kind": last.operation_type.value, "name": named.name or last.operation_type.value, "due": _ms(due)}


def _started(execution: Execution) -> float:
    moment = execution.get_operation_execution_started().start_timestamp
    return moment.timestamp() if moment else 0.0


def _ms(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp() * 1000
