"""The local runtime: a synthesized app's functions, the durable service and the endpoint, from start to stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from durable_mi.dashboard.api import DashboardApi
from durable_mi.dashboard.event_broadcaster import EventBroadcaster
from durable_mi.local.api.durable_api import DurableApi
from durable_mi.local.api.endpoint import build_endpoint
from durable_mi.local.api.fault_api import FaultApi
from durable_mi.local.api.function_api import FunctionApi
from durable_mi.local.api.invoke_api import InvokeApi
from durable_mi.local.api.logs_api import LogsApi
from durable_mi.local.api.stacks_api import StacksApi
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.durable.child_dispatcher import AppChildDispatcher
from durable_mi.local.durable.faults import Faults
from durable_mi.local.durable.service import DurableService
from durable_mi.local.http_server import HttpServer
from durable_mi.local.source.executions import LocalExecutions
from durable_mi.local.source.timelines import LocalTimelines
from durable_mi.local.source.workers import LocalWorkers
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.invocation_record import InvocationRecords
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.registry import FunctionRegistry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from starlette.types import Receive, Scope, Send

    from durable_mi.local.app.capacity_providers import CapacityProvider
    from durable_mi.local.app.functions import AppFunction, Output
    from durable_mi.local.durable.sqlite_store import SqliteExecutionStore
    from durable_mi.local.logs.store import LogStore
    from durable_mi.local.workers.invocation import Outcome

__all__ = ["LocalRuntime"]


class LocalRuntime:
    """Serves functions on 127.0.0.1 until it is stopped; an asynchronous context manager.

    Args:
        functions: what to serve; one region, at least one.
        region: their region.
        account: their account.
        capacity_providers: what the API tells of the app's capacity providers.
        outputs: what the API tells of the app's stacks.
        logs: takes what they write.
        host: how handlers run on this machine; left out, by this process's own interpreter.
        port: the endpoint's TCP port; 0 takes a free one.
        journal: keeps the executions; left out, they end with the runtime.
        faults: what goes wrong on demand; left out, nothing does until it is asked for.
        skip_time: let waits and retries come due at once.

    Raises:
        OSError: the port is taken.
    """

    def __init__(  # noqa: PLR0913 - what the command line offers
        self,
        functions: Sequence[AppFunction],
        *,
        region: str,
        account: str,
        capacity_providers: Sequence[CapacityProvider],
        outputs: Sequence[Output] = (),
        logs: LogStore,
        host: Host | None = None,
        port: int = 0,
        journal: SqliteExecutionStore | None = None,
        faults: Faults | None = None,
        skip_time: bool = False,
    ) -> None:
        self._server = HttpServer(self._serve, port)
        self._region = region
        self._logs = logs
        self._host = host or Host.of()
        self._registry = FunctionRegistry(region)
        self._records = InvocationRecords()
        self._durable = DurableService(
            region=region,
            invoke=self._invoke,
            arn_of=self._qualified_arn,
            timeout_of=lambda name, version: self._registry.release(name, version).function.timeout,
            targets=AppChildDispatcher(self._registry, asyncio.get_running_loop()),
            journal=journal,
            skip_time=skip_time,
        )
        self._retiring: set[asyncio.Task[None]] = set()
        self._faults = faults or Faults()
        self._events = EventBroadcaster(asyncio.get_running_loop())
        for function in functions:
            self._registry.publish(self._function_version(function))
        self._durable.store.on_change = self._events.publish
        logs.listen(lambda group, _: self._events.publish(group))
        fault_api = FaultApi(self._faults, self._registry)
        self._app = build_endpoint(
            [
                *InvokeApi(self._registry, self._durable, account).routes(),
                *FunctionApi(self._registry, capacity_providers).routes(),
                *DurableApi(self._registry, self._durable, fault_api).routes(),
                *fault_api.routes(),
                *StacksApi(outputs, region=region, account=account).routes(),
                *LogsApi(logs).routes(),
                *self._dashboard().routes(),
            ]
        )
        self.resumed = 0

    @property
    def endpoint_url(self) -> str:
        """What ``--endpoint-url`` takes."""
        return f"http://{self._server.address}"

    async def __aenter__(self) -> Self:
        """Start everything; ready when every worker process has loaded its handler.

        Raises:
            InitError: a handler could not be loaded.
            HostPackagesError: a package that was compiled for another machine has no build for this one.
        """
        self._durable.start()
        await self._server.start()
        try:
            async with asyncio.TaskGroup() as starting:
                for function_version in self._registry:
                    starting.create_task(function_version.start())
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        self.resumed = await asyncio.to_thread(self._durable.resume_executions, self._registry.serves)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process that was started."""
        await self._stop()

    async def publish(self, function: AppFunction) -> AppFunction:
        """Publish a function's next version and move its aliases to it.

        Running executions finish on the version that they started on; its processes end with the last of them.

        Args:
            function: what the template says now.

        Returns:
            The function with its new version.

        Raises:
            InitError: the handler could not be loaded; the version before stays.
        """
        before = self._registry.newest(function.name)
        released = replace(function, version=before.function.version).next_release()
        function_version = self._function_version(released)
        try:
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
        self._registry.retire(function_version)
        await function_version.stop()

    def _function_version(self, function: AppFunction) -> FunctionVersion:
        return FunctionVersion(
            function,
            endpoint_url=self.endpoint_url,
            host=self._host,
            region=self._region,
            logs=self._logs,
            now=self._durable.now,
            records=self._records,
            fails_start=self._faults.fails_start,
            on_change=lambda: self._events.publish(function.log_group),
        )

    async def _stop(self) -> None:
        for task in self._retiring:
            task.cancel()
        self._events.close()
        # The service first: what the ending processes leave unanswered must not count as their failure.
        await asyncio.to_thread(self._durable.stop)
        await asyncio.gather(*(function_version.stop() for function_version in self._registry))
        await self._server.stop()

    def _dashboard(self) -> DashboardApi:
        timelines = LocalTimelines(self._durable, self._records, self._logs)
        executions = LocalExecutions(self._registry, self._durable, timelines)
        return DashboardApi(executions, self._events, LocalWorkers(self._registry))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _invoke(self, function_name: str, version: str, payload: bytes, execution: str) -> tuple[str, Outcome]:
        return await self._registry.release(function_name, version).invoke(payload, version, execution=execution)

    def _qualified_arn(self, function_name: str, version: str) -> str:
        return f"{self._registry.newest(function_name).function.arn}:{version}"
