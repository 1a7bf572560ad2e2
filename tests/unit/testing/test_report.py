"""``pytest --durable-report``: one page with the grid, and a timeline for each run with a problem."""

from __future__ import annotations

import re

import pytest

PROJECT = """
from aws_durable_execution_sdk_python import durable_execution
from durable_mi.testing import assert_survives_crashes, crash_points

@durable_execution
def appends(event, context):
    prices = []
    context.step(lambda _: prices.append("<script>alert(1)</script>"), name="<b>price</b>")
    return prices

@durable_execution
def right(event, context):
    return context.step(lambda _: 1, name="one")

@crash_points(appends, {})
def test_appends(crash_point):
    crash_point.check()

def test_right():
    assert_survives_crashes(right)
"""


@pytest.mark.parametrize(
    "processes",
    [
        pytest.param((), id="one process"),
        pytest.param(("-n", "2"), id="two processes", marks=pytest.mark.slow),
    ],
)
def test_the_report_has_each_run(pytester: pytest.Pytester, processes: tuple[str, ...]) -> None:
    """Also where pytest-xdist spreads the runs over processes."""
    pytester.makepyfile(test_orders=PROJECT)

    result = pytester.runpytest_inprocess(
        "-W", "error", "-p", "no:cacheprovider", "--durable-report", "out/crashes.html", *processes
    )

    result.assert_outcomes(passed=5, failed=2)
    page = (pytester.path / "out/crashes.html").read_text()
    assert ["test_orders.appends", "test_orders.right"] == sorted(re.findall(r"<h2><code>(.*?)</code>", page))
    assert "2 workflows, 12 runs, 2 with a problem." in page
    assert 10 == page.count('class="ok"')
    assert 2 == page.count('class="failed"') == page.count("<iframe")
    # What a workflow returns and how it names its steps is text.
    assert "<b>price" not in page
    assert "<script>alert" not in page
