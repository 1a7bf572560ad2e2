"""One execution environment: the runtime client and its worker processes, under a supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.local.http_server import HttpServer
from durable_mi.local.logs.worker_logs import WorkerLogs
from durable_mi.local.middleware.loopback import loopback_only
from durable_mi.local.workers import _awslambdaric
from durable_mi.local.workers.invocation import Outcome
from durable_mi.local.workers.machine import aws_configuration
from durable_mi.local.workers.machine.isolation import isolated
from durable_mi.local.workers.machine.namespace_members import namespace_members, own_namespace
from durable_mi.local.workers.machine.socket_owner import socket_owner
from durable_mi.local.workers.runtime_api import RuntimeApi
from durable_mi.local.workers.start_failure import InitError, InitTimeoutError
from durable_mi.local.workers.supervisor import how_it_ended, supervised

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from durable_mi.local.workers.dispatcher import Dispatcher
    from durable_mi.local.workers.environment_slot import Environment
    from durable_mi.local.workers.invocation import Invocation
    from durable_mi.local.workers.process_options import ProcessOptions

__all__ = ["ExecutionEnvironment"]

_STOP_SECONDS = 5.0
_IDLE_POLL_SECONDS = 0.1
_KILL_ROUNDS = 3


class ExecutionEnvironment:
    """Runs a handler in as many forked processes as may serve invocations at once.

    Args:
        processes: The processes.
        dispatcher: Hands out the version's invocations.
        on_line: Called with the process id and each line that a process wrote; for the process that forks the workers,
            with its own id.
        on_lost_worker: Called with what ended when a worker died that should have lived.
        on_launch: Called once the processes begin to load the handler.
    """

    def __init__(
        self,
        processes: ProcessOptions,
        dispatcher: Dispatcher,
        *,
        on_line: Callable[[int, str], None],
        on_lost_worker: Callable[[Environment, str], None],
        on_launch: Callable[[], None],
    ) -> None:
        self.id = uuid.uuid4().hex
        self._processes = processes
        self._dispatcher = dispatcher
        self._on_line = on_line
        self._on_lost_worker = on_lost_worker
        self._on_launch = on_launch
        self._directory = tempfile.TemporaryDirectory(prefix="durable-mi-", ignore_cleanup_errors=True)
        self._server = HttpServer(loopback_only(RuntimeApi(self), has_page=False))
        self._logs = WorkerLogs(Path(self._directory.name) / "logs.sock", on_line, self._worker_exited)
        self._tmp = Path(self._directory.name) / "tmp"
        self._home = Path(self._directory.name) / "home"
        for each in (self._tmp, self._home):
            each.mkdir()
        self._supervisor: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: dict[str, Invocation] = {}
        self._pid_of_port: dict[int, int] = {}
        self._polled: set[int] = set()
        self._groups: set[int] = set()
        self._namespace: str | None = None
        self._draining = False
        self._stopping = False
        self._init: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Start the processes and wait until all of them have loaded the handler.

        Raises:
            InitError: The handler could not be loaded, or a process ended before all of them were ready.
            OSError: The processes could not be started.
        """
        await self._logs.start()
        await self._server.start()
        # A pipe of our own: asyncio's would let wait() last until every descendant of the supervisor has closed it.
        read_end, write_end = os.pipe()
        try:
            self._supervisor = await asyncio.create_subprocess_exec(
                *supervised(*self._command(), directory=self._directory.name),
                cwd=self._processes.code,
                env=self._variables(),
                stdin=asyncio.subprocess.PIPE,
                stdout=write_end,
                stderr=asyncio.subprocess.STDOUT,
            )
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._keep(self._read_main_output(self._supervisor.pid, read_end))
        self._keep(self._watch_supervisor())
        self._on_launch()
        try:
            await asyncio.wait_for(asyncio.shield(self._init), limits.MAX_INIT_S)
        except TimeoutError:
            msg = f"the handler must be loaded within {limits.MAX_INIT_S} s, got no answer from the runtime until then"
            error = InitTimeoutError(msg)
            self._fail_start(error)
            raise error from None

    def workers(self) -> dict[int, str | None]:
        """Return the worker processes by id, each with the ARN of the execution that it runs an invocation of."""
        running = {each.pid: each.execution for each in self._running.values()}
        return {pid: running.get(pid) for pid in sorted(self._logs.pids)}

    def execution_of(self, pid: int) -> str | None:
        """Return the ARN of the execution that a worker process runs an invocation of."""
        return next((each.execution for each in self._running.values() if each.pid == pid), None)

    def drain(self) -> None:
        """Take no further invocation; those under way go on."""
        self._draining = True
        self._dispatcher.remove(self.id)

    async def idle(self) -> None:
        """Wait until no worker runs an invocation."""
        while self._running:
            await asyncio.wait({invocation.outcome for invocation in self._running.values()})
            # An invocation that timed out still holds its worker.
            await asyncio.sleep(_IDLE_POLL_SECONDS)

    async def stop(self) -> None:
        """End every process and fail the invocations that they ran."""
        self._stopping = True
        self.drain()
        if self._supervisor is not None and self._supervisor.returncode is None and self._supervisor.stdin is not None:
            self._supervisor.stdin.close()
            try:
                await asyncio.wait_for(self._supervisor.wait(), _STOP_SECONDS)
            except TimeoutError:
                self._supervisor.kill()
        if self._supervisor is not None and self._supervisor.returncode != 0:
            self._kill_groups()
        await self._server.stop()
        await self._logs.stop()
        for task in self._tasks:
            task.cancel()
        for invocation in list(self._running.values()):
            self._fail(invocation, "the execution environment was stopped")
        if not self._init.done():
            self._fail_start(InitError("the execution environment was stopped before it was ready"))
        self._directory.cleanup()

    # The environment's side of the Runtime API ------------------------------------------------------------------------

    def waiting_invocation(self, client_port: int) -> Invocation | None:
        """Return an invocation that waits already, for a worker whose end would fail it."""
        pid = self._pid(client_port)
        if pid is None:
            return None
        self._note_poll(pid)
        invocation = self._dispatcher.take_pending(self.id)
        return None if invocation is None else self._handed_over(invocation, pid)

    async def next_invocation(self, client_port: int) -> Invocation:
        """Wait for an invocation; the workers of an environment that drains wait for ever."""
        pid = self._pid(client_port)
        self._note_poll(client_port if pid is None else pid)
        return self._handed_over(await self._dispatcher.take(self.id), pid)

    def _handed_over(self, invocation: Invocation, pid: int | None) -> Invocation:
        invocation.environment = self.id
        invocation.pid = pid
        self._running[invocation.request_id] = invocation
        return invocation

    def put_back(self, invocation: Invocation) -> None:
        """Queue the invocation again."""
        self._running.pop(invocation.request_id, None)
        self._dispatcher.give_back(invocation)

    def finish(self, request_id: str, outcome: Outcome) -> bool:
        """Settle an invocation."""
        invocation = self._running.pop(request_id, None)
        if invocation is None:
            return False
        invocation.end(outcome)
        return True

    def fail_init(self, error: str, message: str) -> None:
        """Report that the handler could not be loaded."""
        self._fail_start(InitError(f"{error}: {message}"))

    # Processes --------------------------------------------------------------------------------------------------------

    def _command(self) -> list[str]:
        if self._processes.reads is None:
            return list(self._processes.command)
        keeps = [self._directory.name, *map(str, self._processes.reads)]
        return isolated(
            *self._processes.command,
            directory=str(self._tmp),
            keeps=keeps,
            # The home is in place of one that Lambda's processes do not have.
            read_only=[str(self._home), *map(str, self._processes.read_only)],
            hidden=[str(path) for path in self._processes.hidden],
            empty=self._directory.name,
        )

    def _variables(self) -> dict[str, str]:
        return {
            **aws_configuration.variables(self._home),
            **self._processes.variables,
            **({"TMPDIR": str(self._tmp)} if self._processes.reads is None else {}),
            **_awslambdaric.environment_variables(
                runtime_api=self._server.address,
                concurrency=self._processes.concurrency,
                log_socket=self._logs.path,
            ),
        }

    def _note_poll(self, worker: int) -> None:
        self._polled.add(worker)
        if len(self._polled) >= self._processes.concurrency and not self._init.done():
            self._init.set_result(None)
            if not self._draining:
                self._dispatcher.add(self.id)

    def _pid(self, client_port: int) -> int | None:
        """Return the worker that polls from this port; its connection lives as long as the process."""
        known = self._pid_of_port.get(client_port)
        if known is not None and known in self._logs.pids:
            return known
        pid = socket_owner(client_port, self._logs.pids)
        if pid is not None:
            self._pid_of_port[client_port] = pid
            with contextlib.suppress(ProcessLookupError):
                self._groups.add(os.getpgid(pid))
            self._namespace = self._namespace or own_namespace(pid)
        return pid

    def _worker_exited(self, pid: int) -> None:
        for invocation in list(self._running.values()):
            if invocation.pid == pid:
                self._fail(invocation, "Runtime exited without providing a reason")
        self._lose(f"worker process {pid} ended")

    def _fail(self, invocation: Invocation, reason: str) -> None:
        message = f"RequestId: {invocation.request_id} Error: {reason}"
        self.finish(invocation.request_id, Outcome.failure("Runtime.ExitError", message, invocation.request_id))

    async def _read_main_output(self, pid: int, pipe: int) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb"))
        try:
            async for line in reader:
                self._on_line(pid, line.decode(errors="replace").rstrip("\n"))
        finally:
            transport.close()

    async def _watch_supervisor(self) -> None:
        if self._supervisor is None:
            return
        status = await self._supervisor.wait()
        if self._stopping:
            return
        self._kill_groups()
        self._lose(f"the runtime {how_it_ended(status)}")
        for invocation in list(self._running.values()):
            self._fail(invocation, "Runtime exited without providing a reason")

    def _lose(self, what: str) -> None:
        """Note that a process ended too early: before all of them were ready, the start has failed."""
        if self._stopping:
            return
        if not self._init.done():
            self._fail_start(InitError(f"Runtime.ExitError: {what} before the handler was loaded"))
        elif not self._init.exception():
            self._on_lost_worker(self, what)

    def _fail_start(self, error: InitError) -> None:
        if not self._init.done():
            self._init.set_exception(error)
            # Whoever waits for the start gets the error; where nobody does any more, that is no mistake.
            self._init.exception()

    def _kill_groups(self) -> None:
        """End what outlived its supervisor; a supervisor that was killed could not do it."""
        for pid in self._logs.pids:
            with contextlib.suppress(ProcessLookupError):
                self._groups.add(os.getpgid(pid))
        for group in self._groups - {os.getpgid(0)}:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        for _ in range(_KILL_ROUNDS):
            # One can start another while the others are looked for.
            for pid in namespace_members(self._namespace) if self._namespace else ():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
