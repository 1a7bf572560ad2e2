"""Collects the runs of crash tests while pytest runs, and writes the page at its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from durable_mi.testing.crash.observers import OBSERVERS
from durable_mi.testing.report.cell import Cell
from durable_mi.testing.report.page import report_page

if TYPE_CHECKING:
    from durable_mi.testing.crash.report import CrashResult

__all__ = ["ReportPlugin"]

_SENT: Final = "durable_mi_report"


class ReportPlugin:
    """The part of the plugin that only ``--durable-report`` needs.

    With pytest-xdist, each process sends its runs to the one that writes the page.

    Args:
        config: The configuration of pytest.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._path = Path(config.getoption("durable_report"))
        self._cells: dict[tuple[str, str], Cell] = {}
        OBSERVERS.append(self._observe)

    def pytest_unconfigure(self) -> None:
        """Stop collecting."""
        OBSERVERS.remove(self._observe)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - a class of pytest-xdist
        """Take over what a process has collected."""
        for each in getattr(node, "workeroutput", {}).get(_SENT, ()):
            self._add(Cell(**each))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what this process has collected, or write the page."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_SENT] = [each.to_json() for each in self._cells.values()]
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(report_page(list(self._cells.values())), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print where the page is."""
        terminalreporter.write_line(f"Crash tests: {self._path}")

    def _observe(self, workflow: str, result: CrashResult) -> None:
        self._add(Cell.of(workflow, result))

    def _add(self, cell: Cell) -> None:
        """Keep one run for each place: a run with a problem, where there are several."""
        known = self._cells.get((cell.workflow, cell.point))
        if known is None or known.problem is None:
            self._cells[cell.workflow, cell.point] = cell
