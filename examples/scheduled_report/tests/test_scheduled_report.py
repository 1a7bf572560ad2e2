"""The two workflows on AWS's own test runner; an invoke runs the other handler in this process."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import figures
import pytest

from durable_mi.testing import DurableRunner, assert_survives_crashes

if TYPE_CHECKING:
    from collections.abc import Callable

NIGHT = "2026-01-02T02:00:00Z"
EVENT = {"night": NIGHT}
REPORT = {"night": NIGHT, "total": 2000, "report": f"reports/{NIGHT}.txt"}


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - what the SDK's decorator returns
    """Return the handler, imported with the environment that the stack gives it."""
    monkeypatch.setenv("FIGURES", "figures:live")
    return importlib.import_module("scheduled_report").handler


def with_figures(runner: DurableRunner) -> None:
    """Let invokes of the alias run the other workflow."""
    runner.register("figures:live", figures.handler)


def test_reports_all_regions(durable_runner: DurableRunner, handler: Callable[..., Any]) -> None:
    """The total is that of both regions, each collected by an execution of its own."""
    with_figures(durable_runner)

    run = durable_runner.run(handler, EVENT)

    assert REPORT == run.result
    run.assert_operations(
        "parallel figures",
        "  branch north",
        "    invoke collect",
        "  branch south",
        "    invoke collect",
        "step write",
    )


def test_figures_wait_for_the_end_of_the_day(durable_runner: DurableRunner) -> None:
    """A day that is not closed is asked for again."""
    durable_runner.mock_step("sales", raises=TimeoutError, times=3)

    run = durable_runner.run(figures.handler, {"region": "north", "night": NIGHT})

    assert {"region": "north", "sales": 1200} == run.result
    assert 4 == run.bodies["sales"]


def test_survives_crashes(handler: Callable[..., Any]) -> None:
    """A crash at any checkpoint changes nothing, those around the invokes included."""
    assert_survives_crashes(handler, EVENT, prepare=with_figures)
