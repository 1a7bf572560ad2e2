"""AWS's test runner (``aws-durable-execution-sdk-python-testing``), with the parts of it that are not documented.

The runner's documented API starts executions, registers chained functions and answers callbacks. What a test needs
beside it comes through this file alone: whether an execution waits, a timeout at once, timers that wait until the test
says so, and an end that leaves neither an event loop nor a thread. ``tests/unit/testing/test_aws_contract.py`` checks
each name and says which one moved.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from durable_mi.extras import missing_extra
from durable_mi.local.workers._durable_sdk import wake

try:
    from aws_durable_execution_sdk_python import state
    from aws_durable_execution_sdk_python.lambda_service import ErrorObject, OperationStatus, OperationType
    from aws_durable_execution_sdk_python_testing.clock import SkipClock
    from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
    from aws_durable_execution_sdk_python_testing.stores.memory import InMemoryExecutionStore
    from aws_durable_execution_sdk_python_testing.worker.status import InvocationState
except ModuleNotFoundError as error:
    raise missing_extra(error, "durable_mi.testing", "testing") from None

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from aws_durable_execution_sdk_python.lambda_service import Operation
    from aws_durable_execution_sdk_python_testing.execution import Execution

__all__ = ["Engine", "awakened_sdk", "is_terminal"]

_ACCOUNT: Final = "123456789012"
_REGION: Final = "us-east-1"
# Longer than any test: the timer is armed again when time goes on.
_HELD_S: Final = 86_400.0
# The store reports most changes; this is for what it does not see, such as a gate that opens.
_LOOK_S: Final = 0.005
_TERMINAL: Final = frozenset(
    {
        OperationStatus.SUCCEEDED,
        OperationStatus.FAILED,
        OperationStatus.CANCELLED,
        OperationStatus.TIMED_OUT,
        OperationStatus.STOPPED,
    }
)


class _Store(InMemoryExecutionStore):
    """Keeps executions in memory, and sets an event with each change."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = threading.Event()

    def save(self, execution: Execution) -> None:
        super().save(execution)
        self.changed.set()

    def update(self, execution: Execution) -> None:
        super().update(execution)
        self.changed.set()


class _Clock(SkipClock):
    """Skips time, except while it is held: then a timer is not due before the test goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.held = False

    def arm(self, wake: dt.datetime) -> float:
        return _HELD_S if self.held else super().arm(wake)


@contextmanager
def awakened_sdk() -> Iterator[None]:
    """Let invocations end without the SDK's pause of up to 0.1 seconds, which no test needs, since time is skipped."""
    released = state.ExecutionState.stop_checkpointing
    wake(state)
    try:
        yield
    finally:
        state.ExecutionState.stop_checkpointing = released  # type: ignore[method-assign]


class Engine:
    """Runs the executions of one handler, one after the other or at the same time.

    Args:
        handler: The durable function's handler.
    """

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler
        self._store = _Store()
        self._clock = _Clock()
        self._began: dict[str, int] = {}
        self._raised: set[str] = set()
        self._foreign: str | None = None
        self._runner = DurableFunctionTestRunner(self._invoke, store=self._store, region=_REGION)
        self._executor = self._runner._executor  # noqa: SLF001 - see above
        # Lambda invokes again after a crash; the pause before that is real time in the runner.
        self._executor.RETRY_BACKOFF_SECONDS = 0
        self._executor._clock = self._clock  # noqa: SLF001
        self._runner._checkpoint_processor._clock = self._clock  # noqa: SLF001

    def register(self, name: str, handler: Callable[[Any, Any], Any], *, durable: bool) -> None:
        """Make a handler the target of chained invokes of this name."""
        if durable:
            self._runner.register_durable_function(name, handler)
        else:
            self._runner.register_function(name, handler)

    def start(self, event: object, *, name: str, function: str, held: bool) -> str:
        """Start an execution and return its ARN; with ``held``, waits and retry delays are not skipped."""
        self._clock.held = held
        return self._runner.run_async(
            json.dumps(event), execution_name=name, function_name=function, account_id=_ACCOUNT
        )

    def settle(self, arn: str, timeout_s: float) -> bool:
        """Wait until an execution has ended, or waits for something that only the test brings.

        Returns:
            Whether it has ended.

        Raises:
            TimeoutError: It neither ended nor waits.
            TypeError: The handler is not a durable function's.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            self._store.changed.clear()
            if self._foreign is not None:
                msg = f"the handler must be decorated with @durable_execution, got one that is not: {self._foreign}"
                raise TypeError(msg)
            execution = self._store.load(arn)
            if execution.is_complete and self._is_idle(arn):
                # Its threads may still write: the runner's own event is the last.
                self._runner.wait_for_result(arn, timeout=max(1, int(timeout_s)))
                return True
            if self._is_suspended(arn, execution):
                return False
            if time.monotonic() > deadline:
                msg = f"the execution must end or wait within {timeout_s:g} s, it still runs: {_last(execution)}"
                raise TimeoutError(msg)
            self._store.changed.wait(_LOOK_S)

    def skip_waits(self, arn: str) -> None:
        """Let time go on: waits and retry delays that are armed end now, and later ones at once."""
        self._clock.held = False
        self._executor._schedule_earliest_pending(arn)  # noqa: SLF001

    def hold(self) -> None:
        """Let no further wait or retry delay end."""
        self._clock.held = True

    def succeed_callback(self, callback_id: str, result: str | None) -> None:
        """Complete a callback with a result."""
        self._runner.send_callback_success(callback_id, None if result is None else result.encode())

    def fail_callback(self, callback_id: str, error_type: str, message: str) -> None:
        """Complete a callback with an error."""
        self._runner.send_callback_failure(callback_id, ErrorObject(message, error_type, None, None))

    def time_out_callback(self, arn: str, callback_id: str) -> None:
        """End a callback as its timeout would."""
        self._executor._on_callback_timeout(arn, callback_id)  # noqa: SLF001

    def operations(self, arn: str) -> list[Operation]:
        """Return the operations of an execution, without the execution's own, in the order in which they started."""
        return [each for each in self._store.load(arn).operations if each.operation_type is not OperationType.EXECUTION]

    def details(self, arn: str) -> dict[str, Any]:
        """Return what ``GetDurableExecution`` returns, with times of :mod:`datetime`."""
        return dict(self._executor.get_execution_details(arn).to_dict())

    def history(self, arn: str) -> list[dict[str, Any]]:
        """Return the events that ``GetDurableExecutionHistory`` returns, with payloads."""
        answer = self._runner.get_execution_history(arn, include_execution_data=True)
        return [dict(event.to_dict()) for event in answer.events]

    def close(self) -> None:
        """End everything that the runner started."""
        self._runner.close()
        executor = self._executor
        for pool in (executor._dispatch_pool, executor._target_pool, executor._invocation_pool):  # noqa: SLF001
            for thread in pool._threads:  # noqa: SLF001
                thread.join()
        # The lane of an execution is told to end, and nobody waits for it.
        lanes = {f"execution-worker-{each.durable_execution_arn}" for each in self._store.list_all()}
        for thread in [each for each in threading.enumerate() if each.name in lanes]:
            thread.join()
        # The scheduler stops its loop and leaves it open, which Python reports as a ResourceWarning.
        self._runner._scheduler._loop.close()  # noqa: SLF001

    def _invoke(self, event: Any, context: Any) -> Any:  # noqa: ANN401 - as Lambda passes them
        arn = event.durable_execution_arn
        self._began[arn] = self._store.load(arn).seq_counter
        self._raised.discard(arn)
        try:
            output = self._handler(event, context)
        except BaseException as error:
            self._raised.add(arn)
            if type(event).__name__ in str(error):
                self._foreign = str(error)
            raise
        if not isinstance(output, Mapping) or "Status" not in output:
            self._foreign = f"it returned {output!r:.100}"
        return output

    def _is_idle(self, arn: str) -> bool:
        return self._executor._invocation_gate(arn) is not InvocationState.INVOKING  # noqa: SLF001

    def _is_suspended(self, arn: str, execution: Execution) -> bool:
        """Return whether no invocation runs or is due, so that nothing happens until the test does something."""
        if execution.is_complete or not execution.invocation_completions or not self._is_idle(arn):
            return False
        # A crashed invocation is about to be repeated; a change that the handler has not seen invokes it again.
        seen = max(execution.handler_seen_seq, self._began.get(arn, 0))
        if arn in self._raised or execution.needs_reinvoke or execution.has_changes_after(seen):
            return False
        open_operations = [each for each in execution.operations if each.status not in _TERMINAL]
        timers = self._executor._earliest_pending_timestamp(execution)  # noqa: SLF001
        waits = any(each.operation_type is OperationType.CALLBACK for each in open_operations)
        invokes = any(each.operation_type is OperationType.CHAINED_INVOKE for each in open_operations)
        if timers is not None:
            return self._clock.held
        return waits and not invokes


def is_terminal(operation: Operation) -> bool:
    """Return whether an operation has ended."""
    return operation.status in _TERMINAL


def _last(execution: Execution) -> str:
    names = [f"{each.operation_type.value} {each.name or ''}".strip() for each in execution.operations]
    return f"its last operation is {names[-1]}" if names else "it has no operations"
