"""`durable-mi timeline`: the same view on a terminal and in a file that needs nothing else."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from durable_mi.cli.group import durable_mi
from durable_mi.operate.execution import Event, Execution
from durable_mi.timeline.document import timeline_document
from durable_mi.timeline.html import timeline_html
from durable_mi.timeline.invocation import Invocation
from durable_mi.timeline.timeline import Timeline
from tests.page.conftest import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page


def test_writes_a_file_that_a_browser_shows_without_a_network(
    showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    """Chart, environments, payloads, tracebacks and log lines, and no request but for the file itself."""
    nasty = "</script><script>alert(1)</script>"
    arn = showcase.run("for-a-file", {"orderId": nasty})
    file = tmp_path / "run.html"

    said = CliRunner().invoke(durable_mi, ["timeline", arn, "--output", str(file), "--endpoint-url", showcase.url])

    assert (0, f"{file}: for-a-file, SUCCEEDED\n", "") == (said.exit_code, said.stdout, said.stderr)
    requests: list[str] = []
    page = open_page("about:blank", offline=True)
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    expect(page.locator(".head .pill")).to_have_text("succeeded")
    expect(page.get_by_role("button", name="environment").nth(1)).to_be_visible()
    page.get_by_role("button", name="charge").click()
    expect(page.locator(".inspector")).to_contain_text("ConnectionError: the card reader is asleep")
    page.get_by_role("button", name="Events and log").click()
    expect(page.get_by_text("printed for")).to_contain_text(nasty)
    expect(page.get_by_role("button", name="Start again")).to_have_count(0)
    assert [] == accessibility(page)
    assert [file.as_uri()] == requests


def test_shows_polls_deadlines_and_targets(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """What a condition saw at each poll, until when a callback waits, who was invoked in which version."""
    at = datetime.now(UTC)
    poll = {
        "Result": {"Payload": '{"ready": "not yet"}'},
        "RetryDetails": {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 5},
    }
    done = {"Result": {"Payload": "true"}, "RetryDetails": {"CurrentAttempt": 2}}
    target = {"FunctionName": "refunds:live", "ExecutedVersion": "7"}
    raw: list[tuple[str, str, dict[str, Any]]] = [
        ("StepStarted", "shipped", {}),
        ("StepSucceeded", "shipped", poll),
        ("StepStarted", "shipped", {}),
        ("StepSucceeded", "shipped", done),
        ("CallbackStarted", "approval", {"CallbackId": "abc", "Timeout": 86_400, "HeartbeatTimeout": 60}),
        ("ChainedInvokeStarted", "refund", target),
    ]
    events = [
        Event(id=number, type=kind, timestamp=at, operation_id=name, name=name, details=details)
        for number, (kind, name, details) in enumerate(raw, 1)
    ]
    arn = "arn:aws:lambda:us-east-1:123456789012:function:orders:7/durable-execution/name/id"
    execution = Execution(arn=arn, name="name", status="RUNNING", started=at)
    file = tmp_path / "run.html"
    file.write_text(timeline_html(timeline_document(Timeline.build(execution, events, now=at))))
    page = open_page("about:blank", offline=True)
    page.goto(file.as_uri())
    for name, facts in {
        "shipped": ("attempt 1", "not yet", "next in 5.00 s"),
        "approval": ("times out", f"{at + timedelta(days=1):%M:%S}", "every 1 min"),
        "refund": ("refunds:live", "version", "7"),
    }.items():
        page.get_by_role("button", name=name).first.click()
        for fact in facts:
            expect(page.locator(".inspector")).to_contain_text(fact)


def test_shows_the_queue_and_what_failed(
    open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    """Three states in the bar of the execution; an invocation that timed out, and what was reported, in red."""
    start = datetime.now(UTC)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:orders:7/durable-execution/name/id"
    ran = Invocation(
        request_id="one",
        requested=start,
        started=start + timedelta(seconds=2),
        ended=start + timedelta(seconds=5),
        environment="e1",
        pid=11,
        error="Sandbox.Timedout",
        message="Task timed out after 3.00 seconds",
    )
    error = {"Payload": {"ErrorType": ran.error, "ErrorMessage": ran.message}}
    details = {"StartTimestamp": ran.started, "EndTimestamp": ran.ended, "RequestId": "one", "Error": error}
    retried = {"Error": {"Payload": {"ErrorType": "Busy"}}, "RetryDetails": {"NextAttemptDelaySeconds": 60}}
    events = [
        *(
            Event(id=number, type=kind, timestamp=ran.started, operation_id="s", name="charge", details=said)
            for number, (kind, said) in enumerate(2 * [("StepStarted", {}), ("StepFailed", retried)], 1)
        ),
        Event(id=5, type="InvocationCompleted", timestamp=start + timedelta(seconds=5), details=details),
    ]
    execution = Execution(arn=arn, name="name", status="STOPPED", started=start, ended=start + timedelta(seconds=9))
    notices = [(start + timedelta(seconds=5), "all workers are held")]
    timeline = Timeline.build(execution, events, now=start, invoked=[ran], notices=notices)
    file = tmp_path / "run.html"
    file.write_text(timeline_html(timeline_document(timeline)))
    page = open_page("about:blank", offline=True)
    page.goto(file.as_uri())

    states = page.get_by_role("button", name="execution stopped").locator(".bar")
    assert ["bar queued", "bar whole is-stopped", "bar gap"] == [bar.get_attribute("class") for bar in states.all()]
    expect(page.locator(".facts-line")).to_contain_text("ran 3.00 squeued 2.00 ssuspended 4.00 s")
    expect(page.locator(".told")).to_contain_text("all workers are held")
    expect(page.locator(".bar.invocation.is-failed")).to_have_count(1)
    assert [] == accessibility(page)
    page.get_by_role("button", name="1 of 1 failed").click()
    expect(page.locator(".inspector .error")).to_have_text("Sandbox.Timedout: Task timed out after 3.00 seconds")
    page.get_by_role("button", name="charge").click()
    expect(page.locator(".inspector")).to_contain_text("attempt 1")
    expect(page.locator(".inspector").get_by_text("next in")).to_have_count(1)
    page.get_by_role("button", name="Events and log").click()
    expect(page.locator(".event-failed").last).to_have_text("InvocationCompleted")
    expect(page.locator(".events")).to_contain_text("Sandbox.Timedout: Task timed out after 3.00 seconds")


def test_tells_an_execution_on_a_terminal(showcase: Any) -> None:
    """One line an operation, plain where no colour is wanted."""
    arn = showcase.run("for-a-terminal", {"orderId": "7", "items": []})

    said = subprocess.run(
        [str(TOOLS / "durable-mi"), "timeline", arn, "--endpoint-url", showcase.url],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "100"},
    )

    assert "\x1b" not in said.stdout
    lines = said.stdout.splitlines()
    assert "for-a-terminal  SUCCEEDED" == lines[0]
    assert any(line.startswith("✓ charge (2 attempts)") for line in lines)
    assert 2 == sum(line.lstrip().startswith("environment ") for line in lines)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["arn:nonsense"], 2, "ARN must be that of a durable execution"),
        (["{arn}x", "--endpoint-url", "{url}"], 1, "has no execution"),
        (["{arn}", "--endpoint-url", "{url}", "--output", "/nowhere/run.html"], 2, "--output must be a file"),
        (["{arn}", "--endpoint-url", "{url}", "--region", "eu-west-1"], 2, "leave --region out"),
        (["{arn}", "--endpoint-url", "http://127.0.0.1:1"], 1, "cannot be reached"),
    ],
)
def test_rejects_with_one_line(showcase: Any, arguments: list[str], status: int, message: str) -> None:
    """Status 2 for usage, 1 for what cannot be read, and never a traceback."""
    arn = showcase.run("one-line", {"charge": False, "items": []})
    given = [argument.format(arn=arn, url=showcase.url) for argument in arguments]
    said = CliRunner().invoke(durable_mi, ["timeline", *given])
    assert status == said.exit_code
    assert message in said.stderr
    assert "Traceback" not in said.stderr
    assert "" == said.stdout
