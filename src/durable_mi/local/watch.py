"""Notices when an app changed, synthesizes it again, and tells what its functions are now."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import DefaultFilter, awatch

from durable_mi.assembly import AssemblyError, CloudAssembly
from durable_mi.local.functions import app_functions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from watchfiles import Change

    from durable_mi.local.functions import AppFunction

__all__ = ["AppWatch"]


class AppWatch:
    """Watches an app and its cloud assembly.

    Where the directory above the assembly has a ``cdk.json``, a change of a file there synthesizes the app with the CDK
    CLI. Without one, the assembly alone is watched, for whoever synthesizes it.

    Args:
        app: the cloud assembly.
        region: region of stacks that name none.
        adapt: makes of a function of the template what is served.
        report: called with a line for the user.
    """

    def __init__(
        self,
        app: Path,
        region: str,
        adapt: Callable[[AppFunction], AppFunction],
        report: Callable[[str], None],
    ) -> None:
        self._app = app.resolve()
        self._region = region
        self._adapt = adapt
        self._report = report

    async def changes(self, served: Sequence[AppFunction]) -> AsyncIterator[AppFunction]:
        """Each function whose next release the app now describes.

        Args:
            served: the functions as they are served at first.
        """
        current = {function.name: function for function in served}
        source = self._app.parent
        synthesizes = (source / "cdk.json").is_file()
        async for changed in awatch(source if synthesizes else self._app, watch_filter=_Filter(self._app, synthesizes)):
            if synthesizes and not await self._synthesize(changed):
                continue
            for function in self._read():
                before = current.get(function.name)
                if before is not None and _described(function) != _described(before):
                    current[function.name] = function
                    yield function

    async def _synthesize(self, changed: set[tuple[Change, str]]) -> bool:
        cdk = shutil.which("cdk")
        if cdk is None:
            self._report("the app changed, but the CDK CLI is not on the PATH: synthesize it yourself")
            return False
        names = sorted({Path(file).name for _, file in changed})
        self._report(f"{', '.join(names[:3])}{' and more' if len(names) > 3 else ''} changed: synthesizing")  # noqa: PLR2004
        process = await asyncio.create_subprocess_exec(
            *(cdk, "synth", "--quiet", "--output", str(self._app)),
            cwd=self._app.parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            lines = output.decode(errors="replace").strip().splitlines()
            self._report("\n".join(["the app cannot be synthesized, the versions before stay:", *lines[-5:]]))
        return process.returncode == 0

    def _read(self) -> Sequence[AppFunction]:
        try:
            return [self._adapt(each) for each in app_functions(CloudAssembly.read(self._app), self._region)]
        except AssemblyError as error:
            self._report(f"the app cannot be read, the versions before stay: {error}")
            return ()


class _Filter(DefaultFilter):
    """Of an app's directory everything but the assembly, caches and bytecode; of an assembly its templates."""

    def __init__(self, app: Path, source: bool) -> None:  # noqa: FBT001 - one caller, above
        super().__init__(ignore_paths=[app] if source else [])
        self._source = source

    def __call__(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) and (self._source or path.endswith("manifest.json"))


def _described(function: AppFunction) -> AppFunction:
    """What a new version is published for: all that the template says, but for what points at versions."""
    return replace(function, version="", aliases={}, environments=0)
