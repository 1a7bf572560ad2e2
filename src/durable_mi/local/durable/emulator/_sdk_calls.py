"""The private parts of AWS's executor that the local runtime calls, under public names."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from aws_durable_execution_sdk_python.lambda_service import ErrorObject

from durable_mi.local.durable._sdk import CallableTask, Executor, InvocationState
from durable_mi.local.durable.execution_clock import ExecutionClock, within

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from datetime import datetime

    from durable_mi.local.durable._sdk import Execution

__all__ = ["EmulatorCalls", "HistoryEvents"]

HistoryEvents = list[dict[str, Any]]
T = TypeVar("T")


class EmulatorCalls(Executor):
    """AWS's executor, with what callers need of it that has no public name.

    Args:
        **emulator: The arguments of the emulator's executor.
    """

    def __init__(self, **emulator: Any) -> None:  # noqa: ANN401 - the emulator's own arguments
        super().__init__(**emulator)
        self._in_lane = threading.local()

    def launch(self, execution: Execution) -> None:
        """Call the handler of an execution that is in the store already, without a timeout of the execution."""
        self._launch_execution(execution, 0)

    def request_pause(self, execution_arn: str, note: Callable[[Execution], None]) -> Future[None]:
        """Pause an execution; done once the pause holds, while its handler may still run.

        The emulator's `pause_execution` keeps its thread until the handler has returned.

        Args:
            execution_arn: The execution.
            note: Called, before it is saved, if it runs and is not paused yet.
        """

        def pause() -> None:
            execution = self.get_execution(execution_arn)
            if not execution.is_complete and not execution.is_paused:
                note(execution)
                self._set_paused(execution_arn)

        self.get_execution(execution_arn)
        return self._registry.submit(execution_arn, CallableTask(pause))

    def request_resumption(self, execution_arn: str, note: Callable[[Execution], None]) -> Future[None]:
        """Resume a paused execution; done once the pause is over.

        Args:
            execution_arn: The execution.
            note: Called, before it is saved, if it is paused.
        """

        def resume() -> None:
            execution = self.get_execution(execution_arn)
            if not execution.is_complete and execution.is_paused:
                note(execution)
                self._resume_execution(execution_arn)

        self.get_execution(execution_arn)
        return self._registry.submit(execution_arn, CallableTask(resume))

    def submit(self, execution_arn: str, work: Callable[[], T]) -> Future[T]:
        """Do what belongs to one execution in its lane, where a checkpoint of it needs no other thread.

        Args:
            execution_arn: The execution.
            work: Called in the lane.
        """

        def task() -> T:
            # What runs within the call that submitted it can be within another lane's task.
            around = getattr(self._in_lane, "execution", None)
            self._in_lane.execution = execution_arn
            try:
                return work()
            finally:
                self._in_lane.execution = around

        return self._registry.submit(execution_arn, CallableTask(task))

    def is_in_lane(self, execution_arn: str) -> bool:
        """Return whether the caller is what `submit` runs for the execution."""
        return getattr(self._in_lane, "execution", None) == execution_arn

    def arm_timeout(self, execution: Execution, left_seconds: float) -> None:
        """Let an execution time out after so many more seconds, and no earlier."""
        arn = execution.durable_execution_arn
        limit = execution.start_input.execution_timeout_seconds

        def time_out() -> None:
            self.on_timed_out(arn, ErrorObject.from_message(f"Execution timed out after {limit} seconds."))

        if armed := self._execution_timeouts.pop(arn, None):
            armed.cancel()
        self._execution_timeouts[arn] = self._scheduler.call_later(
            time_out, delay=left_seconds, completion_event=self._completion_events.get(arn)
        )

    def now(self) -> datetime:
        """Return the time of the execution that this is called for."""
        return self._clock.now()

    @property
    def skips_time(self) -> bool:
        """Whether executions have times that run ahead of the machine's."""
        return isinstance(self._clock, ExecutionClock)

    def is_invoking(self, execution_arn: str) -> bool:
        """Return whether an invocation of the execution runs."""
        return self._invocation_gate(execution_arn) is InvocationState.INVOKING

    def release(self, execution_arn: str) -> None:
        """Drop what is kept for the run of an execution, which has ended.

        The emulator keeps an event of its scheduler for each execution, and the worker of one that ended while no
        invocation ran.
        """
        if (event := self._completion_events.pop(execution_arn, None)) is not None:
            event.remove()
        self._registry.remove(execution_arn)

    def report_child(self, child_arn: str) -> None:
        """Complete the chained invoke that started an execution which has ended."""
        self._notify_parent_of_terminal_child(child_arn)

    def record_child(self, parent_arn: str, operation_id: str, child_arn: str) -> None:
        """Note which execution a chained invoke has started, before either of them goes on.

        Args:
            parent_arn: The execution that invokes.
            operation_id: The chained invoke.
            child_arn: What it has started.
        """
        self._record_child_on_parent(parent_arn, operation_id, child_arn)

    def emulated_history(self, execution: Execution) -> HistoryEvents:
        """Return the emulator's events of an execution, with all data."""
        arn = execution.durable_execution_arn
        with within(arn):
            whole = super().get_execution_history(arn, include_execution_data=True, max_items=sys.maxsize)
        return [event.to_dict() for event in whole.events]
