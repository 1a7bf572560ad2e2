"""The Lambda API: Invoke, the function's configuration, and the durable executions."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from durable_mi import limits
from durable_mi.local import execution_list
from durable_mi.local.api_error import ApiError
from durable_mi.local.invocation import Outcome

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python_testing.execution import Execution
    from starlette.requests import Request

    from durable_mi.local.catalogue import Catalogue, Target
    from durable_mi.local.durable_service import DurableService
    from durable_mi.local.functions import DurableConfig, ManagedFunction

__all__ = ["LambdaApi"]

_log = logging.getLogger(__name__)


class LambdaApi:
    """Serves the calls of the Lambda API that a local run needs.

    Args:
        catalogue: the functions.
        durable: the durable service.
        account: account of ARNs.
    """

    def __init__(self, catalogue: Catalogue, durable: DurableService, account: str) -> None:
        self._catalogue = catalogue
        self._durable = durable
        self._account = account
        self._events: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """The paths of the API."""
        functions = "/2015-03-31/functions/{function:path}"
        return [
            Route(f"{functions}/invocations", self.invoke, methods=["POST"]),
            Route(f"{functions}/configuration", self.get_function_configuration, methods=["GET"]),
            Route("/2025-12-01/functions/{function:path}/durable-executions", self.list_executions, methods=["GET"]),
            Route("/2025-12-01/{rest:path}", self.durable_call, methods=["GET", "POST"]),
        ]

    async def invoke(self, request: Request) -> Response:
        """Invoke: synchronous, asynchronous, or a dry run."""
        target = self._target(request)
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if request.headers.get("X-Amz-Log-Type") == "Tail":
            msg = "LogType must be None for functions with a capacity provider, got Tail: read the log group instead"
            raise ApiError.invalid(msg)
        if kind not in {"RequestResponse", "Event", "DryRun"}:
            msg = f"InvocationType must be RequestResponse, Event or DryRun, got {kind}"
            raise ApiError.invalid(msg)
        payload = _checked_payload(await request.body(), asynchronous=kind == "Event")
        if kind == "DryRun":
            return Response(status_code=204)
        if (config := target.deployment.function.durable) is None:
            return await self._invoke_plain(target, request, payload, kind)
        return await self._invoke_durable(target, config, request, payload, kind)

    async def _invoke_plain(self, target: Target, request: Request, payload: bytes, kind: str) -> Response:
        headers = {"X-Amz-Executed-Version": target.deployment.function.version}
        context = request.headers.get("X-Amz-Client-Context")
        work = target.deployment.invoke(payload, target.qualifier, client_context=context)
        if kind == "Event":
            task = asyncio.create_task(_discard(work))
            self._events.add(task)
            task.add_done_callback(self._events.discard)
            return Response(status_code=202, headers=headers)
        request_id, outcome = await work
        return _result(outcome, {**headers, "x-amzn-RequestId": request_id})

    async def _invoke_durable(
        self, target: Target, config: DurableConfig, request: Request, payload: bytes, kind: str
    ) -> Response:
        function = target.deployment.function
        name = request.headers.get("X-Amz-Durable-Execution-Name") or str(uuid.uuid4())
        if limits.EXECUTION_NAME.fullmatch(name) is None:
            msg = f"DurableExecutionName must be 1 to 64 letters, digits, hyphens or underscores, got {name}"
            raise ApiError.invalid(msg)
        arn = await self._durable.start_execution(
            account=self._account,
            function_name=function.name,
            version=function.version,
            name=name,
            config=config,
            payload=payload,
        )
        headers = {"X-Amz-Executed-Version": function.version, "X-Amz-Durable-Execution-Arn": arn}
        if kind == "Event":
            return Response(status_code=202, headers=headers)
        execution = await self._durable.wait_for_end(arn, limits.MAX_SYNC_INVOCATION_S)
        return _result(_outcome(execution, arn), headers)

    async def get_function_configuration(self, request: Request) -> Response:
        """GetFunctionConfiguration of a version or alias."""
        target = self._target(request)
        return _json(_configuration(target.deployment.function, target.qualifier))

    async def list_executions(self, request: Request) -> Response:
        """ListDurableExecutionsByFunction with all its filters."""
        target = self._target(request)
        function = target.deployment.function
        page = execution_list.list_executions(
            self._durable.ledger.list_all(), function.name, request.query_params, function.arn
        )
        return _json(page)

    async def durable_call(self, request: Request) -> Response:
        """Every other call of the durable APIs."""
        reply = await self._durable.call(
            request.method,
            request.scope["raw_path"].decode(),
            request.url.query,
            dict(request.headers),
            await request.body(),
        )
        headers = {"x-amzn-ErrorType": reply.error} if reply.error else None
        return Response(reply.body, status_code=reply.status, media_type="application/json", headers=headers)

    def _target(self, request: Request) -> Target:
        return self._catalogue.resolve(request.path_params["function"], request.query_params.get("Qualifier"))


async def _discard(work: Any) -> None:  # noqa: ANN401 - the coroutine of an invocation
    request_id, outcome = await work
    if outcome.error is not None:
        _log.warning("asynchronous invocation %s failed: %s", request_id, outcome.payload.decode(errors="replace"))


def _checked_payload(body: bytes, *, asynchronous: bool) -> bytes:
    limit = limits.MAX_ASYNC_PAYLOAD_BYTES if asynchronous else limits.MAX_SYNC_PAYLOAD_BYTES
    if len(body) > limit:
        kind = "asynchronous" if asynchronous else "synchronous"
        msg = f"{len(body)} byte payload is too large for an {kind} invocation (limit {limit} bytes)"
        raise ApiError(413, "RequestTooLargeException", msg)
    if not body:
        return b"{}"
    try:
        json.loads(body)
    except ValueError as error:
        msg = f"the payload must be JSON: {error}"
        raise ApiError(400, "InvalidRequestContentException", msg) from error
    return body


def _outcome(execution: Execution | None, arn: str) -> Outcome:
    """A durable execution's end as the outcome of the synchronous invocation that started it."""
    if execution is None:
        message = f"the execution did not end within {limits.MAX_SYNC_INVOCATION_S} seconds and goes on: {arn}"
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


def _configuration(function: ManagedFunction, qualifier: str) -> dict[str, Any]:
    configuration: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": f"{function.arn}:{qualifier}",
        "Runtime": function.runtime,
        "Handler": function.handler,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Version": function.version,
        "Environment": {"Variables": dict(function.environment)},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": function.log_level,
            "LogGroup": function.log_group,
        },
        "CapacityProviderConfig": {
            "LambdaManagedInstancesCapacityProviderConfig": {
                "CapacityProviderArn": function.capacity_provider_arn,
                "PerExecutionEnvironmentMaxConcurrency": function.concurrency,
                "ExecutionEnvironmentMemoryGiBPerVCpu": function.gib_per_vcpu,
            }
        },
    }
    if function.durable is not None:
        configuration["DurableConfig"] = {
            "ExecutionTimeout": function.durable.execution_timeout,
            "RetentionPeriodInDays": function.durable.retention_days,
        }
    return configuration


def _json(body: object) -> Response:
    return Response(json.dumps(body), media_type="application/json")
