"""The emulator's way to a handler: the worker processes."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from durable_mi.local.durable._sdk import InvokeResponse, LambdaInvoker

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python.execution import DurableExecutionInvocationInput

    from durable_mi.local.durable.function_host import FunctionHost

__all__ = ["WorkerInvoker"]


class WorkerInvoker(LambdaInvoker):
    """Invokes handlers in the worker processes.

    Args:
        functions: Runs the handlers.
        loop: The event loop that the worker processes are served in.
    """

    def __init__(self, functions: FunctionHost, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(lambda_client=None)
        self._functions = functions
        self._loop = loop

    def invoke(
        self,
        function_name: str,
        input: DurableExecutionInvocationInput,  # noqa: A002 - the emulator's name
        *_args: object,
        **_kwargs: object,
    ) -> Any:  # noqa: ANN401 - the future of a response, which EmulatorExecutor waits for in the emulator's stead
        """Run the handler once; called in the emulator's thread."""
        name, _, version = function_name.partition(":")
        payload = json.dumps(input.to_json_dict()).encode()
        return asyncio.run_coroutine_threadsafe(
            self._run(name, version, payload, input.durable_execution_arn), self._loop
        )

    async def _run(self, name: str, version: str, payload: bytes, execution: str) -> InvokeResponse:
        request_id, outcome = await self._functions.invoke(name, version, payload, execution)
        if outcome.error == "Sandbox.Timedout":
            raise TimeoutError
        if outcome.error is not None:
            error = json.loads(outcome.payload)
            # The emulator reports an exception by its class name, so the class gets the function's own error type.
            failure = type(outcome.error, (RuntimeError,), {})
            raise failure(error.get("errorMessage", ""))
        return InvokeResponse.from_payload(outcome.payload, request_id)
