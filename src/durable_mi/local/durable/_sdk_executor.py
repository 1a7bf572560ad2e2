"""The private parts of AWS's executor that the local runtime calls and changes, under public names."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from durable_mi.local.durable._sdk import CallableTask, DaemonThreadPool, Executor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import ErrorObject

    from durable_mi.local.durable._sdk import Execution, InvokeResponse

__all__ = ["EmulatorExecutor"]


_FOREVER = 10 * 366 * 86_400
"""Seconds that no invocation lasts, its way through the queue included."""


class EmulatorExecutor(Executor, ABC):
    """AWS's executor without threads for handlers, and without wake-ups that it loses.

    The emulator's own has six threads on a machine with two cores, each of which waits for one handler, and its time
    limit counts from the moment an invocation is wanted. Here an invocation is a future that the invoker returns.

    What ends while a handler runs (a wait, a retry's delay, a callback, a chained invoke) always leads to an invocation
    that starts from it. The emulator alone drops some: see `_finish_invocation` and `_fire_due_and_invoke_handler`.

    Args:
        **emulator: The arguments of the emulator's executor, without the invocation timeout.
    """

    def __init__(self, **emulator: Any) -> None:  # noqa: ANN401 - the emulator's own arguments
        super().__init__(**emulator, invocation_timeout_seconds=_FOREVER)
        for pool in (self._invocation_pool, self._target_pool):
            pool.shutdown(wait=False)
        self._invocation_pool = self._target_pool = _FuturePool()

    # Calls of the emulator's private parts ----------------------------------------------------------------------------

    def launch(self, execution: Execution, timeout_seconds: int) -> None:
        """Start an execution's timeout and call its handler.

        Args:
            execution: The execution, in the store already.
            timeout_seconds: Seconds until the execution times out.
        """
        self._launch_execution(execution, timeout_seconds)

    def request_pause(self, execution_arn: str) -> Future[None]:
        """Pause an execution; done once the pause holds, while its handler may still run.

        The emulator's `pause_execution` keeps its thread until the handler has returned.
        """
        self.get_execution(execution_arn)
        return self._registry.submit(execution_arn, CallableTask(lambda: self._set_paused(execution_arn)))

    def report_child(self, child_arn: str) -> None:
        """Complete the chained invoke that started an execution which has ended."""
        self._notify_parent_of_terminal_child(child_arn)

    # What a subclass decides ------------------------------------------------------------------------------------------

    @abstractmethod
    def invocation_timeout(self, execution: Execution) -> int:
        """Return the invocation timeout of the execution's function in seconds."""

    @abstractmethod
    def may_be_unnoticed(self, execution: Execution, since: int) -> bool:
        """Return whether an operation ended unnoticed by the handler, so that it must be invoked again.

        Args:
            execution: The execution, whose invocation just ended.
            since: The last change that the invocation's input carried.
        """

    # The emulator's own calls of its private parts --------------------------------------------------------------------

    def _finish_invocation(
        self,
        execution_arn: str,
        invoke_response: InvokeResponse,
        invocation_start: datetime,
        invocation_end: datetime,
        invocation_seq: int | None = None,
    ) -> None:
        # The emulator takes what a checkpoint's answer carried for noticed, and what only the input carried for unseen.
        # But within an invocation the SDK resumes only branches that are suspended until a time, and not even those if
        # the invocation ends first. So for this decision all that the input carried is seen, and what the service ended
        # since then is not: the next invocation's input carries it.
        execution = self._store.load(execution_arn)
        seen = execution.handler_seen_seq
        if invocation_seq is not None:
            unnoticed = self.may_be_unnoticed(execution, invocation_seq)
            execution.needs_reinvoke |= unnoticed
            execution.handler_seen_seq = invocation_seq if unnoticed else max(seen, invocation_seq)
        try:
            super()._finish_invocation(execution_arn, invoke_response, invocation_start, invocation_end, invocation_seq)
        finally:
            execution.handler_seen_seq = seen

    def _fire_due_and_invoke_handler(self, execution_arn: str) -> Callable[[], Awaitable[None]]:
        # The emulator's timer completes the operation in the lane, and asks for the invocation once it is back from
        # there. By then an invocation that just ended may have replaced, and so cancelled, the timer. Here the lane
        # does both.
        def fire() -> None:
            if self._fire_due_operations(execution_arn):
                self._invoke_execution(execution_arn)
            self._schedule_earliest_pending(execution_arn)

        async def fire_due() -> None:
            await asyncio.wrap_future(self._registry.submit(execution_arn, CallableTask(fire)))

        return fire_due

    def _retry_after_timeout(
        self, execution_arn: str, error: ErrorObject, invocation_start: datetime, invocation_end: datetime
    ) -> None:
        seconds = self.invocation_timeout(self.get_execution(execution_arn))
        error = replace(error, message=f"Function timed out after {seconds} seconds")
        super()._retry_after_timeout(execution_arn, error, invocation_start, invocation_end)


class _FuturePool(DaemonThreadPool):
    """Has no threads: what is submitted starts something elsewhere and returns its future."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as in a pool
        """Call it, and return the future that it returns."""
        future: Future[Any] = fn(*args, **kwargs)
        return future
