"""Chained invokes: the targets of a durable function's `context.invoke`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python.lambda_service import ErrorObject

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable._sdk import (
    ChildOutcome,
    RunInvocation,
    StartChild,
    StartDurableExecutionInput,
    function_not_found,
    result_outcome,
)
from durable_mi.local.durable.child_name import child_name
from durable_mi.local.durable.rejections.qualified import check_qualified
from durable_mi.local.durable.worker_invoker import error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.durable._sdk import ChainedInvokeRequest, DispatchResult, FunctionTarget
    from durable_mi.local.durable.function_host import FunctionHost
    from durable_mi.local.workers.registry import Target

__all__ = ["AppChildDispatcher"]


class AppChildDispatcher:
    """Finds a chained invoke's target among the functions that are served; the emulator's ``ChildDispatcher``.

    A durable target runs as a child execution, a plain one as a single invocation.

    Args:
        functions: Finds the targets.
        loop: The event loop that the worker processes are served in.
        note_version: Notes which version an execution's chained invoke runs, by the execution's ARN and operation id.
    """

    def __init__(
        self,
        functions: FunctionHost,
        loop: asyncio.AbstractEventLoop,
        note_version: Callable[[str, str, str], None],
    ) -> None:
        self._functions = functions
        self._loop = loop
        self._note_version = note_version

    def preflight(self, target: FunctionTarget) -> ChildOutcome | None:
        """Return the failure of a target that is not here or cannot be invoked so, or ``None``."""
        try:
            check_qualified(self._functions.resolve(target.name, target.qualifier))
        except ApiError as error:
            return ChildOutcome(error=_error_object(error))
        return None

    def dispatch(self, request: ChainedInvokeRequest) -> DispatchResult:
        """Start a child execution, or run the target once; called in one of the emulator's threads."""
        try:
            target = self._functions.resolve(request.function_name, request.qualifier)
        except ApiError:
            return function_not_found(request.function_name)
        function = target.function_version.function
        self._note_version(request.parent_execution_arn, request.operation_id, function.version)
        payload = request.payload if request.payload is not None else "{}"
        if function.durable is None:
            return RunInvocation(lambda: self._run(target, payload))
        return StartChild(
            StartDurableExecutionInput(
                account_id=request.account_id,
                function_name=function.name,
                function_qualifier=function.version,
                execution_name=child_name(request.parent_execution_arn, request.operation_id),
                execution_timeout_seconds=function.durable.execution_timeout,
                execution_retention_period_days=function.durable.retention_days,
                trace_fields=request.trace_fields,
                tenant_id=request.tenant_id,
                input=payload,
            )
        )

    def _run(self, target: Target, payload: str) -> Any:  # noqa: ANN401 - a future, which EmulatorExecutor waits for
        """Invoke a plain function."""
        return asyncio.run_coroutine_threadsafe(self._outcome(target, payload), self._loop)

    async def _outcome(self, target: Target, payload: str) -> ChildOutcome:
        try:
            _, outcome = await target.function_version.invoke(payload.encode(), target.qualifier)
        except ApiError as error:
            return ChildOutcome(error=_error_object(error))
        if outcome.error is None:
            return result_outcome(outcome.payload.decode() or None)
        return ChildOutcome(error=error_of(outcome))


def _error_object(error: ApiError) -> ErrorObject:
    return ErrorObject(message=error.message, type=error.code, data=None, stack_trace=None)
