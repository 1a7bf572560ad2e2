"""The private parts of AWS's executor that the local runtime changes, under public names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from durable_mi.local.durable._sdk import (
    CallableTask,
    CheckpointCore,
    CheckpointDurableExecutionResponse,
    CheckpointUpdatedExecutionState,
    InvalidParameterValueException,
    InvocationState,
    ResourceNotFoundException,
    apply_effects,
)
from durable_mi.local.durable._sdk_operations import operations_of, part_for_checkpoint
from durable_mi.local.durable.emulator._sdk_calls import EmulatorCalls
from durable_mi.local.durable.emulator.future_pool import FuturePool
from durable_mi.local.durable.execution_clock import ExecutionClock, within
from durable_mi.local.durable.history.page import HistoryPage
from durable_mi.local.settled import settled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import ErrorObject, OperationUpdate

    from durable_mi.local.durable._sdk import Execution, InvokeResponse, StartDurableExecutionInput
    from durable_mi.local.durable.emulator._sdk_calls import HistoryEvents
    from durable_mi.local.durable.invocation_failure import InvocationFailure

__all__ = ["EmulatorExecutor"]

_FOREVER = 10 * 366 * 86_400
"""Seconds that no invocation lasts, its way through the queue included."""


class EmulatorExecutor(EmulatorCalls, ABC):
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
        self._invocation_pool = self._target_pool = FuturePool()

    # The time of each execution ---------------------------------------------------------------------------------------

    def _create_execution(
        self,
        input: StartDurableExecutionInput,  # noqa: A002 - the emulator's own
        parent_execution_arn: str | None = None,
    ) -> Execution:
        with within(parent_execution_arn):
            execution = super()._create_execution(input, parent_execution_arn)
        if parent_execution_arn is not None:
            self._follow(execution.durable_execution_arn, parent_execution_arn)
        return execution

    def _invoke_handler(self, execution_arn: str) -> Callable[[], Awaitable[None]]:
        invoke = super()._invoke_handler(execution_arn)

        async def invoke_in_its_time() -> None:
            with within(execution_arn):
                await invoke()

        return invoke_in_its_time

    def _notify_parent_of_terminal_child(self, child_arn: str) -> None:
        parent = self._store.load(child_arn).parent_execution_arn
        if parent is not None:
            self._follow(parent, child_arn)
        super()._notify_parent_of_terminal_child(child_arn)

    def _follow(self, execution_arn: str, other_arn: str) -> None:
        if isinstance(self._clock, ExecutionClock):
            self._clock.follow(execution_arn, other_arn)

    # What the service rejects and the emulator does not ---------------------------------------------------------------

    def _checkpoint_execution(
        self,
        execution_arn: str,
        checkpoint_token: str,
        updates: list[OperationUpdate] | None = None,
        client_token: str | None = None,
    ) -> Any:  # noqa: ANN401 - the emulator's own response
        # As the emulator's own, which walks through all operations several times for each update. Here it sees those
        # that matter.
        execution = self.get_execution(execution_arn)
        repeated = self._maybe_replay_cached(execution, checkpoint_token, client_token)
        if repeated is not None:
            return repeated
        if not self.is_invoking(execution_arn) or not self._is_current_token(execution, checkpoint_token):
            msg = "Invalid checkpoint token"
            raise InvalidParameterValueException(msg)
        updates = updates or []
        if updates:
            self.check_updates(execution, updates)
        now = self.now()
        with part_for_checkpoint(execution, updates, now) as part:
            result = CheckpointCore.apply(part, checkpoint_token, updates, client_token, self._dispatcher, now)
        self._store.update(execution)
        apply_effects(result.effects, self)
        self._schedule_earliest_pending(execution_arn)
        state = CheckpointUpdatedExecutionState(operations=result.operations, next_marker=None)
        return CheckpointDurableExecutionResponse(checkpoint_token=result.checkpoint_token, new_execution_state=state)

    @staticmethod
    def _earliest_pending_timestamp(execution: Execution) -> datetime | None:
        return operations_of(execution).earliest()

    def _complete_workflow(self, execution_arn: str, result: str | None, error: ErrorObject | None) -> None:
        rejection = None if result is None else self.rejection_of(self.get_execution(execution_arn), result)
        if rejection is None:
            super()._complete_workflow(execution_arn, result, error)
        else:
            self._fail_workflow(execution_arn, self._invalid_output_error(rejection))

    def send_callback_success(self, callback_id: str, result: bytes | None = None) -> Any:  # noqa: ANN401 - as above
        """Complete a callback."""
        self.check_callback(callback_id, result or b"")
        answer = super().send_callback_success
        return self._answered(callback_id, lambda: answer(callback_id, result))

    def send_callback_failure(self, callback_id: str, error: ErrorObject | None = None) -> Any:  # noqa: ANN401 - as above
        """Fail a callback."""
        self.check_callback(callback_id)
        answer = super().send_callback_failure
        return self._answered(callback_id, lambda: answer(callback_id, error))

    def send_callback_heartbeat(self, callback_id: str) -> Any:  # noqa: ANN401 - as above
        """Keep a callback alive."""
        self.check_callback(callback_id)
        answer = super().send_callback_heartbeat
        return self._answered(callback_id, lambda: answer(callback_id))

    def _answered(self, callback_id: str, answer: Callable[[], Any]) -> Any:  # noqa: ANN401 - as above
        try:
            return answer()
        except ResourceNotFoundException:
            # Closed since it was checked, by another answer or its timeout; otherwise the emulator is right.
            self.check_callback(callback_id)
            raise

    # What the emulator's API handler calls ----------------------------------------------------------------------------

    def checkpoint_execution(
        self,
        execution_arn: str,
        checkpoint_token: str,
        updates: list[OperationUpdate] | None = None,
        client_token: str | None = None,
    ) -> Any:  # noqa: ANN401 - as above
        """Apply a checkpoint: at once where this is the execution's lane, for which the emulator waits otherwise."""
        apply = self._checkpoint_execution if self.is_in_lane(execution_arn) else super().checkpoint_execution
        return apply(execution_arn, checkpoint_token, updates, client_token)

    def get_execution_history(  # the emulator's response type has no place for all that AWS returns
        self,
        execution_arn: str,
        include_execution_data: bool = False,  # noqa: FBT001, FBT002 - the emulator's own
        reverse_order: bool = False,  # noqa: FBT001, FBT002
        marker: str | None = None,
        max_items: int | None = None,
    ) -> Any:  # noqa: ANN401
        """Return a page of an execution's history."""
        events = self.history(self.get_execution(execution_arn), include_data=include_execution_data)
        return HistoryPage.of(events, newest_first=reverse_order, marker=marker, max_items=max_items)

    # What a subclass decides ------------------------------------------------------------------------------------------

    @abstractmethod
    def check_updates(self, execution: Execution, updates: list[OperationUpdate]) -> None:
        """Check what a checkpoint carries, before it is applied.

        Raises:
            ServiceRejection: The service would reject it.
        """

    @abstractmethod
    def rejection_of(self, execution: Execution, result: str) -> str | None:
        """Return why the service rejects the result of an execution, ``None`` if it takes it."""

    @abstractmethod
    def check_callback(self, callback_id: str, result: bytes = b"") -> None:
        """Check that a callback can be answered.

        Args:
            callback_id: Its id.
            result: What is to complete it.

        Raises:
            ServiceRejection: There is none of this id, it is closed, or the result is too large.
        """

    @abstractmethod
    def may_be_unnoticed(self, execution: Execution, since: int) -> bool:
        """Return whether an operation ended unnoticed by the handler, so that it must be invoked again.

        Args:
            execution: The execution, whose invocation just ended.
            since: The last change that the invocation's input carried.
        """

    @abstractmethod
    def take_failure(self, execution: Execution) -> InvocationFailure | None:
        """Return how the execution's last invocation failed, once; ``None`` where no handler was asked."""

    @abstractmethod
    def note_end(self, execution: Execution, request_id: str, error: ErrorObject | None) -> None:
        """Note that an invocation of the execution has ended, before that is saved.

        Args:
            execution: The execution.
            request_id: The invocation's request id.
            error: Why it failed, if it failed outside the SDK.
        """

    @abstractmethod
    def note_suspension(self, execution: Execution) -> None:
        """Note that an invocation of the execution has ended, and that the execution has not."""

    @abstractmethod
    def history(self, execution: Execution, *, include_data: bool) -> HistoryEvents:
        """Return the whole history of an execution as the API does, oldest event first.

        Args:
            execution: The execution.
            include_data: Whether payloads, errors and reasons are included.
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
        self.note_end(execution, invoke_response.request_id, None)
        seen = execution.handler_seen_seq
        if invocation_seq is not None:
            unnoticed = self.may_be_unnoticed(execution, invocation_seq)
            execution.needs_reinvoke |= unnoticed
            execution.handler_seen_seq = invocation_seq if unnoticed else max(seen, invocation_seq)
        try:
            super()._finish_invocation(execution_arn, invoke_response, invocation_start, invocation_end, invocation_seq)
        finally:
            execution.handler_seen_seq = seen
        suspended = self._store.load(execution_arn)
        if not suspended.is_complete:
            self.note_suspension(suspended)

    def _fire_due_and_invoke_handler(self, execution_arn: str) -> Callable[[], Awaitable[None]]:
        # The emulator's timer completes the operation in the lane, and asks for the invocation once it is back from
        # there. By then an invocation that just ended may have replaced, and so cancelled, the timer. Here the lane
        # does both.
        def fire() -> None:
            if self._fire_due_operations(execution_arn):
                self._invoke_execution(execution_arn)
            self._schedule_earliest_pending(execution_arn)

        async def fire_due() -> None:
            await settled(self._registry.submit(execution_arn, CallableTask(fire)))

        return fire_due

    def _retry_after_error(self, execution_arn: str, error: ErrorObject) -> None:
        # The emulator reports an exception by its class, and keeps no invocation that failed. Here the invoker says how
        # the function failed.
        execution = self._store.load(execution_arn)
        failure = self.take_failure(execution)
        if failure is not None:
            error = failure.error
            execution.record_invocation_completion(failure.started, self._clock.now(), failure.request_id)
            self.note_end(execution, failure.request_id, error)
        if execution.is_complete:
            # It was stopped, or timed out, during the invocation.
            self._store.save(execution)
            self._set_invocation_gate(execution_arn, InvocationState.COMPLETED)
        else:
            super()._retry_after_error(execution_arn, error)
