"""ListDurableExecutionsByFunction: filters, order and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from executions import START, function_arn, new_execution
from starlette.datastructures import QueryParams

from durable_mi.local.api.execution_list import list_executions
from durable_mi.local.api_error import ApiError
from durable_mi.local.durable.history.notes import Interruption
from durable_mi.local.durable.store import ExecutionStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_durable_execution_sdk_python_testing.execution import Execution

    from durable_mi.local.app.functions import AppFunction


def listing(
    executions: list[Execution], function: AppFunction, query: str, version: str | None = None
) -> list[dict[str, Any]]:
    """Return the listed executions."""
    status = ExecutionStore(function_arn).status
    page = list_executions(executions, function, QueryParams(query), version=version, status=status)
    listed: list[dict[str, Any]] = page["DurableExecutions"]
    return listed


@pytest.fixture
def executions() -> list[Execution]:
    """Three executions of `orders`, one of them ended, one on version 2, and one of another function."""
    ended = new_execution("b", second=1)
    ended.complete_success("1")
    return [
        new_execution("a"),
        ended,
        new_execution("c", second=2, version="2"),
        new_execution("d", second=3, function="refunds"),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a", "b", "c"]),
        ("ReverseOrder=true", ["c", "b", "a"]),
        ("ReverseOrder=false", ["a", "b", "c"]),
        ("Statuses=RUNNING", ["a", "c"]),
        ("Statuses=SUCCEEDED", ["b"]),
        ("Statuses=SUCCEEDED&Statuses=RUNNING", ["a", "b", "c"]),
        ("Statuses=FAILED", []),
        ("DurableExecutionName=b", ["b"]),
        ("StartedAfter=2026-01-31T12:00:00Z", ["b", "c"]),
        ("StartedBefore=2026-01-31T12:00:02", ["a", "b"]),
        ("StartedAfter=2026-01-31T12:00:00Z&StartedBefore=2026-01-31T12:00:02Z", ["b"]),
        ("MaxItems=2", ["a", "b"]),
        ("MaxItems=2&Marker=2", ["c"]),
        ("ReverseOrder=true&MaxItems=1", ["c"]),
    ],
)
def test_filters_and_order(
    query: str, names: list[str], executions: list[Execution], make_function: Callable[..., AppFunction]
) -> None:
    """Oldest first unless asked otherwise; only the function's own."""
    listed = listing(executions[::-1], make_function("orders"), query)
    assert names == [each["DurableExecutionName"] for each in listed]


def test_those_of_one_version_are_listed(
    executions: list[Execution], make_function: Callable[..., AppFunction]
) -> None:
    """The version that the qualifier leads to."""
    listed = listing(executions, make_function("orders"), "", version="2")
    assert ["c"] == [each["DurableExecutionName"] for each in listed]


def test_a_summary_has_the_services_fields(
    executions: list[Execution], make_function: Callable[..., AppFunction]
) -> None:
    """The end only where there is one."""
    listed = listing(executions, make_function("orders"), "")
    assert {
        "DurableExecutionArn",
        "DurableExecutionName",
        "FunctionArn",
        "Status",
        "StartTimestamp",
        "EndTimestamp",
    } == set(listed[1])
    assert "EndTimestamp" not in listed[0]
    assert "arn:aws:lambda:us-east-1:000000000000:function:orders:2" == listed[2]["FunctionArn"]


def test_a_paused_execution_is_listed_as_paused(make_function: Callable[..., AppFunction]) -> None:
    """AWS's word while it is paused."""
    paused = new_execution("a")
    paused.pause()
    (listed,) = listing([paused], make_function("orders"), "Statuses=PAUSED")
    assert "PAUSED" == listed["Status"]


def test_an_execution_whose_handler_still_runs_is_pausing(make_function: Callable[..., AppFunction]) -> None:
    """Until the pause begins; a filter for the one status does not find the other."""
    store, execution = ExecutionStore(function_arn), new_execution("a")
    store.save(execution)
    execution.pause()
    pause = Interruption(START)
    store.notes(execution.durable_execution_arn).interruptions.append(pause)

    def statuses(query: str) -> list[str]:
        page = list_executions(
            [execution], make_function("orders"), QueryParams(query), version=None, status=store.status
        )
        return [each["Status"] for each in page["DurableExecutions"]]

    assert (["PAUSING"], []) == (statuses("Statuses=PAUSING"), statuses("Statuses=PAUSED"))
    pause.began = START
    assert ([], ["PAUSED"]) == (statuses("Statuses=PAUSING"), statuses("Statuses=PAUSED"))


@pytest.mark.parametrize(
    ("query", "message"),
    [("Statuses=DONE", "Statuses must be of RUNNING, "), ("StartedAfter=noon", "StartedAfter must be a time such as")],
)
def test_rejects_parameters_that_cannot_be_read(
    query: str, message: str, make_function: Callable[..., AppFunction]
) -> None:
    """One line names the parameter."""
    with pytest.raises(ApiError, match=message):
        listing([], make_function("orders"), query)
