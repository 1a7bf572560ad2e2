"""What the runner relies on in AWS's test runner beside its documented API: each test names what moved."""

from __future__ import annotations

import inspect
from typing import Any

from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner
from contract import moved

from durable_mi.testing.runner._aws import Engine

PACKAGE = "aws_durable_execution_sdk_python_testing"


def test_every_name_is_where_it_is_expected() -> None:
    """With the parameters that it is called with."""
    found = moved(
        PACKAGE,
        present=(
            "executor.Executor.RETRY_BACKOFF_SECONDS",
            "stores.memory.InMemoryExecutionStore",
            "worker.status.InvocationState.INVOKING",
        ),
        called={
            "executor.Executor._schedule_earliest_pending": (2, ()),
            "executor.Executor._on_callback_timeout": (3, ()),
            "executor.Executor._earliest_pending_timestamp": (1, ()),
            "executor.Executor._invocation_gate": (2, ()),
            "executor.Executor.get_execution_details": (2, ()),
            "execution.Execution.has_changes_after": (2, ()),
        },
        overridden={
            "clock.SkipClock.arm": "(self, wake)",
            "stores.memory.InMemoryExecutionStore.save": "(self, execution)",
            "stores.memory.InMemoryExecutionStore.update": "(self, execution)",
        },
    )
    assert [] == found, "\n".join(found)


def test_every_attribute_is_on_a_runner() -> None:
    """What the engine reads and replaces in it."""
    runner: Any = DurableFunctionTestRunner(lambda _event, _context: None)
    try:
        executor = runner._executor  # noqa: SLF001
        missing = [
            name
            for owner, name in [
                (executor, "_clock"),
                (runner._checkpoint_processor, "_clock"),  # noqa: SLF001
                (runner._scheduler, "_loop"),  # noqa: SLF001
                *((executor, pool) for pool in ("_dispatch_pool", "_target_pool", "_invocation_pool")),
                *((getattr(executor, pool), "_threads") for pool in ("_dispatch_pool", "_invocation_pool")),
            ]
            if not hasattr(owner, name)
        ]
    finally:
        runner.close()
        runner._scheduler._loop.close()  # noqa: SLF001

    assert [] == missing


def test_the_retry_delay_is_read_from_the_executor() -> None:
    """The engine sets it on one executor, so that a crash test does not wait."""
    from aws_durable_execution_sdk_python_testing.executor import Executor  # noqa: PLC0415 - named in the test

    assert "self.RETRY_BACKOFF_SECONDS" in inspect.getsource(Executor)


def test_the_sdk_is_as_released_after_a_run() -> None:
    """Only while a runner is open does an invocation end without the SDK's pause, and are steps mocked."""
    from aws_durable_execution_sdk_python import DurableContext  # noqa: PLC0415 - named in the test
    from aws_durable_execution_sdk_python.state import ExecutionState  # noqa: PLC0415 - named in the test

    from durable_mi.testing import DurableRunner  # noqa: PLC0415 - named in the test

    before = DurableContext.step, ExecutionState.stop_checkpointing
    with DurableRunner():
        assert before[0] is not DurableContext.step
        assert before[1] is not ExecutionState.stop_checkpointing
    assert before == (DurableContext.step, ExecutionState.stop_checkpointing)


def test_an_engine_ends_its_threads() -> None:
    """Neither threads nor an open event loop are left."""
    import threading  # noqa: PLC0415 - named in the test

    @durable_execution
    def handler(_event: Any, context: Any) -> int:
        return int(context.step(lambda _: 1, name="one"))

    before = set(threading.enumerate())
    engine = Engine(handler)
    arn = engine.start({}, name="run", function="f", held=False)
    assert engine.settle(arn, 60)
    engine.close()

    assert set() == {each for each in threading.enumerate() if each.is_alive()} - before
