"""The page with much to show: it stays quick, and a change of many is done once for each. Printed are the times."""

from __future__ import annotations

import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import expect

from tests.page.conftest import Showcase
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Request

MANY: Final = 20_000
STOPPED: Final = 400
OPERATIONS: Final = 1000
QUICK_S: Final = 15.0
"""Far more than it takes; a list that is drawn in whole, or a search that draws each row anew, takes longer."""


@pytest.fixture
def crowded_showcase(showcase_app: Path, tmp_path: Path) -> Iterator[Showcase]:
    """Yield a runtime with twenty thousand executions, copies of one in its state file."""
    file = tmp_path / "state.sqlite"
    served = Showcase(showcase_app, "--state", str(file))
    first = served.run("crowd-00000-", {"charge": False, "items": []})
    served.stop()
    with closing(sqlite3.connect(file)) as state, state:
        ((number, content),) = state.execute("SELECT number, state FROM executions WHERE arn = ?", [first])
        parts = state.execute("SELECT kind, place, value FROM parts WHERE execution = ?", [number]).fetchall()
        id_ = first.rpartition("/")[2]
        for copy in range(1, MANY):
            there = f"{copy:08x}{id_[8:]}"
            names = [("crowd-00000-", f"crowd-{copy:05}-"), (id_, there)]
            state.execute(
                "INSERT INTO executions VALUES (?, ?, ?)",
                [number + copy, _renamed(first, names), _renamed(content, names)],
            )
            state.executemany(
                "INSERT INTO parts VALUES (?, ?, ?, ?)",
                [(number + copy, kind, place, _renamed(value, names)) for kind, place, value in parts],
            )
    served = Showcase(showcase_app, "--state", str(file))
    yield served
    served.stop()


def _renamed(text: str, names: list[tuple[str, str]]) -> str:
    for old, new in names:
        text = text.replace(old, new)
    return text


@pytest.mark.slow
def test_lists_and_filters_twenty_thousand_executions(
    crowded_showcase: Showcase, open_page: Callable[..., Page]
) -> None:
    """A hundred rows are drawn, all are counted."""
    began = time.monotonic()
    page = open_page(crowded_showcase.url)
    expect(page.locator("tbody tr")).to_have_count(100)
    expect(page.get_by_role("button", name=f"succeeded {MANY:,}")).to_be_visible()
    listed = time.monotonic()
    page.get_by_role("searchbox").fill("crowd-12345")
    expect(page.locator("tbody tr")).to_have_count(1)
    found = time.monotonic()
    print(f"\n{MANY} executions: listed in {listed - began:.2f} s, one found in {found - listed:.2f} s")  # noqa: T201 - a figure
    assert listed - began < QUICK_S
    assert found - listed < QUICK_S


@pytest.mark.slow
def test_finds_an_operation_among_a_thousand(showcase: Showcase, open_page: Callable[..., Page]) -> None:
    """By its name; the chart and the finder stay quick."""
    items = [f"thing-{number}" for number in range(OPERATIONS // 2)]
    arn = showcase.start("thousand", {"charge": False, "items": items})
    client = showcase.client
    eventually(
        lambda: client.get_durable_execution(DurableExecutionArn=arn)["Status"] == "SUCCEEDED",
        "all items are packed",
        seconds=300,
    )
    began = time.monotonic()
    page = open_page(f"{showcase.url}/#/executions/{quote(arn, safe='')}")
    expect(page.locator(".head .pill")).to_have_text("succeeded")
    drawn = time.monotonic()
    page.keyboard.press("/")
    page.keyboard.type("pack thing-417")
    expect(page.locator(".found")).to_have_text(re.compile(r"^1 of 1\d{3}$"))
    expect(page.get_by_role("button", name="pack thing-417 step, succeeded")).to_be_visible()
    found = time.monotonic()
    print(f"\n{OPERATIONS} operations: drawn in {drawn - began:.2f} s, one found in {found - drawn:.2f} s")  # noqa: T201 - a figure
    assert drawn - began < QUICK_S
    assert found - drawn < QUICK_S


@pytest.mark.slow
def test_stops_four_hundred_once_each_though_the_run_is_broken_off(
    fresh_showcase: Showcase, open_page: Callable[..., Page]
) -> None:
    """The second run takes what the first has left, and the count is that of those."""
    waits = {"charge": False, "callback": True, "items": []}
    arns = {fresh_showcase.start(f"bulk-{number}", waits) for number in range(STOPPED)}
    page = open_page(f"{fresh_showcase.url}/#/?text=bulk-&status=RUNNING")
    stops: Counter[str] = Counter()

    def count(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/stop"):
            stops[unquote(request.url.split("/")[-2])] += 1

    page.on("requestfinished", count)

    def stop(expected: int) -> None:
        page.get_by_label("Choose all that are shown").check()
        if expected > 100:
            page.get_by_role("button", name="that match").click()
        expect(page.locator(".selection strong")).to_have_text(f"{expected} chosen")
        page.get_by_role("button", name="Stop…").click()
        page.get_by_role("dialog").get_by_role("button", name=f"Stop {expected}").click()

    stop(STOPPED)
    eventually(lambda: page.evaluate("document.querySelector('progress')?.value ?? 0") >= 60, "some are stopped")
    page.get_by_role("button", name="Break off").click()
    client = fresh_showcase.client

    def running() -> list[str]:
        pages = client.get_paginator("list_durable_executions_by_function").paginate(
            FunctionName="showcase", Statuses=["RUNNING"]
        )
        return [each["DurableExecutionArn"] for page in pages for each in page["DurableExecutions"]]

    # Those on their way when it was broken off still arrive.
    def has_ended() -> bool:
        page.wait_for_timeout(50)  # The requests are counted meanwhile.
        return len(running()) == STOPPED - stops.total()

    eventually(has_ended, "the first run has ended")
    left = STOPPED - stops.total()
    assert 0 < left < STOPPED
    expect(page.get_by_role("button", name=f"running {left}")).to_be_visible()
    stop(left)
    expect(page.get_by_text(f"Stopped: {left} of {left}")).to_be_visible()

    assert dict.fromkeys(arns, 1) == stops
    assert [] == running()
    page.get_by_role("button", name="Close").click()
