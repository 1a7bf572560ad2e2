"""The code of one version of a function, as its processes find it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.local.workers.code.archive import unpack
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.machine.host import Host

__all__ = ["VersionCode"]


class VersionCode:
    """The code of a version: what the app has, unpacked, and what of it fits this machine.

    Args:
        function: The function.
        host: This machine.
    """

    def __init__(self, function: AppFunction, host: Host) -> None:
        self._function = function
        self._host = host
        self._given: Path | None = None
        self._fitted: Path | None = None
        self._unpacked: tempfile.TemporaryDirectory[str] | None = None
        self._composed: tempfile.TemporaryDirectory[str] | None = None

    @property
    def given(self) -> Path:
        """The directory of the app's own code, which is unpacked once.

        Raises:
            InitError: It cannot be unpacked.
        """
        if self._given is None:
            self._given = self._unpack()
        return self._given

    @property
    def fitted(self) -> Path:
        """The directory that handlers run in.

        Raises:
            RuntimeError: `fit` was not called before.
        """
        if self._fitted is None:
            msg = f"the code of {self._function.name} must be fitted before its processes start"
            raise RuntimeError(msg)
        return self._fitted

    async def fit(self) -> None:
        """Make what was compiled for another machine fit this one, once.

        Raises:
            InitError: The code cannot be unpacked.
            HostPackagesError: A package has no build for this machine.
        """
        if self._fitted is not None:
            return
        given = self.given
        self._composed = tempfile.TemporaryDirectory(prefix="durable-mi-host-")
        try:
            fitted = await asyncio.to_thread(self._host.fit, given, Path(self._composed.name) / "code")
        except HostPackagesError as error:
            msg = f"{self._function.name}: {error}"
            raise HostPackagesError(msg) from error
        if fitted.directory == given:
            self._composed.cleanup()
        for notice in fitted.notices:
            self._host.say(f"{self._function.name}: {notice}")
        self._fitted = fitted.directory

    def clean_up(self) -> None:
        """Delete what was made."""
        for made in filter(None, (self._unpacked, self._composed)):
            made.cleanup()

    def _unpack(self) -> Path:
        code = self._function.code
        if isinstance(code, Path) and code.is_dir():
            return code.resolve()
        if self._unpacked is not None:
            # Of an attempt that failed.
            self._unpacked.cleanup()
        try:
            self._unpacked = tempfile.TemporaryDirectory(prefix="durable-mi-code-")
            directory = Path(self._unpacked.name)
            if isinstance(code, Path):
                unpack(code, directory)
            else:
                (directory / "index.py").write_text(code, encoding="utf-8")
        except (InitError, OSError) as error:
            msg = f"{self._function.name}: {error}"
            raise InitError(msg) from error
        return directory
