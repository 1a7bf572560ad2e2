"""Executions for tests of what keeps and lists them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aws_durable_execution_sdk_python_testing.execution import Execution
from aws_durable_execution_sdk_python_testing.model import StartDurableExecutionInput

if TYPE_CHECKING:
    from durable_mi.local.durable.store import ExecutionStore

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def new_execution(
    name: str, *, function: str = "orders", version: str = "1", second: int = 0, payload: str = "{}"
) -> Execution:
    """Return a running execution that started so many seconds after noon."""
    execution = Execution.new(
        StartDurableExecutionInput(
            account_id="000000000000",
            function_name=function,
            function_qualifier=version,
            execution_name=name,
            execution_timeout_seconds=600,
            execution_retention_period_days=1,
            invocation_id=f"id-{name}",
            input=payload,
        )
    )
    execution.start(START + timedelta(seconds=second))
    return execution


def function_arn(start: StartDurableExecutionInput) -> str:
    """Return the qualified ARN of the function that an execution was started with."""
    return f"arn:aws:lambda:us-east-1:000000000000:function:{start.function_name}:{start.function_qualifier}"


def saved(store: ExecutionStore, name: str, *, second: int = 0) -> str:
    """Save a running execution; returns its ARN."""
    execution = new_execution(name, second=second)
    store.save(execution)
    return str(execution.durable_execution_arn)
