"""The Lambda API's Invoke."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.request_shape import parse_json
from durable_mi.local.api_error import ApiError
from durable_mi.local.durable.rejections.qualified import check_qualified
from durable_mi.local.request_members import check_pattern
from durable_mi.local.workers.invocation import Outcome
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from starlette.requests import Request

    from durable_mi.local.app.functions import DurableConfig
    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.service import DurableService
    from durable_mi.local.workers.registry import FunctionRegistry, Target

__all__ = ["InvokeApi"]

_log = logging.getLogger(__name__)

_TAIL_BYTES = 4096
"""What `LogResult` has of the log's end. API."""


class InvokeApi:
    """Invokes functions: synchronously, asynchronously, or not at all.

    Args:
        registry: The functions.
        durable: The durable service.
        account: Account of ARNs.
        enforces_limits: Whether the service's limits on payloads and times are enforced.
    """

    def __init__(
        self, registry: FunctionRegistry, durable: DurableService, account: str, *, enforces_limits: bool = True
    ) -> None:
        self._registry = registry
        self._enforces_limits = enforces_limits
        self._durable = durable
        self._account = account
        self._events: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """Return the path of the call."""
        return [Route("/2015-03-31/functions/{function:path}/invocations", self.invoke, methods=["POST"])]

    async def invoke(self, request: Request) -> Response:
        """Serve Invoke: synchronous, asynchronous, or a dry run."""
        target = self._target(request)
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if request.headers.get("X-Amz-Log-Type") == "Tail" and target.function_version.function.capacity is not None:
            # AWS's own sentence, by which SAM CLI knows that it has to ask again without.
            msg = "Tail logs are not supported for functions configured with capacity provider"
            raise ApiError.invalid(msg)
        if kind not in {"RequestResponse", "Event", "DryRun"}:
            msg = f"InvocationType must be RequestResponse, Event or DryRun, got {kind}"
            raise ApiError.invalid(msg)
        payload = self._checked_payload(await request.body(), kind)
        check_qualified(target)
        config = target.function_version.function.durable
        if config is not None:
            self._check_execution(request, config, kind)
        if kind == "DryRun":
            return Response(status_code=204)
        target.function_version.check_invocable()
        if config is None:
            return await self._invoke_plain(target, request, payload, kind)
        return await self._invoke_durable(target, config, request, payload, kind)

    async def _invoke_plain(self, target: Target, request: Request, payload: bytes, kind: str) -> Response:
        headers = {"X-Amz-Executed-Version": target.function_version.function.version}
        context = _client_context(request)
        tail: list[str] | None = [] if request.headers.get("X-Amz-Log-Type") == "Tail" else None
        work = target.function_version.invoke(payload, target.qualifier, client_context=context, tail=tail)
        if kind == "Event":
            self._keep(_discard(work))
            return Response(status_code=202, headers=headers)
        request_id, outcome = await self._within_limit(work)
        if tail is not None:
            headers["X-Amz-Log-Result"] = base64.b64encode("\n".join(tail).encode()[-_TAIL_BYTES:]).decode()
        return _result(outcome, {**headers, "x-amzn-RequestId": request_id})

    async def _within_limit(self, work: Coroutine[Any, Any, tuple[str, Outcome]]) -> tuple[str, Outcome]:
        """Wait for a synchronous invocation, but not longer than the service does, whatever the function's timeout."""
        if not self._enforces_limits:
            return await work
        running = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({running}, timeout=limits.MAX_SYNC_INVOCATION_S)
        if done:
            return running.result()
        self._keep(_discard(running))
        request_id = str(uuid.uuid4())
        message = f"{request_id} Task timed out after {limits.MAX_SYNC_INVOCATION_S:.2f} seconds"
        return request_id, Outcome.failure("Sandbox.Timedout", message, request_id)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def _invoke_durable(
        self, target: Target, config: DurableConfig, request: Request, payload: bytes, kind: str
    ) -> Response:
        function = target.function_version.function
        name = request.headers.get("X-Amz-Durable-Execution-Name") or str(uuid.uuid4())
        arn = await self._durable.start_execution(
            account=self._account,
            function_name=function.name,
            version=function.version,
            name=name,
            config=config,
            payload=payload,
            is_asynchronous=kind == "Event",
        )
        headers = {"X-Amz-Executed-Version": function.version, "X-Amz-Durable-Execution-Arn": arn}
        if kind == "Event":
            return Response(status_code=202, headers=headers)
        longest = limits.MAX_SYNC_INVOCATION_S if self._enforces_limits else limits.MAX_EXECUTION_TIMEOUT_S
        execution = await self._durable.wait_for_end(arn, longest)
        return _result(_outcome(execution, arn), headers)

    def _target(self, request: Request) -> Target:
        return self._registry.resolve(request.path_params["function"], request.query_params.get("Qualifier"))

    def _check_execution(self, request: Request, config: DurableConfig, kind: str) -> None:
        """Check the name of an execution, and that a caller who waits can see its end."""
        name = request.headers.get("X-Amz-Durable-Execution-Name")
        if name:
            check_pattern(name, "durableExecutionName", "[a-zA-Z0-9-_]+", maximum=64)
        is_too_long = config.execution_timeout > limits.MAX_SYNC_INVOCATION_S
        if self._enforces_limits and kind == "RequestResponse" and is_too_long:
            msg = "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes."
            raise ApiError.invalid(msg)

    def _checked_payload(self, body: bytes, kind: str) -> bytes:
        limit = limits.MAX_ASYNC_PAYLOAD_BYTES if kind == "Event" else limits.MAX_SYNC_PAYLOAD_BYTES
        if self._enforces_limits and len(body) > limit:
            msg = f"{len(body)} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
            raise ApiError(413, "RequestTooLargeException", msg)
        if not body:
            return b"{}"
        try:
            parse_json(body)
        except ValueError as error:
            msg = f"the payload must be JSON: {error}"
            raise ApiError(400, "InvalidRequestContentException", msg) from error
        return body


def _client_context(request: Request) -> str | None:
    """Return the caller's client context as JSON, which the header has in base64."""
    header = request.headers.get("X-Amz-Client-Context")
    if header is None:
        return None
    try:
        context = parse_json(base64.b64decode(header, validate=True))
    except ValueError:
        context = None
    if not isinstance(context, dict):
        msg = f"Client context must be a valid Base64-encoded JSON object, got {header}"
        raise ApiError(400, "InvalidRequestContentException", msg)
    # A header of the Runtime API carries it, so without characters that a header cannot have.
    return json.dumps(context)


async def _discard(work: Awaitable[tuple[str, Outcome]]) -> None:
    try:
        request_id, outcome = await work
    except ApiError as error:
        _log.warning("asynchronous invocation failed: %s", error)
        return
    if outcome.error is not None:
        failure = clean(outcome.payload.decode(errors="replace"))
        _log.warning("asynchronous invocation %s failed: %s", request_id, failure)


def _outcome(execution: Execution | None, arn: str) -> Outcome:
    """Return a durable execution's end as the outcome of the synchronous invocation that started it."""
    if execution is None:
        message = f"the execution did not end within {limits.MAX_SYNC_INVOCATION_S} seconds and continues: {arn}"
        return Outcome.failure("Sandbox.Timedout", message, arn)
    result = execution.result
    if result is not None and result.error is None:
        return Outcome((result.result or "null").encode())
    error = result.error if result is not None else None
    body = {
        "errorType": (error.type if error else None) or execution.current_status().value,
        "errorMessage": (error.message if error else None) or "",
        "stackTrace": (error.stack_trace if error else None) or [],
    }
    return Outcome(json.dumps(body).encode(), error="Unhandled")


def _result(outcome: Outcome, headers: dict[str, str]) -> Response:
    if outcome.error is not None:
        headers["X-Amz-Function-Error"] = "Unhandled"
    return Response(outcome.payload, media_type="application/json", headers=headers)
