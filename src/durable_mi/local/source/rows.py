"""The local runtime's executions as rows of a list: found, counted, newest first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, cast

from aws_durable_execution_sdk_python.lambda_service import OperationStatus, OperationType

from durable_mi.dashboard.source import ExecutionList, ExecutionRow, Failure, OpenOperation
from durable_mi.local.durable.open_operations import shown_name
from durable_mi.local.durable.state.ended_execution import EndedExecution
from durable_mi.local.durable.state.failed_operation import failed_operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation

    from durable_mi.dashboard.source import ExecutionQuery
    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.state.ended_execution import ListedExecution
    from durable_mi.local.durable.state.failed_operation import FailedOperation

__all__ = ["list_rows"]

_OPEN: Final = frozenset({OperationStatus.STARTED, OperationStatus.PENDING, OperationStatus.READY})
_SILENT: Final = frozenset({OperationType.EXECUTION, OperationType.CONTEXT})


def list_rows(
    executions: Iterable[ListedExecution], query: ExecutionQuery, status: Callable[[ListedExecution], str]
) -> ExecutionList:
    """List the executions that fit a query.

    Args:
        executions: All executions of the runtime.
        query: What to list.
        status: Returns the status of an execution.
    """
    words = query.text.casefold().split()
    found = [each for each in executions if _fits(each, words, query)]
    counts = Counter(status(each) for each in found)
    if query.statuses:
        found = [each for each in found if status(each) in query.statuses]
    found.sort(key=_order, reverse=True)
    return ExecutionList(
        [_row(each, status(each)) for each in found[: query.limit]], matching=len(found), counts=counts
    )


def _fits(execution: ListedExecution, words: list[str], query: ExecutionQuery) -> bool:
    start = execution.start_input
    if query.function and start.function_name != query.function:
        return False
    if query.version and start.function_qualifier != query.version:
        return False
    started = _started(execution) * 1000
    if (query.since is not None and started < query.since) or (query.until is not None and started > query.until):
        return False
    if words:
        said = f"{start.execution_name} {execution.durable_execution_arn}".casefold()
        if not all(word in said for word in words):
            return False
    return not query.error or _fails_with(execution, query.error)


def _fails_with(execution: ListedExecution, text: str) -> bool:
    failure = _failure(execution)
    said = "" if failure is None else f"{failure.operation} {failure.error}".casefold()
    return failure is not None and all(word in said for word in text.casefold().split())


def _failure(execution: ListedExecution) -> FailedOperation | None:
    """Return where an execution failed, which one that is in the state file only keeps."""
    if isinstance(execution, EndedExecution):
        return execution.failure
    return failed_operation(cast("Execution", execution)) if execution.is_complete else None


def _row(execution: ListedExecution, status: str) -> ExecutionRow:
    started = execution.get_operation_execution_started()
    start = execution.start_input
    failure = _failure(execution)
    return ExecutionRow(
        arn=execution.durable_execution_arn,
        name=start.execution_name,
        function=start.function_name,
        version=start.function_qualifier,
        status=status,
        start=_started(execution) * 1000,
        end=_ms(started.end_timestamp),
        at=None if execution.is_complete else _at(list(execution.operations)),
        failure=None if failure is None else Failure(failure.operation, failure.error),
    )


def _at(operations: list[Operation]) -> OpenOperation | None:
    """Return the current operation of a running execution: the last one that started and has not ended."""
    open_ones = [each for each in operations if each.status in _OPEN and each.operation_type not in _SILENT]
    if not open_ones:
        return None
    last = open_ones[-1]
    due = last.wait_details.scheduled_end_timestamp if last.wait_details else None
    return OpenOperation(
        last.operation_type.value, shown_name(last, {each.operation_id: each for each in operations}), _ms(due)
    )


def _order(execution: ListedExecution) -> tuple[float, str]:
    """Return the place in the list, which an execution keeps when it is archived."""
    return _started(execution), execution.durable_execution_arn


def _started(execution: ListedExecution) -> float:
    moment = execution.get_operation_execution_started().start_timestamp
    return moment.timestamp() if moment else 0.0


def _ms(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp() * 1000
