"""The local runtime's executions, as the dashboard asks for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from durable_mi.dashboard.source import FunctionChoice, Place
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.source.rows import list_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.dashboard.source import ExecutionList, ExecutionQuery
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.durable.service import DurableService
    from durable_mi.local.source.timelines import LocalTimelines
    from durable_mi.local.workers.registry import FunctionRegistry
    from durable_mi.timeline.timeline import Timeline

__all__ = ["LocalExecutions"]

_LOOK_AGAIN_S: Final = 0.05


class LocalExecutions:
    """The dashboard's :class:`~durable_mi.dashboard.source.ExecutionSource` on this machine.

    Args:
        registry: The functions.
        durable: The durable service.
        timelines: Reads timelines.
        endpoint_url: Where the runtime listens.
    """

    def __init__(
        self, registry: FunctionRegistry, durable: DurableService, timelines: LocalTimelines, endpoint_url: str
    ) -> None:
        self._registry = registry
        self._durable = durable
        self._timelines = timelines
        self._endpoint_url = endpoint_url

    def now(self) -> float:
        """Return the service's time, which runs ahead of the clock when waits are skipped."""
        return self._durable.now()

    def functions(self) -> Sequence[str]:
        """Return the names of the durable functions."""
        return sorted({each.function.name for each in self._registry if each.function.durable is not None})

    def place(self) -> Place:
        """Return the runtime itself, which lets the page do everything."""
        return Place("local", can_change=True, cli_options=f"--endpoint-url {self._endpoint_url}")

    async def choices(self) -> Sequence[FunctionChoice]:
        """Return the durable functions with their aliases and versions."""
        return [FunctionChoice(name, self._qualifiers(name)) for name in self.functions()]

    def _qualifiers(self, function: str) -> Sequence[str]:
        versions = [each.version for each in self._registry.versions(function)]
        if len(versions) > 1:
            versions.remove(LATEST)  # No capacity provider runs it once a version is published.
        return [*(alias.name for alias in self._registry.aliases.of(function)), *reversed(versions)]

    async def find(self, query: ExecutionQuery) -> ExecutionList:
        """List executions, newest first."""
        store = self._durable.store
        return await asyncio.to_thread(lambda: list_rows(store.listed(), query, store.status))

    async def timeline(self, arn: str) -> Timeline:
        """Read the timeline of one execution.

        Raises:
            NotFoundError: There is no such execution.
        """
        function = self._function_of(arn)
        return await self._timelines.read(arn, function.log_group if function else None)

    async def wait_for_end(self, arn: str, seconds: float) -> None:
        """Wait until an execution has ended, but no longer than so many seconds."""
        # A future of the end would keep each call that waits for it until then.
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and self._durable.store.runs(arn):  # noqa: ASYNC110 - as said
            await asyncio.sleep(min(left, _LOOK_AGAIN_S))

    def restart_qualifier(self, arn: str) -> str | None:
        """Return an alias rather than the version, which may be on its way out."""
        function = self._function_of(arn)
        aliases = (alias.name for alias in self._registry.aliases.of(function.name)) if function else iter(())
        return next(aliases, function.version) if function else None

    def _function_of(self, arn: str) -> AppFunction | None:
        name = arn.partition(":function:")[2].partition(":")[0]
        return self._registry.newest(name).function if self._registry.serves(name) else None
