"""AWS's executor, which also takes up the executions of an earlier run, and needs no thread to wait for a handler."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python.lambda_service import ErrorObject, OperationAction, OperationStatus, OperationType
from aws_durable_execution_sdk_python_testing.executor import Executor
from aws_durable_execution_sdk_python_testing.threads import DaemonThreadPool
from aws_durable_execution_sdk_python_testing.token import CallbackToken

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation, OperationUpdate
    from aws_durable_execution_sdk_python_testing.execution import Execution

__all__ = ["ServiceExecutor"]


_FOREVER = 10 * 366 * 86_400
"""Seconds that no invocation lasts, its way through the queue included."""


class ServiceExecutor(Executor):
    """The emulator's executor with one more entrance, and with as many invocations under way as there are workers.

    The emulator's own has six threads on a machine with two cores, each of which waits for one handler, and its time
    limit counts from the moment an invocation is wanted. Here the deployments run the handlers, queue what no worker is
    free for, and keep each function's time limit from the moment a worker takes the invocation.

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

    def take_up(self, execution: Execution, now: datetime) -> None:
        """Go on with an execution that ran when an earlier runtime ended.

        Its timers are armed with what is left of them, what was invoked and not answered is invoked again, and the
        handler is called to replay. A step that was under way runs again, as after any interruption.

        Args:
            execution: the execution as it was last kept, in the store already.
            now: the service's present time.
        """
        arn = execution.durable_execution_arn
        started = execution.get_operation_execution_started().start_timestamp or now
        left = execution.start_input.execution_timeout_seconds - (now - started).total_seconds()
        self._launch_execution(execution, max(1, math.ceil(left)))
        begun = {update.operation_id: update for update in execution.updates if update.action is OperationAction.START}
        for operation in execution.operations:
            update = begun.get(operation.operation_id)
            if operation.status is not OperationStatus.STARTED or update is None:
                continue
            if operation.operation_type is OperationType.CALLBACK:
                self._rearm_callback(arn, operation, update, now)
            elif operation.operation_type is OperationType.CHAINED_INVOKE:
                self._reinvoke(execution, operation, update)

    def _retry_after_timeout(self, execution_arn: str, error: ErrorObject, *times: datetime) -> None:
        start = self.get_execution(execution_arn).start_input
        seconds = self._timeout_of(start.function_name, start.function_qualifier)
        error = replace(error, message=f"Function timed out after {seconds} seconds")
        super()._retry_after_timeout(execution_arn, error, *times)

    def _rearm_callback(self, arn: str, operation: Operation, update: OperationUpdate, now: datetime) -> None:
        options = update.callback_options
        if options is not None and options.timeout_seconds > 0 and operation.start_timestamp is not None:
            elapsed = (now - operation.start_timestamp).total_seconds()
            options = replace(options, timeout_seconds=max(1, math.ceil(options.timeout_seconds - elapsed)))
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
