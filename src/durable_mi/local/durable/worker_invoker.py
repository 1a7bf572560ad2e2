"""The emulator's way to a handler: the worker processes."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python.lambda_service import ErrorObject

from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.durable._sdk import (
    InvalidInvocationOutputError,
    InvokeResponse,
    LambdaInvoker,
    ResourceNotFoundException,
)
from durable_mi.local.durable.invocation_failure import InvocationFailure

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from aws_durable_execution_sdk_python.execution import DurableExecutionInvocationInput

    from durable_mi.local.durable._sdk import Clock
    from durable_mi.local.durable.function_host import FunctionHost
    from durable_mi.local.notices.executions import ExecutionNotices
    from durable_mi.local.workers.invocation import Outcome

__all__ = ["WorkerInvoker", "error_of"]

_SHOWN = 100
"""Characters of a wrong value that an error has."""


class WorkerInvoker(LambdaInvoker):
    """Invokes handlers in the worker processes.

    Args:
        functions: Runs the handlers.
        loop: The event loop that the worker processes are served in.
        clock: The service's clock.
        notices: Takes what handlers return that is not the output of a durable function.
    """

    def __init__(
        self, functions: FunctionHost, loop: asyncio.AbstractEventLoop, clock: Clock, notices: ExecutionNotices
    ) -> None:
        super().__init__(lambda_client=None)
        self._functions = functions
        self._loop = loop
        self._clock = clock
        self._notices = notices
        self._failures: dict[str, InvocationFailure] = {}

    def invoke(
        self,
        function_name: str,
        input: DurableExecutionInvocationInput,  # noqa: A002 - the emulator's name
        *_args: object,
        **_kwargs: object,
    ) -> Any:  # noqa: ANN401 - the future of a response, which EmulatorExecutor waits for in the emulator's stead
        """Run the handler once; called in the event loop, by the emulator's coroutine."""
        # The emulator leaves $LATEST out of what it invokes; AWS has it in the ARN of the handler's context.
        name, _, version = function_name.partition(":")
        payload = json.dumps(input.to_json_dict()).encode()
        run = self._run(name, version or LATEST, payload, input.durable_execution_arn, self._clock.now())
        return self._loop.create_task(run)

    def take_failure(self, execution: str) -> InvocationFailure | None:
        """Return how the last invocation of an execution failed, once; ``None`` if it did not."""
        return self._failures.pop(execution, None)

    async def _run(self, name: str, version: str, payload: bytes, execution: str, started: datetime) -> InvokeResponse:
        try:
            request_id, outcome = await self._functions.invoke(name, version, payload, execution)
        except ApiError as error:
            if error.code == "ResourceNotFoundException":
                # A version that was deleted does not come back: the emulator then fails the execution at once.
                raise ResourceNotFoundException(error.message) from error
            request_id = str(uuid.uuid4())
            failed = ErrorObject(message=error.message, type=error.code, data=None, stack_trace=None)
        else:
            if outcome.error is None:
                return self._response(execution, outcome.payload, request_id)
            failed = error_of(outcome)
        # An exception has no place for all of it: the emulator would report its class.
        self._failures[execution] = InvocationFailure(request_id, failed, started)
        raise _FailedInvocationError(failed.message)

    def _response(self, execution: str, payload: bytes, request_id: str) -> InvokeResponse:
        try:
            return _parsed(payload, request_id)
        except InvalidInvocationOutputError as error:
            self._notices.invalid_output(execution, str(error))
            raise


class _FailedInvocationError(Exception):
    """The invocation failed; `WorkerInvoker.take_failure` returns how."""


def error_of(outcome: Outcome) -> ErrorObject:
    """Return the error of a failed invocation, as the API returns it."""
    try:
        error = json.loads(outcome.payload)
    except (ValueError, RecursionError):
        error = None
    if not isinstance(error, dict):
        # A runtime may report a failure in any form.
        error = {"errorMessage": outcome.payload.decode(errors="replace")}
    trace = error.get("stackTrace")
    lines = [line if isinstance(line, str) else json.dumps(line) for line in trace] if isinstance(trace, list) else None
    return ErrorObject(
        message=_text(error.get("errorMessage")),
        type=_text(error.get("errorType") or outcome.error),
        data=None,
        stack_trace=lines,
    )


def _text(value: object) -> str | None:
    """Return what a runtime has put in the place of a text; the API has texts in these places."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _parsed(payload: bytes, request_id: str) -> InvokeResponse:
    """Return the output of a durable function.

    Raises:
        InvalidInvocationOutputError: It is none. The emulator takes a value of any type for a text.
    """
    try:
        response = InvokeResponse.from_payload(payload, request_id)
    except RecursionError:
        msg = "Invalid invocation output: it must be nested less deeply"
        raise InvalidInvocationOutputError(msg, request_id) from None
    output, error = response.invocation_output, response.invocation_output.error
    texts: list[tuple[str, object]] = [("Result", output.result)]
    if error is not None:
        texts += [("ErrorMessage", error.message), ("ErrorType", error.type), ("ErrorData", error.data)]
        trace: object = error.stack_trace
        texts += [("StackTrace", line) for line in (trace if isinstance(trace, list) else [trace])]
    for name, value in texts:
        if not isinstance(value, str | None):
            msg = f"Invalid invocation output: {name} must be a string, got {json.dumps(value)[:_SHOWN]}"
            raise InvalidInvocationOutputError(msg, request_id)
    return response
