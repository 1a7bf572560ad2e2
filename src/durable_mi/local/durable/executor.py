"""The durable service's executor: each function's own timeout, and executions that outlive a runtime."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python.lambda_service import OperationAction, OperationStatus, OperationType

from durable_mi import limits
from durable_mi.local.durable._sdk import TERMINAL_STATUSES, CallbackToken
from durable_mi.local.durable._sdk_executor import EmulatorExecutor
from durable_mi.local.durable.child_name import child_name
from durable_mi.local.durable.history.cache import HistoryCache
from durable_mi.local.durable.history.complete import complete_history
from durable_mi.local.durable.history.notes import Interruption, InvocationNote
from durable_mi.local.durable.open_operations import open_callbacks, open_steps
from durable_mi.local.durable.rejections.callbacks import check_open, check_result
from durable_mi.local.durable.rejections.checkpoint_limits import CheckpointLimits, check_names, max_result_bytes
from durable_mi.local.durable.rejections.service_rejection import ServiceRejection
from durable_mi.local.workers.invocation import TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import ErrorObject, Operation, OperationUpdate

    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.emulator._sdk_calls import HistoryEvents
    from durable_mi.local.durable.history.notes import HistoryNotes
    from durable_mi.local.durable.invocation_failure import InvocationFailure
    from durable_mi.local.durable.state.ended_execution import ListedExecution
    from durable_mi.local.notices.executions import ExecutionNotices

__all__ = ["ServiceExecutor"]


_ENDED_BY_SERVICE = {OperationType.WAIT, OperationType.CALLBACK, OperationType.CHAINED_INVOKE}
"""Operations that the handler only starts."""


class ServiceExecutor(EmulatorExecutor):
    """Runs executions on function versions, which queue invocations and keep each function's time limit.

    Args:
        failure_of: Returns how the last invocation of an execution failed, once.
        notes_of: Returns what AWS's history of an execution needs beyond the emulator's state.
        revision_of: Returns how often an execution was saved.
        notices: Takes what somebody must know at once.
        limits_checkpoints: Whether the limits on operations, payloads and results are enforced.
        **emulator: The arguments of the emulator's executor.
    """

    def __init__(
        self,
        *,
        failure_of: Callable[[str], InvocationFailure | None],
        notes_of: Callable[[str], HistoryNotes],
        revision_of: Callable[[str], int],
        notices: ExecutionNotices,
        limits_checkpoints: bool,
        **emulator: Any,  # noqa: ANN401 - its business
    ) -> None:
        super().__init__(**emulator)
        self._failure_of = failure_of
        self._notes_of = notes_of
        self._revision_of = revision_of
        self._histories = HistoryCache()
        self._notices = notices
        self._announced: defaultdict[str, set[str]] = defaultdict(set)
        self._limits = CheckpointLimits() if limits_checkpoints else None

    def check_updates(self, execution: Execution, updates: list[OperationUpdate]) -> None:
        """Check names, and unless limits are left out, sizes and numbers."""
        is_asynchronous = self._notes_of(execution.durable_execution_arn).is_asynchronous
        with ServiceRejection.raised():
            check_names(updates)
            if self._limits is not None:
                self._limits.check(execution, updates, is_asynchronous=is_asynchronous)

    def rejection_of(self, execution: Execution, result: str) -> str | None:
        """Return why the result of an execution is rejected: its size."""
        is_asynchronous = self._notes_of(execution.durable_execution_arn).is_asynchronous
        limit = max_result_bytes(is_asynchronous=is_asynchronous)
        if self._limits is None or len(result.encode()) <= limit:
            return None
        return f"Execution output payload size must be less than or equal to {limit} bytes."

    def check_callback(self, callback_id: str, result: bytes = b"") -> None:
        """Check that a callback waits for an answer, and unless limits are left out, the result's size."""
        with ServiceRejection.raised():
            if self._limits is not None:
                check_result(result)
            check_open(callback_id, self.get_execution)

    def take_failure(self, execution: Execution) -> InvocationFailure | None:
        """Return how the execution's last invocation failed, once."""
        return self._failure_of(execution.durable_execution_arn)

    def note_end(self, execution: Execution, request_id: str, error: ErrorObject | None) -> None:
        """Note an invocation that has ended, and let a pause begin that was requested meanwhile."""
        note = InvocationNote(len(execution.updates), None if error is None else error.to_dict())
        self._notes_of(execution.durable_execution_arn).invocations[request_id] = note
        if self._limits is not None:
            self._limits.forget(execution.durable_execution_arn)
        self._begin_pause(execution)
        if error is not None and error.type == TIMED_OUT and (steps := open_steps(execution)):
            self._notices.may_hang(execution.durable_execution_arn, steps)

    def note_suspension(self, execution: Execution) -> None:
        """Print, once, what answers each callback that the execution is suspended for."""
        arn = execution.durable_execution_arn
        for callback in open_callbacks(execution):
            if callback.id not in self._announced[arn]:
                self._announced[arn].add(callback.id)
                self._notices.callback(arn, callback.name, callback.id, now=self.now(), until=callback.until)

    def release(self, execution_arn: str) -> None:
        """Drop what is kept for the run of an execution, which has ended."""
        super().release(execution_arn)
        self._announced.pop(execution_arn, None)

    def _begin_pause(self, execution: Execution) -> None:
        """Let a pause that was requested begin, since no invocation runs."""
        pause = self._notes_of(execution.durable_execution_arn).pause
        if pause is not None and pause.began is None:
            pause.began = self.now()
            if pause.stops_timeout and not execution.is_complete:
                self._arm_timeout_again(execution)

    def pause(self, arn: str, reason: str | None, *, stops_timeout: bool) -> Future[None]:
        """Pause an execution; done once the pause holds, while its handler may still run.

        Args:
            arn: The execution.
            reason: Why, for the history.
            stops_timeout: Whether its timeout is extended by the time that it is paused.
        """

        def note(execution: Execution) -> None:
            pause = Interruption(self.now(), stops_timeout, reason)
            self._notes_of(arn).interruptions.append(pause)
            if not self.is_invoking(arn):
                self._begin_pause(execution)

        return self.request_pause(arn, note)

    def resume(self, arn: str, reason: str | None) -> Future[None]:
        """Resume a paused execution.

        Args:
            arn: The execution.
            reason: Why, for the history.
        """

        def note(execution: Execution) -> None:
            pause = self._notes_of(arn).interruptions[-1]
            pause.resume_requested, pause.resume_reason = self.now(), reason
            if pause.began is not None and pause.stops_timeout:
                self._arm_timeout_again(execution)

        return self.request_resumption(arn, note)

    def timeout_seconds(self, execution: Execution) -> int:
        """Return after how many seconds an execution times out, with what pauses have added to them."""
        notes = self._notes_of(execution.durable_execution_arn)
        if notes.timeout_is_stopped:
            return limits.MAX_EXECUTION_TIMEOUT_S
        extended = execution.start_input.execution_timeout_seconds + math.ceil(notes.extension.total_seconds())
        return min(extended, limits.MAX_EXECUTION_TIMEOUT_S)

    def _arm_timeout_again(self, execution: Execution) -> None:
        # What a clock that skips has jumped over, for any execution, is no time that this one has run.
        now = None if self.skips_time else self.now()
        started = execution.get_operation_execution_started().start_timestamp
        self.arm_timeout(execution, _left(self.timeout_seconds(execution), started, now))

    def history(self, execution: Execution, *, include_data: bool) -> HistoryEvents:
        """Return the whole history of an execution as the API does, oldest event first."""
        arn = execution.durable_execution_arn

        def build() -> HistoryEvents:
            emulated = self.emulated_history(execution)
            return complete_history(execution, emulated, self._notes_of(arn), include_data=include_data)

        return self._histories.get((arn, include_data), self._revision_of(arn), build)

    def may_be_unnoticed(self, execution: Execution, since: int) -> bool:
        """Return whether the service ended an operation which some code that is not done may wait for."""
        operations = {operation.operation_id: operation for operation in execution.operations}
        return any(
            touched > since
            and _is_ended_by_service(operations[name])
            and not _is_abandoned(operations[name], operations)
            for name, touched in execution.operation_last_touched_seq.items()
        )

    def find_children(self, executions: Sequence[ListedExecution], running: Sequence[Execution]) -> None:
        """Find what chained invokes had started when an earlier runtime ended, before their execution noted it.

        Without that they would be started a second time.

        Args:
            executions: All executions.
            running: Those that have not ended, none of which goes on yet.
        """
        children = {
            (child.parent_execution_arn, child.start_input.execution_name): child.durable_execution_arn
            for child in executions
            if child.parent_execution_arn is not None
        }
        for parent in running if children else ():
            arn = parent.durable_execution_arn
            for operation in parent.operations:
                name = operation.operation_id
                if (
                    operation.operation_type is not OperationType.CHAINED_INVOKE
                    or name in parent.chained_invoke_children
                ):
                    continue
                if child := children.get((arn, child_name(arn, name))):
                    self.record_child(arn, name, child)

    def resume_from_state(self, execution: Execution, now: datetime | None) -> None:
        """Resume an execution that ran when an earlier runtime ended.

        Its timers get the time that they have left, what was invoked and not answered is invoked again, and the handler
        is called to replay. A step that was under way runs again, as after any interruption.

        Args:
            execution: The execution as it was last saved, in the store already.
            now: The service's present time. ``None`` where time is skipped, so that timers start anew: what the clock
                jumped over for any execution is no time that this one has run.
        """
        arn = execution.durable_execution_arn
        started = execution.get_operation_execution_started().start_timestamp
        self.launch(execution)
        self._begin_pause(execution)
        self.arm_timeout(execution, _left(self.timeout_seconds(execution), started, now))
        begun = {update.operation_id: update for update in execution.updates if update.action is OperationAction.START}
        for operation in execution.operations:
            update = begun.get(operation.operation_id)
            if operation.status is not OperationStatus.STARTED or update is None:
                continue
            if operation.operation_type is OperationType.CALLBACK:
                self._restart_callback_timers(arn, operation, update, now)
            elif operation.operation_type is OperationType.CHAINED_INVOKE:
                self._invoke_again(execution, operation, update)

    def _restart_callback_timers(
        self, arn: str, operation: Operation, update: OperationUpdate, now: datetime | None
    ) -> None:
        options = update.callback_options
        if options is not None and options.timeout_seconds > 0:
            left = _left(options.timeout_seconds, operation.start_timestamp, now)
            options = replace(options, timeout_seconds=left)
        self.on_callback_created(arn, operation.operation_id, options, CallbackToken(arn, operation.operation_id))

    def _invoke_again(self, parent: Execution, operation: Operation, update: OperationUpdate) -> None:
        child = parent.chained_invoke_children.get(operation.operation_id)
        if child is not None:
            if self.get_execution(child).is_complete:
                self.report_child(child)
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


def _is_ended_by_service(operation: Operation) -> bool:
    if operation.operation_type in _ENDED_BY_SERVICE:
        # It is the handler that cancels.
        return operation.status in TERMINAL_STATUSES and operation.status is not OperationStatus.CANCELLED
    return operation.operation_type is OperationType.STEP and operation.status is OperationStatus.READY


def _is_abandoned(operation: Operation, operations: Mapping[str, Operation]) -> bool:
    """Return whether a context around it has ended, so that nothing waits for it any more."""
    around = operations.get(operation.parent_id or "")
    return around is not None and (around.status in TERMINAL_STATUSES or _is_abandoned(around, operations))


def _left(seconds: int, started: datetime | None, now: datetime | None) -> int:
    """Return what is left of so many seconds, but one at least; all of them where nobody knows how many have passed."""
    if started is None or now is None:
        return seconds
    return max(1, math.ceil(seconds - (now - started).total_seconds()))
