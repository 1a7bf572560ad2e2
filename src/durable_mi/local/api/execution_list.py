"""ListDurableExecutionsByFunction: filters, order and pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from durable_mi.local.api.paging import page
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.datastructures import QueryParams

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.durable.state.ended_execution import ListedExecution

__all__ = ["list_executions"]

_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING", "PAUSING", "PAUSED")
_DEFAULT_ITEMS = 100
_MAX_ITEMS = 1000


def list_executions(
    executions: Iterable[ListedExecution],
    function: AppFunction,
    query: QueryParams,
    *,
    version: str | None,
    status: Callable[[ListedExecution], str],
) -> dict[str, Any]:
    """Return one page of a function's executions, in the shape of the API.

    Args:
        executions: All executions of the runtime.
        function: The function that is asked for.
        query: The request's parameters.
        version: The version whose executions are asked for, ``None`` for those of all versions.
        status: Returns the status of an execution.

    Raises:
        ApiError: A parameter cannot be read.
    """
    statuses = set(query.getlist("Statuses"))
    if unknown := statuses.difference(_STATUSES):
        msg = f"Statuses must be of {', '.join(_STATUSES)}, got {', '.join(sorted(unknown))}"
        raise ApiError.invalid(msg)
    name = query.get("DurableExecutionName")
    after = _time(query, "StartedAfter")
    before = _time(query, "StartedBefore")
    found = [
        execution
        for execution in executions
        if execution.start_input.function_name == function.name
        and (version is None or execution.start_input.function_qualifier == version)
        and (not statuses or status(execution) in statuses)
        and (name is None or execution.start_input.execution_name == name)
        and (after is None or _started(execution) > after)
        and (before is None or _started(execution) < before)
    ]
    found.sort(key=_order, reverse=query.get("ReverseOrder") == "true")
    listed, marker = page(found, query, default=_DEFAULT_ITEMS, maximum=_MAX_ITEMS)
    return {
        "DurableExecutions": [_summary(execution, function.arn, status(execution)) for execution in listed],
        **marker,
    }


def _order(execution: ListedExecution) -> tuple[datetime, str]:
    """Return the place in the list, which an execution keeps when it is archived."""
    return _started(execution), execution.durable_execution_arn


def _started(execution: ListedExecution) -> datetime:
    return execution.get_operation_execution_started().start_timestamp or datetime.min.replace(tzinfo=UTC)


def _summary(execution: ListedExecution, function_arn: str, status: str) -> dict[str, Any]:
    started = execution.get_operation_execution_started()
    summary = {
        "DurableExecutionArn": execution.durable_execution_arn,
        "DurableExecutionName": execution.start_input.execution_name,
        "FunctionArn": f"{function_arn}:{execution.start_input.function_qualifier}",
        "Status": status,
        "StartTimestamp": _started(execution).timestamp(),
    }
    if started.end_timestamp is not None:
        summary["EndTimestamp"] = started.end_timestamp.timestamp()
    return summary


def _time(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        msg = f"{name} must be a time such as 2026-01-31T12:00:00Z, got {text}"
        raise ApiError.invalid(msg) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
