"""The history of the last run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.testing.runner.runner import DurableRunner

__all__ = ["LastHistory"]


class LastHistory:
    """The history of the last run of a runner; the fixture ``durable_history``.

    Args:
        runner: The runner.
    """

    def __init__(self, runner: DurableRunner) -> None:
        self._runner = runner

    @property
    def execution(self) -> Mapping[str, Any]:
        """What ``GetDurableExecution`` returns."""
        return self._runner.last.execution

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        """What ``GetDurableExecutionHistory`` returns, with payloads, oldest first."""
        return self._runner.last.history

    def timeline(self) -> dict[str, Any]:
        """Return the timeline document of the run."""
        return self._runner.last.timeline()

    def html(self) -> str:
        """Return the run as one self-contained HTML file."""
        return self._runner.last.html()
