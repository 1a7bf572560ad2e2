"""A published version of a function, kept warm in execution environments."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.local.workers.dispatcher import Dispatcher
from durable_mi.local.workers.environment import ExecutionEnvironment
from durable_mi.local.workers.environment_slot import EnvironmentSlot
from durable_mi.local.workers.function_state import FunctionState
from durable_mi.local.workers.invocation import Invocation, Outcome
from durable_mi.local.workers.invocation_record import InvocationRecord, InvocationRecords
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.start_failure import InitError
from durable_mi.local.workers.start_reports import StartReports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.logs.store import LogStore
    from durable_mi.local.workers.environment_slot import Environment
    from durable_mi.local.workers.machine.host import Host

__all__ = ["FunctionVersion"]

_KILLED_AT_ONCE = (sys.executable, "-I", "-c", f"import os; os.kill(os.getpid(), {signal.SIGKILL:d})")
"""What runs in the place of the runtime client where a fault lets the start fail."""


class FunctionVersion:
    """Runs one version of a function.

    Args:
        function: what the template says of it.
        endpoint_url: where the processes find the Lambda API.
        region: the endpoint's region.
        host: how handlers run on this machine.
        logs: takes what the processes write.
        now: the service's clock in epoch milliseconds, which stamps the log lines.
        records: where it is kept which worker ran what; for this version alone where it is left out.
        fails_start: Decides whether the replacement of an execution environment fails to start. Defaults to never.
        on_change: called when the state of an execution environment changed.
    """

    def __init__(  # noqa: PLR0913 - what a version needs to run
        self,
        function: AppFunction,
        *,
        endpoint_url: str,
        host: Host,
        region: str,
        logs: LogStore,
        now: Callable[[], int],
        records: InvocationRecords | None = None,
        fails_start: Callable[[], bool] = lambda: False,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.function = function
        self._endpoint_url = endpoint_url
        self._region = region
        self._host = host
        self._logs = logs
        self._now = now
        self._dispatcher = Dispatcher()
        self._slots: list[EnvironmentSlot] = []
        self._leaving: set[EnvironmentSlot] = set()
        self._fails_start = fails_start
        self._reports = StartReports(function, log=self._log, say=host.say, on_change=on_change)
        self._is_started = function.starts_on_demand
        self._last_environment: dict[str, str] = {}
        self.records = InvocationRecords() if records is None else records
        self._retiring: set[asyncio.Task[None]] = set()
        self._starting: asyncio.Future[None] | None = None
        self._unpacked: tempfile.TemporaryDirectory[str] | None = None
        self._composed: tempfile.TemporaryDirectory[str] | None = None
        self._code = Path()
        logs.create_group(function.log_group)

    async def start(self) -> None:
        """Publish the version: ready once every process has loaded the handler, or at once where that waits for demand.

        Raises:
            InitError: the handler could not be loaded.
            HostPackagesError: a package that was compiled for another machine has no build for this one.
        """
        if not self.function.starts_on_demand:
            await self._start_environments()

    async def _start_environments(self) -> None:
        if self._code == Path():
            self._code = await self._fit(self._unpack())
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
        """The places of the version's execution environments."""
        return list(self._slots)

    @property
    def state(self) -> FunctionState:
        """The version's state in the words of the Lambda API."""
        if self.function.starts_on_demand and not self._slots:
            return FunctionState("Active")
        return FunctionState.of([slot.failure for slot in self._slots], is_started=self._is_started)

    async def scale(self, count: int) -> None:
        """Have so many execution environments; those that go finish what they run first.

        Returns when those that come have been started once; a start that failed is repeated.
        """
        surplus = self._slots[count:]
        del self._slots[count:]
        for slot in surplus:
            self._leaving.add(slot)
            task = asyncio.ensure_future(self._retire(slot))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)
        fresh = [self._new_slot() for _ in range(count - len(self._slots))]
        self._slots.extend(fresh)
        await asyncio.gather(*(slot.fill() for slot in fresh))

    async def _retire(self, slot: EnvironmentSlot) -> None:
        await slot.retire()
        self._leaving.discard(slot)

    async def idle(self) -> None:
        """Wait until no invocation is under way."""
        await asyncio.gather(*(slot.idle() for slot in self._slots))

    async def stop(self) -> None:
        """End the version's processes."""
        for task in filter(None, (*self._retiring, self._starting)):
            task.cancel()
        await asyncio.gather(*(slot.stop() for slot in (*self._slots, *self._leaving)))
        for made in filter(None, (self._unpacked, self._composed)):
            made.cleanup()

    async def invoke(
        self, payload: bytes, qualifier: str, *, client_context: str | None = None, execution: str | None = None
    ) -> tuple[str, Outcome]:
        """Run the handler once.

        Args:
            payload: the event, as JSON.
            qualifier: the qualifier that the caller used, for the ARN in the handler's context.
            client_context: the caller's client context as JSON.
            execution: ARN of the durable execution that the invocation starts or resumes; it resumes in another
                environment than before.

        Returns:
            The request id and the outcome.
        """
        invocation = Invocation(
            payload=payload,
            arn=f"{self.function.arn}:{qualifier}",
            timeout=self.function.timeout,
            client_context=client_context,
            avoid=self._last_environment.pop(execution, None) if execution else None,
            execution=execution,
        )
        if (failure := await self._demand()) is not None:
            return invocation.request_id, Outcome.failure("Runtime.InitError", failure, invocation.request_id)
        if execution is None:
            self._dispatcher.submit(invocation)
            return invocation.request_id, await invocation.outcome
        self.records.begin(execution, invocation)
        try:
            self._dispatcher.submit(invocation)
            outcome = await invocation.outcome
        finally:
            self.records.end(execution, invocation)
        if invocation.environment:
            self._record(execution, invocation, outcome)
        return invocation.request_id, outcome

    def kill_worker(self, pid: int) -> bool:
        """End a worker process with SIGKILL, as an instance that is lost would; false if it is none of this version."""
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
        """Every environment with processes, those that only finish what they run included."""
        for slot in (*self._slots, *self._leaving):
            yield from slot.environments()

    def _record(self, execution: str, invocation: Invocation, outcome: Outcome) -> None:
        environment = invocation.environment or ""
        if _suspended(outcome):
            self._last_environment[execution] = environment
        ended = self._now()
        took = asyncio.get_running_loop().time() - (invocation.began or 0)
        self.records.add(
            execution,
            InvocationRecord(
                request_id=invocation.request_id,
                environment=environment,
                pid=invocation.pid,
                started=ended - int(took * 1000),
                ended=ended,
                error=outcome.error,
            ),
        )

    def _unpack(self) -> Path:
        code = self.function.code
        if isinstance(code, Path) and code.is_dir():
            return code.resolve()
        self._unpacked = tempfile.TemporaryDirectory(prefix="durable-mi-code-")
        directory = Path(self._unpacked.name)
        if isinstance(code, Path):
            with zipfile.ZipFile(code) as archive:
                archive.extractall(directory)
        else:
            (directory / "index.py").write_text(code, encoding="utf-8")
        return directory

    async def _fit(self, code: Path) -> Path:
        """The code with host builds of what was compiled for another machine."""
        self._composed = tempfile.TemporaryDirectory(prefix="durable-mi-host-")
        try:
            fitted = await asyncio.to_thread(self._host.fit, code, Path(self._composed.name) / "code")
        except HostPackagesError as error:
            msg = f"{self.function.name}: {error}"
            raise HostPackagesError(msg) from error
        if fitted.directory == code:
            self._composed.cleanup()
        for notice in fitted.notices:
            self._host.say(f"{self.function.name}: {notice}")
        return fitted.directory

    def _new_slot(self) -> EnvironmentSlot:
        return EnvironmentSlot(self._new_environment, listener=self._reports, now=time.time)

    def _new_environment(
        self, on_lost_worker: Callable[[Environment], None], *, is_replacement: bool
    ) -> ExecutionEnvironment:
        fails = is_replacement and self._fails_start()
        return ExecutionEnvironment(
            command=_KILLED_AT_ONCE if fails else self._host.command(self.function.handler),
            code=self._code,
            concurrency=self.function.concurrency,
            variables=self._variables(),
            reads=self._host.reads(self._code) if self._host.has_private_tmp else None,
            dispatcher=self._dispatcher,
            on_line=self._log,
            on_lost_worker=on_lost_worker,
        )

    def _log(self, pid: int, line: str) -> None:
        function = self.function
        self._logs.append(function.log_group, self._stream(pid), self._now(), line)

    def _stream(self, pid: int) -> str:
        return f"{self.function.name}[{self.function.version}]/{pid}"

    def _variables(self) -> dict[str, str]:
        """The processes' environment: Lambda's own variables and the function's, and nothing of this machine's."""
        function = self.function
        return {
            **function.environment,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "local",
            "AWS_REGION": self._region,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_LAMBDA": self._endpoint_url,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances" if function.capacity else "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": function.log_level,
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": f"{function.name}[{function.version}]",
            "LAMBDA_TASK_ROOT": str(self._code),
            "LANG": "en_US.UTF-8",
            "PATH": os.environ.get("PATH", os.defpath),
            # The asset comes before what is installed beside the runtime client.
            "PYTHONPATH": self._host.python_path(self._code),
            **self._bytecode(),
            "TZ": ":UTC",
            "_HANDLER": function.handler,
        }

    def _bytecode(self) -> dict[str, str]:
        """Where Python keeps bytecode: never in the asset, which stays as it was hashed, nowhere for copied code."""
        code = self.function.code
        if self._host.bytecode is None or isinstance(code, str) or self._code != code.resolve():
            return {"PYTHONDONTWRITEBYTECODE": "1"}
        return {"PYTHONPYCACHEPREFIX": str(self._host.bytecode)}


def _suspended(outcome: Outcome) -> bool:
    """Whether the durable SDK answered that the execution waits and will be resumed."""
    if outcome.error is not None:
        return True
    answer = json.loads(outcome.payload)
    return isinstance(answer, dict) and answer.get("Status") == "PENDING"
