"""Where executions are, from the ends of their histories."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.operate.selection.places import Places
from durable_mi.operate.selection.summary import Summary

from .account import Account, at, event, failed

if TYPE_CHECKING:
    from durable_mi.operate.selection.place import Place

RETRY = {"RetryDetails": {"CurrentAttempt": 3, "NextAttemptDelaySeconds": 60}}
LAST = {"RetryDetails": {"CurrentAttempt": 3, "NextAttemptDelaySeconds": 0}}
START = event(1, "ExecutionStarted", Input={"Payload": "{}"}, ExecutionTimeout=60)
INVOKED = event(9, "InvocationCompleted", StartTimestamp=at(1), EndTimestamp=at(2), RequestId="r")
STEP = [
    event(2, "StepStarted", "1", "charge"),
    event(3, "StepSucceeded", "1", "charge", Result={"Payload": "1"}, **LAST),
]
WAIT = event(4, "WaitStarted", "2", "cool", Duration=60, ScheduledEndTimestamp=at(64))
CALLBACK = event(5, "CallbackStarted", "3", "approve", CallbackId="QQ==", Timeout=600)
FAILED = event(6, "StepFailed", "4", "pay", **failed("CardError", "declined", **LAST))
PAUSED = event(10, "ExecutionPaused", PauseRequestTimestamp=at(10), ExecutionTimeoutPaused=True)
ENDED = event(8, "ExecutionFailed", **failed("OrderError", "no order"))


def place(status: str, *events: Any) -> tuple[Place | None, Account]:
    """Return where an execution with this history is."""
    account = Account()
    account.add("one", status, *events)
    return Places(account.caller()).of(Summary.from_api(account.executions[0])), account


@pytest.mark.parametrize(
    ("status", "events", "expected"),
    [
        ("RUNNING", [START], "before its first operation"),
        ("RUNNING", [START, *STEP], "after step charge"),
        ("RUNNING", [START, STEP[0]], "step charge"),
        ("RUNNING", [START, *STEP, WAIT, INVOKED], "wait cool until 12:01:04 UTC"),
        ("PAUSED", [START, *STEP, WAIT, INVOKED, PAUSED], "wait cool until 12:01:04 UTC"),
        ("RUNNING", [START, CALLBACK, INVOKED], "callback approve until 12:10:05 UTC"),
        ("RUNNING", [START, WAIT, CALLBACK], "callback approve until 12:10:05 UTC, and 1 more"),
        (
            "RUNNING",
            [START, event(2, "StepFailed", "1", "pay", **failed("CardError", "busy", **RETRY)), INVOKED],
            "step pay, retried at 12:01:02 UTC after attempt 3: CardError: busy",
        ),
        ("RUNNING", [START, event(2, "ChainedInvokeStarted", "1", "mail", FunctionName="mail")], "invoke mail"),
        ("RUNNING", [START, event(2, "ContextStarted", "0", "each"), WAIT], "wait cool until 12:01:04 UTC"),
        ("RUNNING", [START, event(2, "ContextStarted", "0", "each")], "context each"),
        ("RUNNING", [START, event(2, "WaitStarted", "0", Duration=9, ScheduledEndTimestamp=at(9))],
         "wait until 12:00:09 UTC"),
        ("FAILED", [START, FAILED, ENDED], "step pay: CardError: declined"),
        ("FAILED", [START, FAILED, event(7, "ContextFailed", "9", "each", **failed("X", "y")), ENDED],
         "step pay: CardError: declined"),
        ("FAILED", [START, FAILED, event(7, "StepSucceeded", "5", "refund", Result={}, **LAST), ENDED],
         "step pay: CardError: declined"),
        ("FAILED", [START, event(4, "CallbackStarted", "1", "ok", CallbackId="QQ=="),
                    event(5, "CallbackTimedOut", "1", "ok", Error={}), ENDED], "callback ok"),
        ("FAILED", [START, *STEP, ENDED], "after step charge: OrderError: no order"),
        ("FAILED", [START, ENDED], "OrderError: no order"),
        ("TIMED_OUT", [START, *STEP, WAIT, event(9, "ExecutionTimedOut", Error={})], "wait cool until 12:01:04 UTC"),
        ("STOPPED", [START, *STEP, event(9, "ExecutionStopped", Error={})], "after step charge"),
    ],
)  # fmt: skip
def test_a_place_is_the_operation_at_the_end(status: str, events: list[Any], expected: str) -> None:
    """What it waits in, or what failed."""
    found, _ = place(status, *events)
    assert found is not None
    assert expected == found.text(at(0))


def test_an_execution_that_succeeded_has_no_place() -> None:
    """And nothing is read for it."""
    found, account = place("SUCCEEDED", START, *STEP)
    assert found is None
    assert [] == account.calls


def test_no_more_of_a_history_is_read_than_is_needed() -> None:
    """A wait at the end of a long history is found in 25 events."""
    steps = [event(number, "StepSucceeded", f"s{number}", "s", Result={}, **LAST) for number in range(2, 2000)]
    found, account = place("RUNNING", START, *steps, {**WAIT, "EventId": 2001})
    assert found is not None
    assert "cool" == found.label
    assert [25] == [given["MaxItems"] for _, given in account.calls]


def test_a_callback_behind_many_events_is_found() -> None:
    """One branch waits since long, and another one works on."""
    steps = [event(number, "StepSucceeded", f"s{number}", "s", Result={}, **LAST) for number in range(6, 600)]
    found, account = place("RUNNING", START, CALLBACK, *steps)
    assert found is not None
    assert ("approve", "QQ==", at(5), at(5) + timedelta(seconds=600)) == (
        found.label,
        found.callback_id,
        found.since,
        found.until,
    )
    assert [25, 200, 1000] == [given["MaxItems"] for _, given in account.calls]


def test_an_execution_that_is_gone_has_no_place() -> None:
    """It was deleted between the list and its history."""
    account = Account()
    account.add("one", "FAILED", START)
    account.histories.clear()
    summary = Summary.from_api(account.executions[0])
    assert {summary.arn: None} == Places(account.caller()).of_all([summary])
