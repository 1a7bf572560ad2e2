"""AWS's durable service emulator, put together for functions that run on this machine.

The emulator (``aws-durable-execution-sdk-python-testing``) is embedded through its Python API: executions, timers,
checkpoints, callbacks and histories are its code. Ours is the way to the handler, which leads to the worker processes
without a detour over HTTP, and the naming of executions.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs

from aws_durable_execution_sdk_python_testing.checkpoint.processor import CheckpointProcessor
from aws_durable_execution_sdk_python_testing.clock import RealClock, SkipClock
from aws_durable_execution_sdk_python_testing.exceptions import AwsApiException, UnknownRouteError
from aws_durable_execution_sdk_python_testing.invoker import InvokeResponse, LambdaInvoker
from aws_durable_execution_sdk_python_testing.model import InvocationCompletedDetails, StartDurableExecutionInput
from aws_durable_execution_sdk_python_testing.scheduler import Scheduler
from aws_durable_execution_sdk_python_testing.web import handlers, routes
from aws_durable_execution_sdk_python_testing.web.models import HTTPRequest, HTTPResponse
from aws_durable_execution_sdk_python_testing.worker.registry import ExecutionRegistry

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable.executor import ServiceExecutor
from durable_mi.local.durable.status import status_of
from durable_mi.local.durable.store import ExecutionStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aws_durable_execution_sdk_python.execution import DurableExecutionInvocationInput
    from aws_durable_execution_sdk_python_testing.child_dispatcher import ChildDispatcher
    from aws_durable_execution_sdk_python_testing.clock import Clock
    from aws_durable_execution_sdk_python_testing.execution import Execution
    from aws_durable_execution_sdk_python_testing.executor import Executor

    from durable_mi.local.app.functions import DurableConfig
    from durable_mi.local.durable.sqlite_store import SqliteExecutionStore
    from durable_mi.local.workers.invocation import Outcome

    HandlerInvoke = Callable[[str, str, bytes, str], Awaitable[tuple[str, Outcome]]]

__all__ = ["DurableService", "Reply"]

T = TypeVar("T")

_API_THREADS = 16


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: status, body, and AWS's error code where it is one."""

    status: int
    body: bytes
    error: str | None = None


class DurableService:
    """Keeps durable executions and drives their handlers.

    Args:
        region: region of every function.
        invoke: runs a handler once: function name, version, payload and execution ARN to request id and outcome.
        arn_of: function name and version to the qualified function ARN.
        timeout_of: function name and version to the invocation timeout in seconds.
        targets: finds what a chained invoke names.
        journal: keeps the executions beyond the runtime's end; in memory only where there is none.
        skip_time: let waits and retries come due at once; the history still shows their full length.
    """

    def __init__(  # noqa: PLR0913 - what the emulator is put together from
        self,
        *,
        region: str,
        invoke: HandlerInvoke,
        arn_of: Callable[[str, str], str],
        timeout_of: Callable[[str, str], int],
        targets: ChildDispatcher,
        journal: SqliteExecutionStore | None,
        skip_time: bool,
    ) -> None:
        self._skips = skip_time
        self._clock: Clock = SkipClock() if skip_time else RealClock()
        self._journal = journal
        self.store = ExecutionStore(lambda start: arn_of(start.function_name, start.function_qualifier), journal)
        self._scheduler = Scheduler()
        self._registry = ExecutionRegistry(self.store, self._scheduler)
        checkpoints = CheckpointProcessor(self.store, self._scheduler, clock=self._clock)
        self._executor = ServiceExecutor(
            store=self.store,
            scheduler=self._scheduler,
            invoker=_WorkerInvoker(invoke, asyncio.get_running_loop()),
            checkpoint_processor=checkpoints,
            timeout_of=timeout_of,
            registry=self._registry,
            clock=self._clock,
            child_dispatcher=targets,
            region=region,
        )
        checkpoints.add_execution_observer(self._executor)
        checkpoints.set_chained_invoke_preflight(self._executor.preflight_chained_invoke)
        self._router = routes.Router()
        self._handlers = _handlers(self._executor)
        self._threads = ThreadPoolExecutor(_API_THREADS, thread_name_prefix="durable-api")

    def start(self) -> None:
        """Start the timers."""
        self._scheduler.start()

    def resume_executions(self, serves: Callable[[str], bool]) -> int:
        """Go on with the executions that ran when an earlier runtime ended.

        Args:
            serves: whether a function of this name is here; the executions of others are left as they are.

        Returns:
            How many were taken up.
        """
        running = [
            execution
            for execution in self.store.list_all()
            if not execution.is_complete and serves(execution.start_input.function_name)
        ]
        for times in (execution.update_timestamps for execution in running):
            if times and self._skips:
                self._clock.arm(max(times))
        for execution in running:
            self._executor.resume_executions(execution, None if self._skips else self._clock.now())
        return len(running)

    def stop(self) -> None:
        """Stop the timers and drop what is under way."""
        self._executor.shutdown()
        self._registry.shutdown()
        self._scheduler.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._journal is not None:
            self._journal.close()

    def now(self) -> int:
        """The service's time in epoch milliseconds; it runs ahead of the clock when waits are skipped."""
        return int(self._clock.now().timestamp() * 1000)

    async def start_execution(  # noqa: PLR0913 - what the service wants to know of an execution
        self, *, account: str, function_name: str, version: str, name: str, config: DurableConfig, payload: bytes
    ) -> str:
        """Start an execution and return its ARN.

        Raises:
            ApiError: another execution of the function has this name and another input.
        """
        arn, first, same_payload = self.store.claim(function_name, name, payload)
        if not same_payload:
            message = (
                f"a durable execution named {name} was already started with another payload: "
                "a name is unique within its function, use another one"
            )
            raise ApiError(409, "DurableExecutionAlreadyStartedException", message)
        if first:
            start = StartDurableExecutionInput(
                account_id=account,
                function_name=function_name,
                function_qualifier=version,
                execution_name=name,
                execution_timeout_seconds=config.execution_timeout,
                execution_retention_period_days=config.retention_days,
                input=payload.decode(),
            )
            try:
                started = await self._in_thread(lambda: self._executor.start_execution(start))
            except Exception as error:
                arn.set_exception(error)
                raise
            arn.set_result(str(started.execution_arn))
        return await asyncio.wrap_future(arn)

    def details(self, arn: str) -> dict[str, Any]:
        """What GetDurableExecution answers of an execution.

        Raises:
            ApiError: there is none of this ARN.
        """
        try:
            told = self._executor.get_execution_details(arn).to_dict()
            execution = self._executor.get_execution(arn)
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error
        details = {key: value.timestamp() if isinstance(value, datetime) else value for key, value in told.items()}
        start = execution.start_input
        return {
            **details,
            "Status": status_of(execution),
            "DurableConfig": {
                "ExecutionTimeout": start.execution_timeout_seconds,
                "RetentionPeriodInDays": start.execution_retention_period_days,
            },
            "ExpectedExecutionTimeoutTimestamp": details["StartTimestamp"] + start.execution_timeout_seconds,
        }

    def completions(self, arn: str) -> list[InvocationCompletedDetails]:
        """The ended invocations of an execution, as its history tells them."""
        return list(self._executor.get_execution(arn).invocation_completions)

    async def pause(self, arn: str) -> None:
        """Let the invocation under way stop at its next checkpoint, and start no other.

        Raises:
            ApiError: there is none of this ARN.
        """
        try:
            await asyncio.wrap_future(self._executor.request_pause(arn))
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error

    async def resume(self, arn: str) -> None:
        """Go on with a paused execution.

        Raises:
            ApiError: there is none of this ARN.
        """
        try:
            await self._in_thread(lambda: self._executor.resume_execution(arn))
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error

    async def delete(self, arn: str) -> float:
        """Stop an execution and forget it; returns the time in epoch seconds.

        Raises:
            ApiError: there is none of this ARN.
        """
        try:
            await self._in_thread(lambda: self._executor.stop_execution(arn))
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error
        self.store.forget(arn)
        return self.now() / 1000

    async def wait_until_drained(self, function_name: str, version: str) -> None:
        """Wait until no execution runs on a version."""
        while True:
            running = [
                execution.durable_execution_arn
                for execution in self.store.list_all()
                if not execution.is_complete
                and execution.start_input.function_name == function_name
                and execution.start_input.function_qualifier == version
            ]
            if not running:
                return
            await asyncio.gather(*(asyncio.wrap_future(self.store.ended(arn)) for arn in running))

    async def wait_for_end(self, arn: str, seconds: float) -> Execution | None:
        """The ended execution, or ``None`` when it still runs after so many seconds."""
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self.store.ended(arn))), seconds)
        except TimeoutError:
            return None

    async def call(self, method: str, raw_path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        """Serve one call of the durable APIs with the emulator's own handlers.

        Raises:
            ApiError: the emulator does not know the call, or its parameters cannot be read.
        """
        return await self._in_thread(lambda: self._serve(method, raw_path, query, headers, body))

    def _serve(self, method: str, raw_path: str, query: str, headers: dict[str, str], body: bytes) -> Reply:
        try:
            route = self._router.find_route(raw_path, method)
            handler = self._handlers[type(route)]
        except (UnknownRouteError, KeyError) as error:
            raise ApiError(501, "NotImplemented", f"{method} {raw_path}") from error
        make = HTTPRequest.from_raw_bytes if isinstance(route, routes.BytesPayloadRoute) else HTTPRequest.from_bytes
        if isinstance(route, routes.StopDurableExecutionRoute) and body:
            # On the wire the body is the error itself; the emulator looks for it under its name.
            body = b'{"Error":' + body + b"}"
        try:
            request = make(body_bytes=body, method=method, path=route, headers=headers, query_params=parse_qs(query))
        except AwsApiException as error:
            raise ApiError.invalid(str(error)) from error
        return _reply(handler.handle(route, request))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class _WorkerInvoker(LambdaInvoker):
    """The emulator's way to a handler: the worker processes."""

    def __init__(
        self,
        invoke: HandlerInvoke,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(lambda_client=None)
        self._invoke = invoke
        self._loop = loop

    def invoke(
        self,
        function_name: str,
        input: DurableExecutionInvocationInput,  # noqa: A002 - the emulator's name
        *_args: object,
        **_kwargs: object,
    ) -> Any:  # noqa: ANN401 - the future of a response, which ServiceExecutor waits for in the emulator's stead
        """Run the handler once; called in the emulator's thread."""
        name, _, version = function_name.partition(":")
        payload = json.dumps(input.to_json_dict()).encode()
        return asyncio.run_coroutine_threadsafe(
            self._run(name, version, payload, input.durable_execution_arn), self._loop
        )

    async def _run(self, name: str, version: str, payload: bytes, execution: str) -> InvokeResponse:
        request_id, outcome = await self._invoke(name, version, payload, execution)
        if outcome.error == "Sandbox.Timedout":
            raise TimeoutError
        if outcome.error is not None:
            error = json.loads(outcome.payload)
            # The emulator reports an exception by its class name: the function's own error type shall stand there.
            failure = type(outcome.error, (RuntimeError,), {})
            raise failure(error.get("errorMessage", ""))
        return InvokeResponse.from_payload(outcome.payload, request_id)


def _handlers(executor: Executor) -> dict[type[routes.Route], handlers.EndpointHandler]:
    return {
        routes.CheckpointDurableExecutionRoute: handlers.CheckpointDurableExecutionHandler(executor),
        routes.GetDurableExecutionStateRoute: handlers.GetDurableExecutionStateHandler(executor),
        routes.GetDurableExecutionHistoryRoute: handlers.GetDurableExecutionHistoryHandler(executor),
        routes.StopDurableExecutionRoute: handlers.StopDurableExecutionHandler(executor),
        routes.CallbackSuccessRoute: handlers.SendDurableExecutionCallbackSuccessHandler(executor),
        routes.CallbackFailureRoute: handlers.SendDurableExecutionCallbackFailureHandler(executor),
        routes.CallbackHeartbeatRoute: handlers.SendDurableExecutionCallbackHeartbeatHandler(executor),
    }


def _reply(response: HTTPResponse) -> Reply:
    is_error = response.status_code >= 400  # noqa: PLR2004 - HTTP's first error status
    error = str(response.body.get("Type", "ServiceException")) if is_error else None
    return Reply(response.status_code, response.body_to_bytes(), error)
