"""AWS's executor: it also takes up an earlier run's executions, loses no wake-up and holds no thread per handler."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python.lambda_service import ErrorObject, OperationAction, OperationStatus, OperationType
from aws_durable_execution_sdk_python_testing.executor import Executor
from aws_durable_execution_sdk_python_testing.model import TERMINAL_STATUSES
from aws_durable_execution_sdk_python_testing.threads import DaemonThreadPool
from aws_durable_execution_sdk_python_testing.token import CallbackToken
from aws_durable_execution_sdk_python_testing.worker.checkpoint_tasks import CallableTask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from concurrent.futures import Future
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation, OperationUpdate
    from aws_durable_execution_sdk_python_testing.execution import Execution
    from aws_durable_execution_sdk_python_testing.invoker import InvokeResponse

__all__ = ["ServiceExecutor"]


_FOREVER = 10 * 366 * 86_400
"""Seconds that no invocation lasts, its way through the queue included."""

_ENDED_BY_SERVICE = {OperationType.WAIT, OperationType.CALLBACK, OperationType.CHAINED_INVOKE}
"""Operations that the handler only starts."""


class ServiceExecutor(Executor):
    """The emulator's executor with two more entrances, and with as many invocations under way as there are workers.

    The emulator's own has six threads on a machine with two cores, each of which waits for one handler, and its time
    limit counts from the moment an invocation is wanted. Here the versions run the handlers, queue what no worker is
    free for, and keep each function's time limit from the moment a worker takes the invocation.

    What ends while a handler runs (a wait, a retry's delay, a callback, a chained invoke) always leads to an invocation
    that starts from it. The emulator alone drops some: see `_finish_invocation` and `_fire_due_and_invoke_handler`.

    Args:
        timeout_of: function name and version to the invocation timeout in seconds.
        **emulator: what the emulator's executor takes.
    """

    def __init__(self, *, timeout_of: Callable[[str, str], int], **emulator: Any) -> None:  # noqa: ANN401 - its business
        super().__init__(**emulator, invocation_timeout_seconds=_FOREVER)
        self._timeout_of = timeout_of
        for pool in (self._invocation_pool, self._target_pool):
            pool.shutdown(wait=False)
        self._invocation_pool = self._target_pool = _UnderWay()

    def resume_executions(self, execution: Execution, now: datetime | None) -> None:
        """Go on with an execution that ran when an earlier runtime ended.

        Its timers are armed with what is left of them, what was invoked and not answered is invoked again, and the
        handler is called to replay. A step that was under way runs again, as after any interruption.

        Args:
            execution: the execution as it was last kept, in the store already.
            now: the service's present time; ``None`` where time is skipped, so that timers start anew: what the clock
                jumped over for any execution is no time that this one has run.
        """
        arn = execution.durable_execution_arn
        started = execution.get_operation_execution_started().start_timestamp
        self._launch_execution(execution, _left(execution.start_input.execution_timeout_seconds, started, now))
        begun = {update.operation_id: update for update in execution.updates if update.action is OperationAction.START}
        for operation in execution.operations:
            update = begun.get(operation.operation_id)
            if operation.status is not OperationStatus.STARTED or update is None:
                continue
            if operation.operation_type is OperationType.CALLBACK:
                self._rearm_callback(arn, operation, update, now)
            elif operation.operation_type is OperationType.CHAINED_INVOKE:
                self._reinvoke(execution, operation, update)

    def request_pause(self, execution_arn: str) -> Future[None]:
        """Pause an execution; done once the pause holds, while its handler may still run.

        The emulator's `pause_execution` keeps its thread until the handler has returned.
        """
        self.get_execution(execution_arn)
        return self._registry.submit(execution_arn, CallableTask(lambda: self._set_paused(execution_arn)))

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
            unnoticed = _may_be_unnoticed(execution, invocation_seq)
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

    def _retry_after_timeout(self, execution_arn: str, error: ErrorObject, *times: datetime) -> None:
        start = self.get_execution(execution_arn).start_input
        seconds = self._timeout_of(start.function_name, start.function_qualifier)
        error = replace(error, message=f"Function timed out after {seconds} seconds")
        super()._retry_after_timeout(execution_arn, error, *times)

    def _rearm_callback(self, arn: str, operation: Operation, update: OperationUpdate, now: datetime | None) -> None:
        options = update.callback_options
        if options is not None and options.timeout_seconds > 0:
            left = _left(options.timeout_seconds, operation.start_timestamp, now)
            options = replace(options, timeout_seconds=left)
        self.on_callback_created(arn, operation.operation_id, options, CallbackToken(arn, operation.operation_id))

    def _reinvoke(self, parent: Execution, operation: Operation, update: OperationUpdate) -> None:
        child = parent.chained_invoke_children.get(operation.operation_id)
        if child is not None:
            if self.get_execution(child).is_complete:
                self._notify_parent_of_terminal_child(child)
            return
        options = update.chained_invoke_options
        if options is not None:
            self.on_chained_invoke_started(
                parent.durable_execution_arn,
                operation.operation_id,
                options.function_name,
                options.tenant_id,
                update.payload,
            )


class _UnderWay(DaemonThreadPool):
    """Has no threads: what is submitted starts something elsewhere and returns its future."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as in a pool
        """Call it, and hand on the future that it returns."""
        future: Future[Any] = fn(*args, **kwargs)
        return future


def _left(seconds: int, started: datetime | None, now: datetime | None) -> int:
    """What is left of so many seconds, but one at least; all of them where nobody knows how many have passed."""
    if started is None or now is None:
        return seconds
    return max(1, math.ceil(seconds - (now - started).total_seconds()))


def _may_be_unnoticed(execution: Execution, since: int) -> bool:
    """Whether the service ended an operation after ``since`` which some code that is not done may wait for."""
    operations = {operation.operation_id: operation for operation in execution.operations}
    return any(
        touched > since and _is_ended_by_service(operations[name]) and not _is_abandoned(operations[name], operations)
        for name, touched in execution.operation_last_touched_seq.items()
    )


def _is_ended_by_service(operation: Operation) -> bool:
    if operation.operation_type in _ENDED_BY_SERVICE:
        return operation.status in TERMINAL_STATUSES
    return operation.operation_type is OperationType.STEP and operation.status is OperationStatus.READY


def _is_abandoned(operation: Operation, operations: Mapping[str, Operation]) -> bool:
    """Whether a context around it has ended, so that nothing waits for it any more."""
    around = operations.get(operation.parent_id or "")
    return around is not None and (around.status in TERMINAL_STATUSES or _is_abandoned(around, operations))
