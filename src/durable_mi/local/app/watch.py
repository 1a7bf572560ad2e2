"""Notices when an app changed, synthesizes it again, and returns what its functions are now."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import awatch

from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly
from durable_mi.local.app.assembly_watch import assembly_changes
from durable_mi.local.app.functions import app_functions
from durable_mi.local.app.gitignore import ignored_by_git
from durable_mi.local.app.served_releases import ServedReleases
from durable_mi.local.app.source_contents import SourceContents
from durable_mi.local.app.watch_filter import SourceFilter, output_inodes, state_files
from durable_mi.local.app.watch_pace import WatchPace
from durable_mi.local.app.watch_settings import WatchSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from durable_mi.local.app.functions import AppFunction

__all__ = ["AppWatch"]

_QUIET_MS = 300
"""Without a change for so long, what changed is synthesized."""
_MAX_STORM_S = 10.0
"""After so long it is synthesized although changes go on."""
_NAMES = 3


class AppWatch:
    """Watches an app and its cloud assembly.

    Where the directory above the assembly has a ``cdk.json``, a change of the app's source there synthesizes the app
    with the CDK CLI. Without one, the assembly alone is watched, for whoever synthesizes it. It is made before the
    assembly is read, so that no later change is missed.

    Args:
        app: The cloud assembly.
        region: Region of stacks that name none.
        adapt: Makes of a function of the template what is served.
        report: Called with a line for the user.
        state: The file that keeps the executions, which is written all the time.
    """

    def __init__(
        self,
        app: Path,
        region: str,
        adapt: Callable[[AppFunction], AppFunction],
        report: Callable[[str], None],
        state: Path | None = None,
    ) -> None:
        self._app = app.resolve()
        self._source = self._app.parent
        self._region = region
        self._adapt = adapt
        self._report = report
        self._skip = [self._app, *state_files(state)]
        self._inodes = output_inodes()
        self._pace = WatchPace(self._source)
        self._problem = ""
        self._contents = SourceContents(self._source, self._filter()) if self._synthesizes else None
        self._releases = ServedReleases([])

    async def changes(self, served: Sequence[AppFunction]) -> AsyncIterator[AppFunction]:
        """Each function whose next release the app now describes; say with `published` or `failed` what became of it.

        Args:
            served: The functions as they are served at first.
        """
        self._releases = ServedReleases(served)
        descriptions = self._assemblies() if self._contents is None else self._syntheses(self._contents)
        async for functions in descriptions:
            for function in functions:
                yield function

    def published(self, function: AppFunction) -> None:
        """Take note that a function was published as the app describes it."""
        self._releases.published(function)

    def failed(self, function: AppFunction) -> None:
        """Take note that a function could not be loaded as the app describes it."""
        self._releases.failed(function)

    @property
    def _synthesizes(self) -> bool:
        return (self._source / "cdk.json").is_file()

    async def _assemblies(self) -> AsyncIterator[Sequence[AppFunction]]:
        async for _ in assembly_changes(self._app):
            yield self._read()

    async def _syntheses(self, contents: SourceContents) -> AsyncIterator[Sequence[AppFunction]]:
        """Yield what differs after each synthesis: one for all that changed at once, or while another one ran."""
        select = self._filter()
        touched: set[str] = set()
        changed: set[str] | None = None
        since = 0.0
        async for batch in awatch(
            self._source,
            watch_filter=None,
            debounce=_QUIET_MS,
            rust_timeout=_QUIET_MS,
            yield_on_timeout=True,
        ):
            now = time.monotonic()
            if changed is None:
                # From here on nothing is missed: what happened since the contents were first read.
                changed = await self._source_of(await asyncio.to_thread(contents.all_changed, select), select)
            counted = {path for _, path in batch if select.counts(path)}
            since = since if touched else now
            touched |= counted
            if counted and now - since < _MAX_STORM_S:
                continue
            if touched:
                changed |= await self._source_of(await asyncio.to_thread(contents.changed, touched, select), select)
                touched = set()
            if not changed or not self._pace.is_due(changed, now):
                continue
            causes, changed = changed, set()
            yield await self._described(causes)
            select = self._filter()

    async def _described(self, causes: set[str]) -> Sequence[AppFunction]:
        """Synthesize and return what differs from what is served; nothing, and a line, where that is not possible."""
        began = time.monotonic()
        if not self._pace.is_known(causes):
            names = sorted({Path(file).name for file in causes})
            self._report(
                f"{', '.join(names[:_NAMES])}{' and more' if len(names) > _NAMES else ''} changed: synthesizing"
            )
        before = self._problem
        functions: Sequence[AppFunction] = ()
        if await self._synthesize():
            functions = self._read()
        useful = bool(functions) or self._problem != before
        self._pace.record(causes, began=began, ended=time.monotonic(), useful=useful)
        return functions

    async def _synthesize(self) -> bool:
        cdk = shutil.which("cdk")
        if cdk is None:
            self._set_problem("the app changed, but the CDK CLI is not on the PATH: synthesize it yourself")
            return False
        try:
            process = await asyncio.create_subprocess_exec(
                *(cdk, "synth", "--quiet", "--output", str(self._app)),
                cwd=self._source,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            reason = f"the CDK CLI cannot be run ({error})"
            self._set_problem(f"the app cannot be synthesized, the previous versions stay: {reason}")
            return False
        output, _ = await process.communicate()
        if process.returncode != 0:
            lines = output.decode(errors="replace").strip().splitlines()
            self._set_problem("\n".join(["the app cannot be synthesized, the previous versions stay:", *lines[-5:]]))
        return process.returncode == 0

    def _read(self) -> Sequence[AppFunction]:
        try:
            functions = [self._adapt(each) for each in app_functions(CloudAssembly.read(self._app), self._region)]
        except AssemblyError as error:
            self._set_problem(f"the app cannot be read, the previous versions stay: {error}")
            return ()
        except Exception as error:  # noqa: BLE001 - who writes the app has time to repair it, whatever is wrong
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            self._set_problem(f"the app cannot be read, the previous versions stay: {reason}; run `cdk synth` again")
            return ()
        self._set_problem("")
        if gone := self._releases.gone(functions):
            self._report(f"no longer in the app, but served until the runtime ends: {', '.join(gone)}")
        return self._releases.differing(functions)

    def _set_problem(self, problem: str) -> None:
        """Report what is wrong with the app once, however often it is met, and that it no longer is."""
        if problem != self._problem:
            self._report(problem or "the app is in order again")
        self._problem = problem

    async def _source_of(self, changed: set[str], select: SourceFilter) -> set[str]:
        """Return what of the changed files git does not ignore, or ``cdk.json`` names."""
        ignored = await ignored_by_git(self._source, changed)
        return {path for path in changed if path not in ignored or select.is_named(path)}

    def _filter(self) -> SourceFilter:
        return SourceFilter(self._source, WatchSettings.read(self._source), skip=self._skip, skip_inodes=self._inodes)
