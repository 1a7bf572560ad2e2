"""A published version of a function, kept warm in execution environments."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.local.api_error import ApiError
from durable_mi.local.app.handler_check import handler_problem
from durable_mi.local.logs.filter.pattern import FilterPattern
from durable_mi.local.workers import _durable_sdk
from durable_mi.local.workers.code.version_code import VersionCode
from durable_mi.local.workers.dispatcher import Dispatcher
from durable_mi.local.workers.environment import ExecutionEnvironment
from durable_mi.local.workers.environment_slot import EnvironmentSlot
from durable_mi.local.workers.function_state import FunctionState
from durable_mi.local.workers.invocation import Invocation, Outcome
from durable_mi.local.workers.invocation_record import InvocationRecord
from durable_mi.local.workers.invocation_reports import InvocationReports
from durable_mi.local.workers.machine import aws_configuration
from durable_mi.local.workers.process_options import ProcessOptions
from durable_mi.local.workers.process_variables import process_variables
from durable_mi.local.workers.release.scaling import Scaling
from durable_mi.local.workers.start_failure import InitError
from durable_mi.local.workers.start_reports import StartReports

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.environment_slot import Environment
    from durable_mi.local.workers.version_options import VersionOptions

__all__ = ["FunctionVersion"]

_KILLED_AT_ONCE = (sys.executable, "-I", "-c", f"import os; os.kill(os.getpid(), {signal.SIGKILL:d})")
"""What runs in the place of the runtime client where a fault lets the start fail."""

_LINES_SECONDS = 0.05
"""How long the last lines of an invocation may take, where a caller asks for them."""


class FunctionVersion:
    """Runs one version of a function.

    Args:
        function: The version as the template describes it.
        options: What the versions of all functions have in common.
    """

    def __init__(self, function: AppFunction, options: VersionOptions) -> None:
        self.function = function
        self._options = options
        self._dispatcher = Dispatcher()
        self._slots: list[EnvironmentSlot] = []
        self._leaving: set[EnvironmentSlot] = set()
        self._reports = StartReports(
            function,
            say=options.host.say,
            notice=options.notices.say,
            on_change=lambda: options.on_change(function.log_group),
        )
        self._invocations = InvocationReports(
            function, options.notices, lambda: {slot.id for slot in self._slots if slot.id}
        )
        self._is_started = function.starts_on_demand
        self._is_deleted = False
        self.requested = Scaling(function.environments)
        """The scaling configuration that was asked for last."""
        self.applied = self.requested
        """The scaling configuration that holds."""
        self._last_environment: dict[str, str] = {}
        self._ran: dict[int, str] = {}
        self._scaling: set[asyncio.Task[None]] = set()
        self._starting: asyncio.Future[None] | None = None
        self._code = VersionCode(function, options.host)
        self.published = options.now(None)
        """Epoch milliseconds at which the version was made."""
        options.logs.create_group(function.log_group)

    def check_handler(self) -> None:
        """Check what can be said of the handler before any process is started.

        Raises:
            InitError: It is certain that the handler cannot run.
        """
        problem = handler_problem(self.function, self._code.given)
        if problem is not None:
            msg = f"{self.function.name}: {problem}"
            raise InitError(msg)

    async def start(self) -> None:
        """Publish the version: ready once every process has loaded the handler, or at once where that waits for demand.

        Raises:
            InitError: The handler could not be loaded.
            HostPackagesError: A package that was compiled for another machine has no build for this one.
        """
        if not self.function.starts_on_demand:
            await self._start_environments()

    async def start_in_background(self) -> None:
        """Publish the version without waiting for its environments; a start that fails is repeated.

        Raises:
            HostPackagesError: A package that was compiled for another machine has no build for this one.
        """
        if not self.function.starts_on_demand:
            await self._code.fit()
            self.request_scaling(self.requested)

    async def _start_environments(self) -> None:
        await self._code.fit()
        self._slots = [self._new_slot() for _ in range(self.function.environments)]
        started = await asyncio.gather(*(slot.start() for slot in self._slots), return_exceptions=True)
        for failure in filter(None, started):
            msg = f"{self.function.name}: {failure}"
            raise InitError(msg) from failure
        self._is_started = True

    async def _demand(self) -> str | None:
        """Start on the first invocation what starts on demand; returns why that failed."""
        if not self.function.starts_on_demand:
            return None
        if self._starting is None:
            self._starting = asyncio.ensure_future(self._start_environments())
        starting = self._starting
        try:
            await asyncio.shield(starting)
        except InitError as error:
            if self._starting is starting:
                # The next invocation tries again, as on Lambda.
                self._starting = None
                failed, self._slots = self._slots, []
                await asyncio.gather(*(slot.stop() for slot in failed))
            return str(error)
        return None

    @property
    def slots(self) -> list[EnvironmentSlot]:
        """Return the places of the version's execution environments."""
        return list(self._slots)

    @property
    def state(self) -> FunctionState:
        """Return the version's state in the words of the Lambda API."""
        if self.function.starts_on_demand and not self._slots:
            return FunctionState("Active")
        failures = [slot.failure for slot in self._slots]
        return FunctionState.of(failures, is_started=self._is_started, is_ending=bool(self._leaving))

    def request_scaling(self, requested: Scaling) -> None:
        """Begin to scale. Once nothing is to run, nothing that waits for a worker is left waiting.

        Args:
            requested: The numbers; `applied` follows when they hold.
        """
        if requested.deactivates:
            self._is_started = True
        elif not self._slots:
            self._is_started = False
        self.requested = requested
        surplus = self._slots[requested.minimum :]
        del self._slots[requested.minimum :]
        fresh = [self._new_slot() for _ in range(requested.minimum - len(self._slots))]
        self._slots.extend(fresh)
        self._leaving.update(surplus)
        self._keep(self._scale(requested, surplus, fresh))
        if requested.deactivates:
            self._dispatcher.reject(self._not_ready)

    async def _scale(self, requested: Scaling, surplus: list[EnvironmentSlot], fresh: list[EnvironmentSlot]) -> None:
        await asyncio.gather(*(self._retire(slot) for slot in surplus), *(slot.fill() for slot in fresh))
        if self.requested is requested:
            self._is_started = True
            self.applied = requested
        self._options.on_change(self.function.log_group)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._scaling.add(task)
        task.add_done_callback(self._scaling.discard)

    def check_invocable(self) -> None:
        """Check that the version takes invocations.

        Raises:
            ApiError: It is deactivated or deleted.
        """
        if self._is_deleted or (self.function.capacity is not None and self.requested.deactivates):
            raise self._not_ready()

    def _not_ready(self) -> ApiError:
        if self._is_deleted:
            return ApiError.not_found(f"Function not found: {self.function.arn}:{self.function.version}")
        # The words with which Lambda rejects invocations in other states; for this one they are not documented.
        return ApiError.conflict(
            "The operation cannot be performed at this time. The function is currently in the following state: "
            + self.state.state
        )

    async def _retire(self, slot: EnvironmentSlot) -> None:
        await slot.retire()
        self._leaving.discard(slot)

    async def idle(self) -> None:
        """Wait until no invocation is under way."""
        await asyncio.gather(*(slot.idle() for slot in self._slots))

    async def stop(self) -> None:
        """End the version's processes."""
        self._invocations.close()
        for task in filter(None, (*self._scaling, self._starting)):
            task.cancel()
        await asyncio.gather(*(slot.stop() for slot in (*self._slots, *self._leaving)))
        self._code.clean_up()

    async def delete(self) -> None:
        """End the version's processes for good, and with them what they run; nothing invokes it any more."""
        self._is_deleted = True
        self._dispatcher.reject(self._not_ready)
        await self.stop()

    async def invoke(
        self,
        payload: bytes,
        qualifier: str,
        *,
        client_context: str | None = None,
        execution: str | None = None,
        tail: list[str] | None = None,
    ) -> tuple[str, Outcome]:
        """Run the handler once.

        Args:
            payload: The event, as JSON.
            qualifier: The qualifier that the caller used, for the ARN in the handler's context.
            client_context: The caller's client context as JSON.
            execution: ARN of the durable execution that the invocation starts or resumes; it resumes in another
                environment than before.
            tail: Takes the lines that the worker writes meanwhile. Defaults to nobody.

        Returns:
            The request id and the outcome.

        Raises:
            ApiError: The version is deactivated or deleted.
        """
        self.check_invocable()
        invocation = Invocation(
            payload=payload,
            arn=f"{self.function.arn}:{qualifier}",
            timeout=self.function.timeout,
            client_context=client_context,
            avoid=self._last_environment.pop(execution, None) if execution else None,
            execution=execution,
        )
        outcome: Outcome | None = None
        before = self._options.logs.latest
        self._invocations.requested(invocation)
        try:
            outcome = await self._run(invocation)
        finally:
            self._invocations.ended(invocation, outcome)
        if tail is not None and invocation.pid is not None:
            tail.extend(await self._lines(invocation.pid, before))
        return invocation.request_id, outcome

    async def _run(self, invocation: Invocation) -> Outcome:
        if (failure := await self._demand()) is not None:
            return Outcome.failure("Runtime.InitError", failure, invocation.request_id)
        execution = invocation.execution
        if execution is None:
            self._dispatcher.submit(invocation)
            return self._limited(await invocation.outcome)
        self._options.records.begin(execution, invocation)
        try:
            self._dispatcher.submit(invocation)
            outcome = self._limited(await invocation.outcome)
        finally:
            self._options.records.end(execution, invocation)
        if invocation.environment:
            self._record(execution, invocation, outcome)
        return outcome

    def _limited(self, outcome: Outcome) -> Outcome:
        """Return an outcome that the service would pass on."""
        if not self._options.limits or len(outcome.payload) <= limits.MAX_RESPONSE_BYTES:
            return outcome
        message = f"Response payload size exceeded maximum allowed payload size ({limits.MAX_RESPONSE_BYTES} bytes)."
        error = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": message}
        return Outcome(json.dumps(error).encode(), error=error["errorType"])

    async def _lines(self, pid: int, beyond: int) -> list[str]:
        """Return what a worker has written since an event of the log."""
        # Lines come on another socket than the answer to the invocation.
        await asyncio.sleep(_LINES_SECONDS)
        group, stream = self.function.log_group, self._stream(pid)
        found = self._options.logs.search(group, FilterPattern(), streams=[stream], beyond=beyond)
        return [event.message for event in found]

    def kill_worker(self, pid: int) -> bool:
        """End a worker process with SIGKILL, as the loss of an instance does; false if it is none of this version."""
        if not any(pid in environment.workers() for environment in self._all_environments()):
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def kill_runner(self, execution: str, *, whole_environment: bool) -> None:
        """End the worker that runs an execution's invocation with SIGKILL, or its whole environment; none is fine."""
        for environment in self._all_environments():
            for pid in [pid for pid, at in environment.workers().items() if at == execution]:
                for victim in environment.workers() if whole_environment else [pid]:
                    os.kill(victim, signal.SIGKILL)

    def _all_environments(self) -> Iterator[Environment]:
        """Return every environment with processes, those that only finish what they run included."""
        for slot in (*self._slots, *self._leaving):
            yield from slot.environments()

    def _record(self, execution: str, invocation: Invocation, outcome: Outcome) -> None:
        environment = invocation.environment or ""
        if _suspended(outcome):
            self._last_environment[execution] = environment
        ended = self._options.now(execution)
        if invocation.pid is not None:
            self._ran[invocation.pid] = execution
        started = ended - int((asyncio.get_running_loop().time() - (invocation.began or 0)) * 1000)
        self._options.records.add(
            execution,
            InvocationRecord(
                request_id=invocation.request_id,
                environment=environment,
                pid=invocation.pid,
                requested=started - invocation.queued_ms(),
                started=started,
                ended=ended,
                error=outcome.error,
            ),
        )

    def _new_slot(self) -> EnvironmentSlot:
        return EnvironmentSlot(self._new_environment, listener=self._reports, now=time.time)

    def _new_environment(
        self, on_lost_worker: Callable[[Environment, str], None], *, is_replacement: bool
    ) -> ExecutionEnvironment:
        host = self._options.host
        fails = is_replacement and self._options.fails_start()
        processes = ProcessOptions(
            command=_KILLED_AT_ONCE if fails else self._command(),
            code=self._code.fitted,
            concurrency=self.function.concurrency,
            variables=process_variables(self.function, self._code.fitted, self._options),
            reads=host.reads(self._code.fitted) if host.isolates else None,
            read_only=host.read_only(self._code.given, self._code.fitted),
            hidden=aws_configuration.places(),
        )
        launched = self._options.on_launch
        return ExecutionEnvironment(
            processes, self._dispatcher, on_line=self._log, on_lost_worker=on_lost_worker, on_launch=launched
        )

    def _command(self) -> list[str]:
        command = self._options.host.command(self.function.handler)
        return _durable_sdk.awakened(command) if self._options.skip_time else command

    def _log(self, pid: int, line: str) -> None:
        function = self.function
        self._options.logs.append(
            function.log_group, self._stream(pid), self._options.now(self._execution_of(pid)), line
        )

    def _execution_of(self, pid: int) -> str | None:
        """Return the execution that a worker runs an invocation of, or ran the last one of, whose lines can be late."""
        running = (environment.execution_of(pid) for environment in self._all_environments())
        return next(filter(None, running), self._ran.get(pid))

    def _stream(self, pid: int) -> str:
        return f"{self.function.name}[{self.function.version}]/{pid}"


def _suspended(outcome: Outcome) -> bool:
    """Return whether the durable SDK answered that the execution waits and will be resumed."""
    if outcome.error is not None:
        return True
    try:
        answer = json.loads(outcome.payload)
    except (ValueError, RecursionError):
        # A runtime may answer anything; whoever reads the answer rejects it.
        return False
    return isinstance(answer, dict) and answer.get("Status") == "PENDING"
