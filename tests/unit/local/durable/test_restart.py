"""Timers of executions that ran when an earlier runtime ended."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import (
    CallbackDetails,
    CallbackOptions,
    Operation,
    OperationAction,
    OperationStatus,
    OperationType,
    OperationUpdate,
)
from aws_durable_execution_sdk_python_testing.checkpoint.processor import CheckpointProcessor
from executions import START, function_arn, new_execution

from durable_mi.local.durable.executor import ServiceExecutor
from durable_mi.local.durable.store import ExecutionStore
from durable_mi.local.notices.executions import ExecutionNotices
from durable_mi.local.notices.notices import Notices

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python_testing.execution import Execution


class RecordingScheduler:
    """Stands where the emulator's scheduler does: keeps the delays that are asked for, and runs nothing."""

    def __init__(self) -> None:
        self.delays: list[float] = []

    def call_later(self, call: Any, delay: float = 0, **_: Any) -> Future[Any]:
        """Record the delay; the call never comes."""
        if asyncio.iscoroutine(call):
            call.close()
        self.delays.append(delay)
        return Future()

    def create_event(self) -> None:
        """Make no event, since nothing runs."""


@pytest.fixture
def scheduler() -> RecordingScheduler:
    """Return the delays of what is armed."""
    return RecordingScheduler()


def with_callback(execution: Execution, *, timeout: int, second: int) -> None:
    """Let an execution wait for a callback that was created so many seconds after its start."""
    operation = Operation(
        operation_id="callback",
        operation_type=OperationType.CALLBACK,
        status=OperationStatus.STARTED,
        start_timestamp=START + timedelta(seconds=second),
        callback_details=CallbackDetails(callback_id="id"),
    )
    update = OperationUpdate(
        operation_id="callback",
        operation_type=OperationType.CALLBACK,
        action=OperationAction.START,
        callback_options=CallbackOptions(timeout_seconds=timeout),
    )
    execution.operations.append(operation)
    execution.updates.append(update)


def resume(scheduler: RecordingScheduler, execution: Execution, *, after: float) -> list[float]:
    """Resume an execution so many seconds after its start; returns the delays of the timers."""
    store = ExecutionStore(function_arn)
    store.save(execution)
    timers: Any = scheduler
    executor = ServiceExecutor(
        store=store,
        scheduler=timers,
        invoker=None,
        checkpoint_processor=CheckpointProcessor(store, timers),
        failure_of=lambda _: None,
        notes_of=store.notes,
        revision_of=store.revision,
        notices=ExecutionNotices(Notices(), "us-east-1", "http://127.0.0.1"),
        limits_checkpoints=True,
    )
    executor.resume_from_state(execution, START + timedelta(seconds=after))
    return [delay for delay in scheduler.delays if delay]


def test_an_execution_has_what_is_left_of_its_timeout(scheduler: RecordingScheduler) -> None:
    """600 seconds, of which 100 are gone."""
    assert [500] == resume(scheduler, new_execution("a"), after=100)


def test_a_callback_has_what_is_left_of_its_timeout(scheduler: RecordingScheduler) -> None:
    """A callback of 60 seconds that was created 10 seconds after the start has 20 left after 50."""
    execution = new_execution("a")
    with_callback(execution, timeout=60, second=10)
    assert [550, 20] == resume(scheduler, execution, after=50)


def test_what_came_due_meanwhile_is_due_at_once(scheduler: RecordingScheduler) -> None:
    """Both timeouts passed while nothing ran."""
    execution = new_execution("a")
    with_callback(execution, timeout=60, second=10)
    assert [1, 1] == resume(scheduler, execution, after=10_000)


def test_a_callback_without_a_timeout_has_none_after_a_restart(scheduler: RecordingScheduler) -> None:
    """Only the execution's own timer is armed."""
    execution = new_execution("a")
    with_callback(execution, timeout=0, second=10)
    assert [550] == resume(scheduler, execution, after=50)
