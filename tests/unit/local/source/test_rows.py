"""The list of the local runtime: its filters, and where an execution failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import (
    ErrorObject,
    Operation,
    OperationStatus,
    OperationType,
    StepDetails,
)
from executions import new_execution

from durable_mi.dashboard.source import ExecutionQuery
from durable_mi.local.durable.state.ended_execution import EndedExecution
from durable_mi.local.durable.state.failed_operation import FailedOperation, failed_operation
from durable_mi.local.source.rows import list_rows

START = datetime(2026, 11, 26, 3, tzinfo=UTC)


def ended(name: str, minute: int, failure: FailedOperation | None = None, version: str = "1") -> EndedExecution:
    """Return an execution that has ended."""
    moment = START + timedelta(minutes=minute)
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:orders:{version}/durable-execution/{name}/id"
    status = "SUCCEEDED" if failure is None else "FAILED"
    return EndedExecution(arn, "orders", version, name, moment, moment, status, None, failure)


LISTED = [
    ended("one", 1),
    ended("two", 2, FailedOperation("charge", "CardError: declined"), "2"),
    ended("three", 3, FailedOperation("ship", "OSError: no truck")),
]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["three", "two", "one"]),
        ({"version": "2"}, ["two"]),
        ({"since": (START + timedelta(minutes=2)).timestamp() * 1000}, ["three", "two"]),
        ({"until": (START + timedelta(minutes=2)).timestamp() * 1000}, ["two", "one"]),
        ({"error": "DECLINED charge"}, ["two"]),
        ({"error": "truck charge"}, []),
        ({"error": "oserror", "statuses": frozenset({"SUCCEEDED"})}, []),
    ],
)
def test_filters_executions(query: dict[str, Any], names: list[str]) -> None:
    """By version, time and error text, each of which narrows."""
    found = list_rows(LISTED, ExecutionQuery(**query), lambda each: each.status)  # type: ignore[attr-defined]
    assert names == [each.name for each in found.executions]
    assert len(names) == found.matching


def step(name: str, status: OperationStatus, message: str | None = None) -> Operation:
    """Return a step that ended."""
    error = None if message is None else ErrorObject(message, "CardError", None, None)
    return Operation(name, OperationType.STEP, status, name=name, step_details=StepDetails(error=error))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("declined", FailedOperation("charge", "CardError: declined")),
        ("order 7: declined", FailedOperation("charge", "CardError: declined")),
        ("another thing", FailedOperation("", "Wrapped: another thing")),
    ],
)
def test_names_the_step_whose_error_the_execution_carries(message: str, expected: FailedOperation) -> None:
    """A step whose error was caught is not why the execution failed."""
    execution = new_execution("one")
    execution.operations += [step("ok", OperationStatus.SUCCEEDED), step("charge", OperationStatus.FAILED, "declined")]
    execution.complete_fail(ErrorObject(message, "Wrapped", None, None))
    assert expected == failed_operation(execution)


def test_names_no_failure_of_an_execution_that_succeeded() -> None:
    """Also if one of its steps failed."""
    execution = new_execution("one")
    execution.operations.append(step("charge", OperationStatus.FAILED, "declined"))
    execution.complete_success("1")
    assert failed_operation(execution) is None
