"""The local runtime: a synthesized app's functions, the durable service and the endpoint, from start to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from durable_mi.dashboard.api import DashboardApi
from durable_mi.dashboard.event_broadcaster import EventBroadcaster
from durable_mi.local.api.capacity_api import CapacityApi
from durable_mi.local.api.durable_api import DurableApi
from durable_mi.local.api.endpoint import build_endpoint
from durable_mi.local.api.fault_api import FaultApi
from durable_mi.local.api.function_api import FunctionApi
from durable_mi.local.api.invoke_api import InvokeApi
from durable_mi.local.api.logs.logs_api import LogsApi
from durable_mi.local.api.notice_api import NoticeApi
from durable_mi.local.api.release.alias_api import AliasApi
from durable_mi.local.api.release.records_api import RecordsApi
from durable_mi.local.api.release.version_api import VersionApi
from durable_mi.local.api.stacks_api import StacksApi
from durable_mi.local.api.trigger_api import TriggerApi
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.durable._sdk import parse_function_target
from durable_mi.local.durable.service import DurableService
from durable_mi.local.durable.service_options import DurableServiceOptions
from durable_mi.local.http_server import HttpServer
from durable_mi.local.source.executions import LocalExecutions
from durable_mi.local.source.timelines import LocalTimelines
from durable_mi.local.source.workers import LocalWorkers
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.registry import FunctionRegistry
from durable_mi.local.workers.release.publisher import VersionPublisher
from durable_mi.local.workers.start_failure import InitError
from durable_mi.local.workers.version_options import VersionOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.runtime_options import LocalRuntimeOptions

__all__ = ["LocalRuntime"]


class LocalRuntime:
    """Serves functions on 127.0.0.1 until it is stopped; an asynchronous context manager.

    Args:
        functions: What to serve; one region, at least one.
        options: How it runs.

    Raises:
        PortError: The port cannot be listened on.
    """

    def __init__(self, functions: Sequence[AppFunction], options: LocalRuntimeOptions) -> None:
        self._server = HttpServer(self._serve, options.port)
        self._events = EventBroadcaster(asyncio.get_running_loop())
        self._registry = FunctionRegistry(options.region, parse_function_target)
        self._durable = DurableService(
            self._registry,
            DurableServiceOptions(
                region=options.region,
                sqlite=options.sqlite,
                skip_time=options.skip_time,
                notices=options.notices,
                endpoint_url=self.endpoint_url,
                limits=options.limits,
            ),
        )
        self._notices = options.notices
        self._notices.now = self._durable.now
        self._notices.on_change = self._events.publish
        self._logs = options.logs
        self._versions = VersionOptions(
            endpoint_url=self.endpoint_url,
            region=options.region,
            host=options.host,
            logs=options.logs,
            limits=options.limits,
            skip_time=options.skip_time,
            now=self._durable.now,
            notices=options.notices,
            fails_start=options.faults.fails_start,
            on_change=self._events.publish,
        )
        self._retiring: set[asyncio.Task[None]] = set()
        for function in functions:
            self._registry.publish(FunctionVersion(function, self._versions))
        self._durable.store.on_change = self._events.publish
        options.logs.listen(lambda group, _: self._events.publish(group))
        self._page = self._dashboard(options)
        self._app = self._endpoint(options)
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
        """
        self._durable.start()
        await self._server.start()
        try:
            self._check_handlers()
            async with asyncio.TaskGroup() as starting:
                for function_version in self._registry:
                    starting.create_task(function_version.start())
            self.resumed = await asyncio.to_thread(self._durable.resume_executions)
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        return self

    def _check_handlers(self) -> None:
        """Check all handlers before anything is started; a line says which plain function cannot run.

        Raises:
            InitError: Functions that must start have handlers that cannot run.
        """
        wrong: list[str] = []
        for function_version in self._registry:
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
        before = self._registry.newest(function.name)
        is_unpublished = before.function.version == LATEST
        released = function if is_unpublished else function.released_as(self._registry.next_version(function.name))
        function_version = FunctionVersion(released, self._versions)
        try:
            function_version.check_handler()
            await function_version.start()
        except BaseException:
            await function_version.stop()
            raise
        self._registry.publish(function_version)
        task = asyncio.create_task(self._retire(before))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)
        return released

    async def _retire(self, function_version: FunctionVersion) -> None:
        # Who runs on $LATEST goes on with whatever it is now.
        if function_version.function.version != LATEST:
            await self._durable.wait_until_drained(function_version.function.name, function_version.function.version)
        await function_version.idle()
        if self._registry.aliases.naming(function_version.function.name, function_version.function.version):
            return
        self._registry.retire(function_version)
        await function_version.stop()

    def _endpoint(self, options: LocalRuntimeOptions) -> Starlette:
        fault_api = FaultApi(options.faults, self._registry)
        return build_endpoint(
            [
                # In the order of how often they are called, since a request is compared with each until one fits.
                *DurableApi(self._registry, self._durable, fault_api).routes(),
                *InvokeApi(self._registry, self._durable, options.account, enforces_limits=options.limits).routes(),
                *FunctionApi(self._registry, options.app.capacity_providers).routes(),
                *VersionApi(self._registry, VersionPublisher(self._registry, self._versions)).routes(),
                *AliasApi(self._registry).routes(),
                *CapacityApi(self._registry, options.app.capacity_providers).routes(),
                *TriggerApi(self._registry, options.app).routes(),
                *fault_api.routes(),
                *StacksApi(options.app.stacks).routes(),
                *RecordsApi(self._registry).routes(),
                *LogsApi(options.logs, region=options.region, account=options.account).routes(),
                *NoticeApi(options.notices).routes(),
                *self._page.routes(),
            ]
        )

    async def _stop(self) -> None:
        for task in self._retiring:
            task.cancel()
        self._events.close()
        self._page.close()
        # What is asked for from here on would ask a service that has stopped.
        self._server.close()
        # The service before the processes: what these leave unanswered must not count as their failure.
        await asyncio.to_thread(self._durable.stop)
        await asyncio.gather(*(function_version.stop() for function_version in self._registry))
        await self._server.stop()

    def _dashboard(self, options: LocalRuntimeOptions) -> DashboardApi:
        timelines = LocalTimelines(self._durable, self._versions.records, self._logs, self._notices)
        executions = LocalExecutions(self._registry, self._durable, timelines, self.endpoint_url)
        workers = LocalWorkers(self._registry)
        return DashboardApi(
            executions,
            self._events,
            workers=workers,
            replay=options.replay and options.replay(self.endpoint_url),
            versions=options.releases and options.releases(self.endpoint_url),
            diagnoses=options.diagnoses and options.diagnoses(self.endpoint_url),
        )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
