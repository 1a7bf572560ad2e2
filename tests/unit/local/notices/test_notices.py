"""Notices: one line each, on the terminal and for those who follow an execution."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from durable_mi.local.notices.executions import ExecutionNotices
from durable_mi.local.notices.notices import Notice, Notices
from durable_mi.local.notices.step_results import step_results

ARN = "arn:aws:lambda:us-east-1:000000000000:function:orders:7/durable-execution/order-1/id"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Terminal:
    """Notices, and what they said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.changed: list[str] = []
        self.notices = Notices(self.lines.append)
        self.notices.now = lambda _: 5
        self.notices.on_change = self.changed.append
        self.executions = ExecutionNotices(self.notices, "us-east-1", "http://127.0.0.1:3210")

    def kept(self) -> list[str]:
        """Return what an execution has."""
        return [notice.text for notice in self.notices.of(ARN)]


def test_a_notice_is_one_line_that_cannot_drive_a_terminal() -> None:
    """Names and messages are a function's own."""
    terminal = Terminal()
    terminal.notices.say("one\n  two \x1b[2J" + "x" * 2000)
    [line] = terminal.lines
    assert line.startswith("one two \\x1b[2Jxxx")
    assert line.endswith("...")
    assert 1000 == len(line)


def test_an_execution_keeps_its_latest_notices_each_once_in_a_row() -> None:
    """A hundred; whoever watches the execution learns of each."""
    terminal = Terminal()
    for text in ("a", "a", "b", "a"):
        terminal.notices.keep(text, [ARN])
    assert (Notice(5, "a"), Notice(5, "b"), Notice(5, "a")) == terminal.notices.of(ARN)
    assert [ARN] * 4 == terminal.changed
    for number in range(120):
        terminal.notices.keep(str(number), [ARN])
    assert [str(number) for number in range(20, 120)] == terminal.kept()
    assert () == terminal.notices.of("another")


def test_executions_that_are_long_over_are_forgotten() -> None:
    """Those with the oldest notices first."""
    notices = Notices()
    notices.keep("early", ["first"])
    notices.keep("late", map(str, range(10_000)))
    assert () == notices.of("first")
    assert ["late"] == [notice.text for notice in notices.of("0")]


def test_a_callback_is_printed_with_its_deadline_and_the_command_that_answers_it() -> None:
    """On one line, for the endpoint; whoever follows the execution has it from the history."""
    terminal = Terminal()
    terminal.executions.callback(ARN, "approval", "a b", now=NOW, until=NOW + timedelta(hours=1))
    terminal.executions.callback(ARN, "approval", "c", now=NOW, until=None)
    command = "to answer it: aws lambda send-durable-execution-callback-success --callback-id"
    waits = "orders:7: execution order-1 waits for callback approval"
    where = "--endpoint-url http://127.0.0.1:3210 --region us-east-1 --no-sign-request"
    assert [
        f"{waits} until 13:00:00 UTC; {command} 'a b' {where}",
        f"{waits} without a timeout; {command} c {where}",
    ] == terminal.lines
    assert [] == terminal.kept()


def test_a_large_result_is_named_with_its_size() -> None:
    """On the terminal and for those who follow."""
    terminal = Terminal()
    terminal.executions.large_result(ARN, "report", 700 * 1024)
    [line], [kept] = terminal.lines, terminal.kept()
    assert kept.startswith("the result of step report has 700 KB: with a result above 750 KB, a step can hang")
    assert f"orders:7: execution order-1: {kept}" == line


@pytest.mark.parametrize(("size", "expected"), [(614_399, False), (614_400, True), (10_000_000, True)])
def test_a_result_is_large_from_four_fifths_of_the_sdks_batch(size: int, expected: bool) -> None:  # noqa: FBT001
    """Of 750 KB."""
    assert expected is ExecutionNotices.is_large(size)


@pytest.mark.parametrize(("steps", "named"), [(["a"], "step a had not"), (["a", "b"], "steps a, b had not")])
def test_steps_that_may_hang_are_named(steps: list[str], named: str) -> None:
    """One or more."""
    terminal = Terminal()
    terminal.executions.may_hang(ARN, steps)
    assert terminal.kept()[0].startswith(f"{named} ended when the invocation timed out: if a result is above 750 KB")


def test_the_results_of_steps_are_measured_as_the_sdk_does() -> None:
    """The whole update as JSON; a step without a name is named by its id."""
    updates = [
        {"Id": "1", "Type": "STEP", "Action": "START", "Name": "none"},
        {"Id": "2", "Type": "STEP", "Action": "SUCCEED", "Name": "é", "Payload": "é"},
        {"Id": "3", "Type": "STEP", "Action": "RETRY", "Payload": ""},
        {"Id": "4", "Type": "CONTEXT", "Action": "SUCCEED", "Payload": "x"},
    ]
    expected = [("é", len(json.dumps(updates[1]))), ("3", len(json.dumps(updates[2])))]
    assert expected == list(step_results(json.dumps({"Updates": updates}).encode()))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"Updates": 3}', b'{"Updates": [{}]}', b'{"Updates": [3]}', b"\xff"]
)
def test_what_is_no_checkpoint_has_no_results(body: bytes) -> None:
    """The service's answer says what is wrong with it."""
    assert [] == list(step_results(body))
