"""What a local runtime's endpoint serves: the durable service, the calls of the APIs and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.dashboard.api import DashboardApi
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
from durable_mi.local.durable._sdk import parse_function_target, silence_log
from durable_mi.local.durable.service import DurableService
from durable_mi.local.durable.service_options import DurableServiceOptions
from durable_mi.local.source.executions import LocalExecutions
from durable_mi.local.source.timelines import LocalTimelines
from durable_mi.local.source.workers import LocalWorkers
from durable_mi.local.workers.registry import FunctionRegistry
from durable_mi.local.workers.release.publisher import VersionPublisher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp

    from durable_mi.dashboard.event_broadcaster import EventBroadcaster
    from durable_mi.local.runtime_options import LocalRuntimeOptions
    from durable_mi.local.workers.function_version import FunctionVersion
    from durable_mi.local.workers.version_options import VersionOptions

__all__ = ["ServedApp"]


class ServedApp:
    """The functions behind an endpoint, with AWS's durable service. It has no processes of its own.

    Args:
        functions: The versions to serve.
        versions: What the versions of all functions have in common.
        events: Publishes changes.
        options: How the runtime runs.

    Attributes:
        registry: The versions by name.
        durable: The durable service, which has not started.
        endpoint: Answers requests.
    """

    def __init__(
        self,
        functions: Sequence[FunctionVersion],
        versions: VersionOptions,
        events: EventBroadcaster,
        options: LocalRuntimeOptions,
    ) -> None:
        # The service reports an execution's end to its caller; the emulator's own log would repeat it.
        silence_log()
        self.registry = FunctionRegistry(options.region, parse_function_target)
        self.durable = DurableService(
            self.registry,
            DurableServiceOptions(
                region=options.region,
                sqlite=options.sqlite,
                skip_time=options.skip_time,
                notices=options.notices,
                endpoint_url=versions.endpoint_url,
                limits=options.limits,
            ),
        )
        for function_version in functions:
            self.registry.publish(function_version)
        self.durable.store.on_change = events.publish
        self._page = self._dashboard(versions, events, options)
        self.endpoint = self._endpoint(versions, options)

    def close(self) -> None:
        """End what the page watches."""
        self._page.close()

    def _endpoint(self, versions: VersionOptions, options: LocalRuntimeOptions) -> ASGIApp:
        fault_api = FaultApi(options.faults, self.registry)
        durable_api = DurableApi(self.registry, self.durable, fault_api)
        invoke_api = InvokeApi(self.registry, self.durable, options.account, enforces_limits=options.limits)
        return build_endpoint(
            [
                # In the order of how often they are called, since a request is compared with each until one fits.
                *durable_api.routes(),
                *invoke_api.routes(),
                *FunctionApi(self.registry, options.app.capacity_providers).routes(),
                *VersionApi(self.registry, VersionPublisher(self.registry, versions)).routes(),
                *AliasApi(self.registry).routes(),
                *CapacityApi(self.registry, options.app.capacity_providers).routes(),
                *TriggerApi(self.registry, options.app).routes(),
                *fault_api.routes(),
                *StacksApi(options.app.stacks).routes(),
                *RecordsApi(self.registry).routes(),
                *LogsApi(options.logs, region=options.region, account=options.account).routes(),
                *NoticeApi(options.notices).routes(),
                *self._page.routes(),
            ],
            direct={
                "/2025-12-01/durable-executions/.+": durable_api.call,
                "/2015-03-31/functions/(?P<function>.+)/invocations": invoke_api.invoke,
            },
        )

    def _dashboard(
        self, versions: VersionOptions, events: EventBroadcaster, options: LocalRuntimeOptions
    ) -> DashboardApi:
        url = versions.endpoint_url
        timelines = LocalTimelines(self.durable, versions.records, options.logs, options.notices)
        executions = LocalExecutions(self.registry, self.durable, timelines, url)
        return DashboardApi(
            executions,
            events,
            workers=LocalWorkers(self.registry),
            replay=options.replay and options.replay(url),
            versions=options.releases and options.releases(url),
            diagnoses=options.diagnoses and options.diagnoses(url),
        )
