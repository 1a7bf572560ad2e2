"""AWS's durable service emulator, put together for functions that run on this machine.

The emulator (``aws-durable-execution-sdk-python-testing``) is embedded through its Python API: executions, timers,
checkpoints, callbacks and histories are its code, which `_sdk` imports. Ours is the way to the handler, which leads to
the worker processes without a detour over HTTP, and the naming of executions.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable._sdk import (
    AwsApiException,
    CheckpointProcessor,
    RealClock,
    StartDurableExecutionInput,
)
from durable_mi.local.durable._sdk_api import EmulatorApi, Reply
from durable_mi.local.durable._sdk_lanes import LaneRegistry
from durable_mi.local.durable.child_dispatcher import AppChildDispatcher
from durable_mi.local.durable.emulator._sdk_scheduler import LoopScheduler
from durable_mi.local.durable.execution_clock import ExecutionClock, within
from durable_mi.local.durable.executor import ServiceExecutor
from durable_mi.local.durable.state.patient_writer import StateWriteError
from durable_mi.local.durable.store import ExecutionStore
from durable_mi.local.durable.worker_invoker import WorkerInvoker
from durable_mi.local.notices.executions import ExecutionNotices
from durable_mi.local.notices.step_results import step_results
from durable_mi.local.path_parts import unescaped
from durable_mi.local.settled import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.app.functions import DurableConfig
    from durable_mi.local.durable._sdk import Clock, Execution
    from durable_mi.local.durable.emulator._sdk_calls import HistoryEvents
    from durable_mi.local.durable.function_host import FunctionHost
    from durable_mi.local.durable.history.notes import Interruption
    from durable_mi.local.durable.service_options import DurableServiceOptions

__all__ = ["DurableService", "Reply"]

T = TypeVar("T")

_API_THREADS = 16


class DurableService:
    """Keeps durable executions and drives their handlers.

    Args:
        functions: The functions that it drives.
        options: How it runs.
    """

    def __init__(self, functions: FunctionHost, options: DurableServiceOptions) -> None:
        loop = asyncio.get_running_loop()
        self._functions = functions
        self._skips = options.skip_time
        self._clock: Clock = ExecutionClock() if options.skip_time else RealClock()
        self._sqlite = options.sqlite
        self.store = ExecutionStore(
            lambda start: functions.qualified_arn(start.function_name, start.function_qualifier),
            options.sqlite,
            options.notices.say,
        )
        self._scheduler = LoopScheduler()
        self._registry = LaneRegistry(self.store, self._scheduler, at_once=self._sqlite is None)
        self._notices = ExecutionNotices(options.notices, options.region, options.endpoint_url)
        invoker = WorkerInvoker(functions, loop, self._clock, self._notices)
        checkpoints = CheckpointProcessor(self.store, self._scheduler, clock=self._clock)
        self._executor = ServiceExecutor(
            store=self.store,
            scheduler=self._scheduler,
            invoker=invoker,
            checkpoint_processor=checkpoints,
            failure_of=invoker.take_failure,
            notes_of=self.store.notes,
            limits_checkpoints=options.limits,
            revision_of=self.store.revision,
            notices=self._notices,
            registry=self._registry,
            clock=self._clock,
            child_dispatcher=AppChildDispatcher(functions, loop, self._note_version),
            region=options.region,
        )
        self.store.is_busy = self._executor.is_invoking
        self.store.on_release = self._executor.release
        checkpoints.add_execution_observer(self._executor)
        checkpoints.set_chained_invoke_preflight(self._executor.preflight_chained_invoke)
        self._api = EmulatorApi(self._executor)
        self._threads = ThreadPoolExecutor(_API_THREADS, thread_name_prefix="durable-api")

    def start(self) -> None:
        """Start the timers."""
        self._scheduler.start()

    def resume_executions(self) -> int:
        """Resume the executions that ran when an earlier runtime ended.

        Those of functions that are not here are left as they are.

        Returns:
            How many were resumed.
        """
        unfinished = [execution for execution in self.store.in_memory() if not execution.is_complete]
        self._executor.find_children(self.store.listed(), unfinished)
        running = [execution for execution in unfinished if self._functions.serves(execution.start_input.function_name)]
        if self._skips:
            for execution in running:
                with within(execution.durable_execution_arn):
                    self._clock.arm(max(execution.update_timestamps, default=self._clock.now()))
        for execution in running:
            with within(execution.durable_execution_arn):
                self._executor.resume_from_state(execution, None if self._skips else self._clock.now())
        return len(running)

    def stop(self) -> None:
        """Stop the timers and drop what is under way."""
        self.store.close()
        self._executor.shutdown()
        # What has begun ends before its timers and the state file are gone: the emulator would wait for them in vain.
        self._threads.shutdown(cancel_futures=True)
        self._registry.shutdown()
        self._scheduler.stop()
        if self._sqlite is not None:
            self._sqlite.close()

    def now(self, execution: str | None = None) -> int:
        """Return the time in epoch milliseconds.

        Args:
            execution: ARN of the execution whose time it is, which runs ahead of the machine's when waits are skipped.
                Defaults to the machine's time.
        """
        with within(execution):
            return int(self._clock.now().timestamp() * 1000)

    async def start_execution(  # noqa: PLR0913 - what the service wants to know of an execution
        self,
        *,
        account: str,
        function_name: str,
        version: str,
        name: str,
        config: DurableConfig,
        payload: bytes,
        is_asynchronous: bool = False,
    ) -> str:
        """Start an execution and return its ARN.

        Args:
            account: Account of the execution.
            function_name: The function's plain name.
            version: The version that runs it.
            name: Name of the execution.
            config: The function's durable configuration.
            payload: The input as JSON.
            is_asynchronous: Whether no caller waits for the result, which then has to be smaller.

        Raises:
            ApiError: Another execution of the function has this name and another input, or the state file cannot be
                written. Then the name is as it was.
        """
        self._check_writable()
        arn, first, same_payload = self.store.claim(function_name, name, payload)
        if not same_payload:
            message = (
                f"a durable execution named {name} was already started with another payload: "
                "a name is unique within its function, use another one"
            )
            raise ApiError(409, "DurableExecutionAlreadyStartedException", message)
        if first:
            self.store.note_start(function_name, name, is_asynchronous=is_asynchronous)
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
                started = await self._written(lambda: self._executor.start_execution(start))
            except Exception as error:  # noqa: BLE001 - every caller of this name gets it below
                self.store.disclaim(function_name, name)
                arn.set_exception(_retryable(error) if isinstance(error, StateWriteError) else error)
            else:
                arn.set_result(str(started.execution_arn))
        return await settled(arn)

    def details(self, arn: str) -> dict[str, Any]:
        """Return the response of GetDurableExecution.

        Raises:
            ApiError: There is none of this ARN.
        """
        try:
            with within(arn):
                found = self._executor.get_execution_details(arn).to_dict()
            execution = self._executor.get_execution(arn)
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error
        details = {key: value.timestamp() if isinstance(value, datetime) else value for key, value in found.items()}
        start = execution.start_input
        status = self.store.status(execution)
        pause = self.store.notes(arn).pause if status in {"PAUSING", "PAUSED"} else None
        return {
            **details,
            "Status": status,
            "DurableConfig": {
                "ExecutionTimeout": start.execution_timeout_seconds,
                "RetentionPeriodInDays": start.execution_retention_period_days,
            },
            "ExpectedExecutionTimeoutTimestamp": details["StartTimestamp"] + self._executor.timeout_seconds(execution),
            **({} if pause is None else {"PauseDetails": _pause_details(pause)}),
        }

    def history(self, arn: str) -> HistoryEvents:
        """Return the whole history of an execution with its data, oldest event first, with moments as timestamps.

        Raises:
            ApiError: There is none of this ARN.
        """
        try:
            return self._executor.history(self._executor.get_execution(arn), include_data=True)
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error

    async def pause(self, arn: str, reason: str | None, *, stops_timeout: bool) -> None:
        """Let the invocation under way stop at its next checkpoint, and start no other.

        Args:
            arn: The execution.
            reason: Why, for the history.
            stops_timeout: Whether the execution's timeout is extended by the time that it is paused.

        Raises:
            ApiError: There is none of this ARN.
        """
        self._check_writable()
        try:
            await settled(self._executor.pause(arn, reason, stops_timeout=stops_timeout))
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error

    async def resume(self, arn: str, reason: str | None) -> None:
        """Resume a paused execution.

        Args:
            arn: The execution.
            reason: Why, for the history.

        Raises:
            ApiError: There is none of this ARN.
        """
        self._check_writable()
        try:
            await settled(self._executor.resume(arn, reason))
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error

    async def delete(self, arn: str) -> float:
        """Delete an execution that has ended; returns the time in epoch seconds.

        Raises:
            ApiError: There is none of this ARN, it has not ended, or the state file cannot be written.
        """
        try:
            execution = self._executor.get_execution(arn)
        except AwsApiException as error:
            raise ApiError.not_found(str(error)) from error
        if not execution.is_complete:
            msg = f"an execution must have ended to be deleted, got {self.store.status(execution)}: stop it first"
            raise ApiError.conflict(msg)
        try:
            self.store.forget(arn)
        except StateWriteError as error:
            raise _retryable(error) from error
        if isinstance(self._clock, ExecutionClock):
            self._clock.forget(arn)
        return self.now() / 1000

    async def wait_until_drained(self, function_name: str, version: str) -> None:
        """Wait until no execution runs on a version."""
        while True:
            running = [
                execution.durable_execution_arn
                for execution in self.store.in_memory()
                if not execution.is_complete
                and execution.start_input.function_name == function_name
                and execution.start_input.function_qualifier == version
            ]
            if not running:
                return
            await asyncio.gather(*(asyncio.wrap_future(self.store.ended(arn)) for arn in running))

    async def wait_for_end(self, arn: str, seconds: float) -> Execution | None:
        """Return the ended execution, or ``None`` when it still runs after so many seconds."""
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self.store.ended(arn))), seconds)
        except TimeoutError:
            return None

    async def call(self, method: str, raw_path: str, query: str, body: bytes) -> Reply:
        """Serve one call of the durable APIs with the emulator's own handlers.

        Raises:
            ApiError: The emulator does not know the call, its parameters cannot be read, or the state file cannot be
                written. A checkpoint waits until it can be.
        """
        _, *resource = raw_path.strip("/").split("/")
        match resource:
            case ["durable-executions", arn, "checkpoint"]:
                return await self._checkpoint(
                    unescaped(arn), body, lambda: self._api.serve(method, raw_path, query, body)
                )
        if method != "GET":
            self._check_writable()
        return await self._in_thread(lambda: self._api.serve(method, raw_path, query, body))

    async def _checkpoint(self, arn: str, body: bytes, serve: Callable[[], Reply]) -> Reply:
        """Serve a checkpoint, and report steps whose results are near the SDK's batch, or beyond it."""
        if self._notices.is_large(len(body)):
            for step, size in step_results(body):
                if self._notices.is_large(size):
                    self._notices.large_result(arn, step, size)
        return await settled(self._executor.submit(arn, serve))

    def _check_writable(self) -> None:
        try:
            self.store.check_writable()
        except StateWriteError as error:
            raise _retryable(error) from error

    def _note_version(self, arn: str, operation_id: str, version: str) -> None:
        self.store.notes(arn).versions[operation_id] = version

    async def _written(self, work: Callable[[], T]) -> T:
        """Do what writes a state: in a thread where there is a file to wait for."""
        return work() if self._sqlite is None else await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _retryable(error: StateWriteError) -> ApiError:
    """Return what Lambda answers when it fails itself; AWS SDKs send such a request again."""
    return ApiError(500, "ServiceException", str(error))


def _pause_details(pause: Interruption) -> dict[str, Any]:
    details = {
        "PauseRequestTimestamp": pause.requested.timestamp(),
        "ExecutionTimeoutPaused": pause.stops_timeout,
    }
    return details if pause.reason is None else {**details, "Reason": pause.reason}
