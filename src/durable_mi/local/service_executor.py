"""AWS's executor, which besides starting executions takes up those of an earlier run."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from aws_durable_execution_sdk_python.lambda_service import OperationAction, OperationStatus, OperationType
from aws_durable_execution_sdk_python_testing.executor import Executor
from aws_durable_execution_sdk_python_testing.token import CallbackToken

if TYPE_CHECKING:
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import Operation, OperationUpdate
    from aws_durable_execution_sdk_python_testing.execution import Execution

__all__ = ["ServiceExecutor"]


class ServiceExecutor(Executor):
    """The emulator's executor with one more entrance."""

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
