"""The run of ``durable-mi local`` after its options were checked."""

from __future__ import annotations

import asyncio
import gc
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.cli.interrupts import heeded
from durable_mi.local.runtime import LocalRuntime
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from durable_mi.cli.reports.local import LocalReport
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.app.watch import AppWatch
    from durable_mi.local.runtime_options import LocalRuntimeOptions

__all__ = ["LocalSession"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalSession:
    """One run of the local runtime, until a signal ends it.

    Attributes:
        functions: The functions to serve.
        options: How the runtime runs.
        watcher: Watches the app's source. ``None`` means that nothing is published.
        report: Prints.
    """

    functions: Sequence[AppFunction]
    options: LocalRuntimeOptions
    watcher: AppWatch | None
    report: LocalReport

    async def run(self) -> None:
        """Serve the functions until a signal comes.

        Raises:
            InitError: A handler could not be loaded.
            PortError: The port cannot be listened on.
            OSError: There is no place for temporary files.
        """
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_signal(_: int, __: FrameType | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: the command ends anyway
                loop.call_soon_threadsafe(stop.set)

        # Not the loop's own handlers: it takes them away before the process ends.
        for number in heeded(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, on_signal)
        # Tried before a function's start fails by it, and here, where no signal raises and leaves it behind.
        tempfile.TemporaryDirectory(prefix="durable-mi-").cleanup()
        runtime = LocalRuntime(self.functions, self.options)
        self.report.starting(self.functions)
        starting = asyncio.ensure_future(runtime.__aenter__())
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.wait({starting})
            return
        starting.result()
        # What is there now stays until the end: Python need not look through it each time.
        gc.freeze()
        gc.enable()
        try:
            self.report.ready(
                self.functions,
                self.options.app.stacks,
                endpoint_url=runtime.endpoint_url,
                region=self.options.region,
                resumed=runtime.resumed,
            )
            releasing = asyncio.ensure_future(self._publish(runtime, self.watcher)) if self.watcher else None
            await asyncio.wait({each for each in (stopping, releasing) if each}, return_when=asyncio.FIRST_COMPLETED)
            if releasing is not None and releasing.done():
                releasing.result()
            self.report.stopping()
        finally:
            await runtime.__aexit__(None, None, None)

    async def _publish(self, runtime: LocalRuntime, watcher: AppWatch) -> None:
        async for function in watcher.changes(self.functions):
            try:
                released = await runtime.publish(function)
            except (InitError, HostPackagesError, OSError) as error:
                watcher.failed(function)
                self.report.not_published(function, error)
            else:
                watcher.published(function)
                self.report.published(released)
