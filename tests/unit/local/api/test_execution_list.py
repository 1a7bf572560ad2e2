"""ListDurableExecutionsByFunction: filters, order and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from executions import new_execution
from starlette.datastructures import QueryParams

from durable_mi.local.api.execution_list import list_executions
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_durable_execution_sdk_python_testing.execution import Execution

    from durable_mi.local.app.functions import AppFunction


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
        ("Qualifier=1", ["a", "b"]),
        ("Qualifier=live", ["c"]),
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
    function = make_function("orders", aliases={"live": "2"})
    listed = list_executions(executions[::-1], function, QueryParams(query))["DurableExecutions"]
    assert names == [each["DurableExecutionName"] for each in listed]


def test_a_summary_has_the_services_fields(
    executions: list[Execution], make_function: Callable[..., AppFunction]
) -> None:
    """The end only where there is one."""
    listed = list_executions(executions, make_function("orders"), QueryParams(""))["DurableExecutions"]
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
    (listed,) = list_executions([paused], make_function("orders"), QueryParams("Statuses=PAUSED"))["DurableExecutions"]
    assert "PAUSED" == listed["Status"]


@pytest.mark.parametrize(
    ("query", "message"),
    [("Statuses=DONE", "Statuses must be of RUNNING, "), ("StartedAfter=noon", "StartedAfter must be a time such as")],
)
def test_rejects_parameters_that_cannot_be_read(
    query: str, message: str, make_function: Callable[..., AppFunction]
) -> None:
    """One line names the parameter."""
    with pytest.raises(ApiError, match=message):
        list_executions([], make_function("orders"), QueryParams(query))
