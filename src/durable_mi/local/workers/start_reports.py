"""What is reported of a version's execution environments: to its log group, the terminal and the page."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.start_failure import StartFailure

__all__ = ["StartReports"]


class StartReports:
    """Listens to the slots of one version.

    Args:
        function: The version.
        log: Writes a line of a process into the version's log group.
        say: Takes one line for the terminal.
        on_change: Called when an environment's state changed.
    """

    def __init__(
        self,
        function: AppFunction,
        *,
        log: Callable[[int, str], None],
        say: Callable[[str], None],
        on_change: Callable[[], None],
    ) -> None:
        self._function = function
        self._log = log
        self._say = say
        self._on_change = on_change

    def lost(self) -> None:
        """Log that an environment is replaced."""
        name = self._function.name
        self._log(os.getpid(), f"a worker process of {name} ended: starting a new execution environment")
        self._on_change()

    def failed(self, failure: StartFailure) -> None:
        """Print that a start failed, why, and when the next attempt is."""
        at = datetime.fromtimestamp(failure.next_attempt / 1000).astimezone()
        self._say(
            f"{self._version}: an execution environment could not be started: {failure.reason}; "
            f"attempt {failure.attempts + 1} is in {failure.pause:g} s, at {at:%H:%M:%S}"
        )
        self._on_change()

    def ready(self, failures: int) -> None:
        """Print that a start succeeded where one before it failed."""
        if failures:
            starts = f"{failures} failed start{'' if failures == 1 else 's'}"
            self._say(f"{self._version}: an execution environment is ready, after {starts}")
        self._on_change()

    @property
    def _version(self) -> str:
        return f"{self._function.name}:{self._function.version}"
