"""A timeline as a file, on a terminal, and read through the API."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from rich.text import Text

from durable_mi.operate.errors import ServiceError
from durable_mi.operate.execution import Event, Execution, HistoryPage
from durable_mi.operate.logs import LogLine
from durable_mi.operate.target import Target
from durable_mi.timeline.document import timeline_document
from durable_mi.timeline.html import timeline_html
from durable_mi.timeline.invocation import Invocation
from durable_mi.timeline.local_document import document_records, local_document
from durable_mi.timeline.read import read_timeline
from durable_mi.timeline.terminal import print_timeline
from durable_mi.timeline.timeline import Timeline
from durable_mi.timeline.view import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:7/durable-execution/name/id"
T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return T0 + timedelta(seconds=seconds)


def execution(**fields: Any) -> Execution:
    """Return an execution that failed after ten seconds, as the API gives it."""
    required = {"DurableExecutionArn": ARN, "DurableExecutionName": "na<me", "Status": "FAILED", "StartTimestamp": T0}
    error = {"ErrorType": "Broken", "ErrorMessage": "</script>\x1b[31m"}
    return Execution.from_api({**required, "EndTimestamp": at(10), "Error": error, **fields})


def events() -> list[Event]:
    """Return a step in a context, then a wait."""
    raw: list[tuple[str, float, str, dict[str, Any]]] = [
        ("ContextStarted", 0, "c", {"Name": "outer"}),
        ("StepStarted", 0, "s", {"Name": "charge \x1b[2J", "ParentId": "c"}),
        ("StepSucceeded", 2, "s", {}),
        ("ContextSucceeded", 2, "c", {}),
        ("WaitStarted", 2, "w", {"Name": "pause"}),
        ("WaitSucceeded", 8, "w", {}),
    ]
    return [
        Event.from_api({"EventId": number, "EventType": kind, "EventTimestamp": at(seconds), "Id": id_, **fields})
        for number, (kind, seconds, id_, fields) in enumerate(raw, 1)
    ]


def timeline() -> Timeline:
    """Two invocations in two environments."""
    ran = [
        Invocation(request_id="a", started=at(0), ended=at(2), environment="e1", pid=11),
        Invocation(request_id="b", started=at(8), ended=at(10), environment="e2", pid=22),
    ]
    return Timeline.build(execution(), events(), now=at(99), invoked=ran, logs=[])


def printed(width: int = 80, **options: Any) -> str:
    """Return what a terminal shows."""
    console = Console(file=io.StringIO(), width=width, highlight=False, emoji=False, markup=False, **options)
    print_timeline(console, timeline())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_when_what_ran() -> None:
    """Bars stand under each other on one axis; times are told once."""
    lines = printed().splitlines()
    assert "na<me  FAILED" == lines[0]
    assert "took 10.00 s · ran 4.00 s, suspended 6.00 s" in lines[1]
    rows = {
        name: row for row in lines[2:] for name in ("environment e1", "environment e2", "outer", "pause") if name in row
    }
    assert rows["pause"].index("░") == rows["outer"].rindex("─") + 1
    assert rows["environment e2"].index("▪") == rows["pause"].rindex("░") + 1
    assert rows["pause"].endswith("6.00 s")


def troubled() -> Timeline:
    """Return an execution that was queued, timed out and was reported on, and is queued again."""
    ran = Invocation(
        request_id="a",
        requested=at(0),
        started=at(2),
        ended=at(5),
        environment="e1",
        pid=11,
        error="Sandbox.Timedout",
        message="Task \x1b timed out",
    )
    running = replace(execution(), status="RUNNING", ended=None, error=None)
    notices = [(at(5), "all \x1b workers are held")]
    return Timeline.build(running, [], now=at(10), invoked=[ran], waiting=at(8), notices=notices)


def test_a_terminal_shows_three_states_and_what_failed() -> None:
    """Queued, running, suspended, and queued again; the invocation that failed and what was reported are red."""
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard")
    print_timeline(console, troubled())
    assert isinstance(console.file, io.StringIO)
    coloured = console.file.getvalue().splitlines()
    lines = Text.from_ansi(console.file.getvalue()).plain.splitlines()
    assert "so far 10.00 s · ran 3.00 s, queued 4.00 s, suspended 3.00 s" == lines[2]
    [states] = [line.split()[1] for line in lines if "execution" in line and "▒" in line]
    assert "▒█·▒" == re.sub(r"(.)\1+", r"\1", states)
    for said in ("✗✗✗", r"invocation 1 failed: Sandbox.Timedout: Task \x1b timed out", r"all \x1b workers are held"):
        [red] = [line for line in coloured if said in line]
        assert "\x1b[31m" in red


def test_a_terminal_is_not_driven_by_what_a_function_says() -> None:
    """Control characters in names and errors are spelled out."""
    assert "\x1b" not in printed()
    assert "charge \\x1b[2J" in printed()


def test_a_terminal_shows_colours_where_it_can() -> None:
    """And none where NO_COLOR asks for that, which rich honours."""
    assert "\x1b[" in printed(force_terminal=True, color_system="standard").replace("\\x1b", "")
    assert "\x1b[3" not in printed(force_terminal=True, color_system="standard", no_color=True)


def test_a_narrow_terminal_is_kept_to() -> None:
    """Names give way before the axis does."""
    assert max(map(len, printed(width=60).splitlines()[3:])) <= 60


def test_a_file_allows_its_own_script_and_style_alone() -> None:
    """By their hashes; the data cannot end its element."""
    page = timeline_html(timeline_document(timeline()))
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    [script] = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for content in (script, style):
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "<title>na&lt;me · failed</title>" in page
    assert 2 == page.count("</script>")
    [data] = re.findall(r'<script type="application/json" id="timeline">(.*?)</script>', page, re.DOTALL)
    assert ARN == json.loads(data)["arn"]


def test_a_file_loads_nothing() -> None:
    """No address of anything, no module that is still to be fetched."""
    page = timeline_html(timeline_document(timeline()))
    assert [] == re.findall(r"(?:src|href)=|https?://|@import|url\(", page)
    assert [] == re.findall(r"^\s*(?:import|export)\b", page, re.MULTILINE)


def test_the_modules_of_the_view_share_no_name() -> None:
    """They stand in one module in a file."""
    names = [
        name
        for file in sorted(DIRECTORY.glob("*.js"))
        for name in re.findall(
            r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", file.read_text(), re.MULTILINE
        )
    ]
    assert sorted(set(names)) == sorted(names)


def test_no_script_makes_markup_of_text() -> None:
    """Neither the view's nor the page's, nor is there a handler in the markup."""
    page = DIRECTORY.parents[1] / "dashboard" / "page"
    sources = [file.read_text() for folder in (DIRECTORY, page) for file in folder.glob("*.js")]
    assert len(sources) > 10
    pattern = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
    assert [] == [found for source in sources for found in re.findall(pattern, source)]
    assert [] == re.findall(r"\son\w+=|style=|<script(?! type=\"module\" src)", (page / "index.html").read_text())


class Source:
    """A client of an account with one execution."""

    def __init__(self, *, logs: bool = True) -> None:
        self.patterns: list[str] = []
        self._has_logs = logs

    def execution(self, arn: str, *, include_data: bool) -> Execution:
        """With its data."""
        assert include_data
        return execution(DurableExecutionArn=arn)

    def history_page(self, arn: str, *, marker: str | None, newest_first: bool, max_items: int) -> HistoryPage:
        """One page."""
        assert (ARN, None, False) == (arn, marker, newest_first)
        assert max_items
        done = {"StartTimestamp": at(0), "EndTimestamp": at(2), "RequestId": "req-1"}
        raw = {"EventId": 9, "EventType": "InvocationCompleted", "EventTimestamp": at(2)}
        return HistoryPage(events=(*events(), Event.from_api({**raw, "InvocationCompletedDetails": done})))

    def log_group(self, target: Target) -> str:
        """Or no permission to read it."""
        if not self._has_logs:
            msg = "these credentials may not"
            raise ServiceError(msg)
        return f"/aws/lambda/{target.name}"

    def log_lines(self, log_group: str, *, pattern: str, start_ms: int) -> Sequence[LogLine]:
        """Return the same two lines for every pattern, newest first."""
        assert ("/aws/lambda/orders", int(T0.timestamp() * 1000)) == (log_group, start_ms)
        self.patterns.append(pattern)
        return [LogLine.parse(text, timestamp_ms=start_ms + ms) for ms, text in ((5, "second"), (1, "first"))]


def test_reads_through_the_api() -> None:
    """Log lines that name the execution or one of its invocations, each once, in order."""
    source = Source()
    told = read_timeline(source, ARN, Target.parse("orders:7"))
    assert [f'"{ARN}"', '?"req-1"'] == source.patterns
    assert ["first", "second"] == [entry.message for entry in told.logs or ()]
    assert ["req-1"] == [each.request_id for each in told.invocations]
    assert ["outer", "charge \x1b[2J", "pause"] == [span.name for span in told.spans]


def test_reads_without_logs_where_they_may_not_be_read() -> None:
    """The timeline is worth having all the same."""
    assert read_timeline(Source(logs=False), ARN, Target.parse("orders:7")).logs is None


@pytest.mark.parametrize("make", [timeline, troubled])
def test_what_the_runtime_tells_comes_back_out_of_its_document(make: Callable[[], Timeline]) -> None:
    """Times to the millisecond, places as they were, what waits and what was reported."""
    told = make()
    records = document_records(json.loads(json.dumps(timeline_document(told))))
    assert {"invoked": list(told.invocations), "waiting": told.waiting, "notices": list(told.notices)} == records


def test_without_a_document_nothing_is_known() -> None:
    """As on AWS."""
    assert {"invoked": [], "waiting": None, "notices": []} == document_records(None)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1"])
def test_no_document_comes_from_where_no_runtime_is(url: str) -> None:
    """The API is asked then, which says what is wrong."""
    assert local_document(url, ARN) is None


def waiting() -> Timeline:
    """Return a running execution with a condition that is polled, an open callback and a chained invoke."""
    raw: list[tuple[str, float, str, str, dict[str, Any]]] = []
    for number in range(1, 8):
        retry = {"CurrentAttempt": number, "NextAttemptDelaySeconds": 1}
        raw.append(("StepStarted", number - 1, "p", "WaitForCondition", {}))
        seen = {"Payload": f'{{"n": {number}, "note": "{"x" * 90 if number == 7 else ""}"}}'}
        raw.append(("StepSucceeded", number - 0.5, "p", "WaitForCondition", {"Result": seen, "RetryDetails": retry}))
    approval = {"CallbackId": "abc", "Timeout": 3600, "HeartbeatTimeout": 60}
    raw.append(("CallbackStarted", 7, "c", "Callback", approval))
    refund = {"FunctionName": "refunds:live", "ExecutedVersion": "7", "TenantId": "blue"}
    raw.append(("ChainedInvokeStarted", 8, "i", "ChainedInvoke", refund))
    events = [
        Event.from_api(
            {
                "EventId": number,
                "EventType": kind,
                "EventTimestamp": at(seconds),
                "Id": id_,
                "SubType": sub_type,
                f"{kind}Details": details,
            }
        )
        for number, (kind, seconds, id_, sub_type, details) in enumerate(raw, 1)
    ]
    return Timeline.build(execution(Status="RUNNING", EndTimestamp=None, Error=None), events, now=at(9))


def test_the_terminal_shows_polls_deadlines_and_targets() -> None:
    """The last polls, each on one line; until when a callback waits; who was invoked in which version."""
    console = Console(file=io.StringIO(), width=80, highlight=False, emoji=False, markup=False)
    print_timeline(console, waiting())
    assert isinstance(console.file, io.StringIO)
    remarks = [line.strip() for line in console.file.getvalue().splitlines() if line.startswith("    ")]
    assert [
        "2 earlier polls",
        *(f'poll {number}: {{"n": {number}, "note": ""}}' for number in range(3, 7)),
        f'poll 7: {{"n": 7, "note": "{"x" * 59}...',
        "times out at 13:00:07 UTC",
        "needs a heartbeat every 1 min",
        "refunds:live, version 7, tenant blue",
    ] == remarks


def test_the_document_has_polls_deadlines_and_targets() -> None:
    """For the page and the file."""
    poll, callback, invoke = timeline_document(waiting())["spans"]
    assert '{\n  "n": 2,\n  "note": ""\n}' == poll["attempts"][1]["result"]["text"]
    assert (at(3607).timestamp() * 1000, 60_000) == (callback["deadline"], callback["heartbeat"])
    assert ("refunds:live", "7", "blue") == (invoke["functionName"], invoke["executedVersion"], invoke["tenant"])
