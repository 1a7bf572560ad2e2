"""The local runtime: a synthesized app's functions, the durable service and the endpoint, from start to stop."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

from durable_mi.dashboard.event_broadcaster import EventBroadcaster
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.http_server import HttpServer
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.start_failure import InitError
from durable_mi.local.workers.version_options import VersionOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from starlette.types import Receive, Scope, Send

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.runtime_options import LocalRuntimeOptions
    from durable_mi.local.served_app import ServedApp

__all__ = ["LocalRuntime"]


class LocalRuntime:
    """Serves functions on 127.0.0.1 until it is stopped; an asynchronous context manager.

    The processes of the handlers start first. What the endpoint serves is imported meanwhile, and a request that comes
    before waits for it.

    Args:
        functions: What to serve; one region, at least one.
        options: How it runs.

    Raises:
        PortError: The port cannot be listened on.
    """

    def __init__(self, functions: Sequence[AppFunction], options: LocalRuntimeOptions) -> None:
        self._server = HttpServer(self._serve, options.port)
        self._options = options
        self._app: ServedApp | None = None
        self._has_app = asyncio.Event()
        self._events = EventBroadcaster(asyncio.get_running_loop())
        self._notices = options.notices
        self._notices.now = self._now
        self._notices.on_change = self._events.publish
        self._versions = VersionOptions(
            endpoint_url=self.endpoint_url,
            region=options.region,
            host=options.host,
            logs=options.logs,
            limits=options.limits,
            skip_time=options.skip_time,
            now=self._now,
            notices=options.notices,
            fails_start=options.faults.fails_start,
            on_launch=self._note_launch,
            on_change=self._events.publish,
        )
        self._retiring: set[asyncio.Task[None]] = set()
        self._first = [FunctionVersion(function, self._versions) for function in functions]
        self._to_launch = sum(function.environments for function in functions if not function.starts_on_demand)
        self._launched = asyncio.Event()
        options.logs.listen(lambda group, _: self._events.publish(group))
        self.resumed = 0

    @property
    def endpoint_url(self) -> str:
        """Return the value for ``--endpoint-url``."""
        return f"http://{self._server.address}"

    async def __aenter__(self) -> Self:
        """Start everything; ready when every worker process has loaded its handler.

        Raises:
            InitError: A handler could not be loaded.
            HostPackagesError: A package that was compiled for another machine has no build for this one.
            StateFileError: The state of an earlier runtime cannot be read.
        """
        try:
            await self._server.start()
            self._check_handlers()
            async with asyncio.TaskGroup() as starting:
                for function_version in self._first:
                    starting.create_task(function_version.start())
                starting.create_task(self._start_app())
            self.resumed = await asyncio.to_thread(self._served.durable.resume_executions)
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        return self

    def _note_launch(self) -> None:
        self._to_launch -= 1
        if self._to_launch <= 0:
            self._launched.set()

    async def _start_app(self) -> None:
        if self._to_launch > 0:
            # The import below holds the interpreter so often that what starts processes would come after it.
            await self._launched.wait()
        served_app = await asyncio.to_thread(_served_app)
        self._app = served_app(self._first, self._versions, self._events, self._options)
        self._app.durable.start()
        self._has_app.set()

    @property
    def _served(self) -> ServedApp:
        if self._app is None:
            msg = "the local runtime must have started"
            raise RuntimeError(msg)
        return self._app

    def _now(self, execution: str | None) -> int:
        """Return the time in epoch milliseconds, of an execution by its ARN; before the service, there is none."""
        return int(time.time() * 1000) if self._app is None else self._app.durable.now(execution)

    def _check_handlers(self) -> None:
        """Check all handlers before anything is started; a line says which plain function cannot run.

        Raises:
            InitError: Functions that must start have handlers that cannot run.
        """
        wrong: list[str] = []
        for function_version in self._first:
            try:
                function_version.check_handler()
            except InitError as error:
                if function_version.function.starts_on_demand:
                    self._notices.say(f"{error}; its invocations will fail")
                else:
                    wrong.append(str(error))
        if wrong:
            raise InitError("\n".join(wrong))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process that was started."""
        await self._stop()

    async def publish(self, function: AppFunction) -> AppFunction:
        """Publish a function's next version and move its aliases to it.

        Running executions finish on the version that they started on; its processes end with the last of them.

        Args:
            function: The function as the template describes it now.

        Returns:
            The function with its new version.

        Raises:
            InitError: The handler could not be loaded; the previous version stays.
        """
        registry = self._served.registry
        before = registry.newest(function.name)
        is_unpublished = before.function.version == LATEST
        released = function if is_unpublished else function.released_as(registry.next_version(function.name))
        function_version = FunctionVersion(released, self._versions)
        try:
            function_version.check_handler()
            await function_version.start()
        except BaseException:
            await function_version.stop()
            raise
        registry.publish(function_version)
        task = asyncio.create_task(self._retire(before))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)
        return released

    async def _retire(self, function_version: FunctionVersion) -> None:
        app, function = self._served, function_version.function
        # Who runs on $LATEST goes on with whatever it is now.
        if function.version != LATEST:
            await app.durable.wait_until_drained(function.name, function.version)
        await function_version.idle()
        if app.registry.aliases.naming(function.name, function.version):
            return
        app.registry.retire(function_version)
        await function_version.stop()

    async def _stop(self) -> None:
        for task in self._retiring:
            task.cancel()
        self._events.close()
        if self._app is not None:
            self._app.close()
        # What is asked for from here on would ask a service that has stopped.
        self._server.close()
        # The service before the processes: what these leave unanswered must not count as their failure.
        if self._app is not None:
            await asyncio.to_thread(self._app.durable.stop)
        elif self._options.sqlite is not None:
            self._options.sqlite.close()
        running = self._first if self._app is None else self._app.registry
        await asyncio.gather(*(function_version.stop() for function_version in running))
        await self._server.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._has_app.wait()
        await self._served.endpoint(scope, receive, send)


def _served_app() -> type[ServedApp]:
    # It imports the emulator and boto3, which takes longer than all that the processes need of this one.
    from durable_mi.local.served_app import ServedApp  # noqa: PLC0415

    return ServedApp
