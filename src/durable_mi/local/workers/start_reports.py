"""What is reported of a version's execution environments: to its log group, the terminal and the page."""

from __future__ import annotations

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
        say: Takes one line for the terminal.
        notice: Takes one line that somebody must know at once.
        on_change: Called when an environment's state changed.
    """

    def __init__(
        self,
        function: AppFunction,
        *,
        say: Callable[[str], None],
        notice: Callable[[str], None],
        on_change: Callable[[], None],
    ) -> None:
        self._function = function
        self._say = say
        self._notice = notice
        self._on_change = on_change

    def lost(self, what: str) -> None:
        """Print what ended, and that its environment is replaced."""
        self._notice(f"{self._version}: {what}: a new execution environment is started")
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
