"""Histories in files, and what cannot be replayed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, InvocationError, durable_execution

from durable_mi.testing.replay import (
    HandlerError,
    HistoryError,
    RecordedHistory,
    Verdict,
    assert_replays,
    read_histories,
    replay_history,
)

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/order-7/id-1"
STARTED = {
    "EventId": 1,
    "EventType": "ExecutionStarted",
    "Id": "id-1",
    "ExecutionStartedDetails": {"Input": {"Payload": "{}", "Truncated": False}},
}
ENDED = {
    "EventId": 2,
    "EventType": "ExecutionSucceeded",
    "ExecutionSucceededDetails": {"Result": {"Payload": "1", "Truncated": False}},
}


@durable_execution
def handler(_event: Any, _context: DurableContext) -> int:
    return 1


def history(*events: Any, **keys: Any) -> Any:
    """Return a document."""
    return {"DurableExecutionArn": ARN, "Events": list(events), **keys}


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With the execution's name, and its status by its last event."""
    written = RecordedHistory.parse(history(STARTED, ENDED), "file")
    (tmp_path / "a.json").write_text(json.dumps(written.document()))
    (found,) = read_histories(tmp_path)
    assert ("order-7", "SUCCEEDED", written.document()) == (found.name, found.status, found.document())
    assert_replays(tmp_path, handler)


def test_the_aws_cli_writes_histories_too(tmp_path: Path) -> None:
    """Its answer names no execution, so the file does, and the newest event may come first."""
    file = tmp_path / "history.json"
    file.write_text(json.dumps({"Events": [ENDED, STARTED]}))
    (found,) = assert_replays(file, handler)
    assert str(file) == found.history


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[]", "must be a history with a list of Events"),
        ('{"Events": {}}', "must be a history with a list of Events"),
        ('{"Events": [1]}', "must be a history with a list of Events"),
        ('{"Events": [{"EventType": "StepStarted", "EventId": "1"}]}', "must be a history with a list of Events"),
        ('{"Events": []}', "must begin with the event ExecutionStarted"),
        (json.dumps(history(ENDED)), "must begin with the event ExecutionStarted"),
        (json.dumps(history(STARTED, DurableExecutionArn=1)), "must have a text as its DurableExecutionArn"),
    ],
)
def test_rejects_what_is_no_history(tmp_path: Path, text: str, message: str) -> None:
    """In one line that names the file."""
    file = tmp_path / "a.json"
    file.write_text(text)
    with pytest.raises(HistoryError, match=message) as failed:
        read_histories(file)
    assert str(file) in str(failed.value)
    assert 1 == len(str(failed.value).splitlines())


def test_rejects_a_place_without_histories(tmp_path: Path) -> None:
    """No test passes because it has nothing to do."""
    with pytest.raises(HistoryError, match="got none"):
        assert_replays(tmp_path, handler)
    with pytest.raises(HistoryError, match="must be a file that can be read"):
        assert_replays(tmp_path / "missing.json", handler)
    with pytest.raises(HistoryError, match="got none"):
        assert_replays([], handler)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([{**STARTED, "ExecutionStartedDetails": {"Input": {"Truncated": True}}}], "--with-payloads"),
        ([{**STARTED, "ExecutionStartedDetails": {}}], "--with-payloads"),
        ([{**STARTED, "ExecutionStartedDetails": {"Input": {"Payload": "{", "Truncated": True}}}], "the input cut off"),
        (
            [
                STARTED,
                {
                    "EventId": 2,
                    "EventType": "StepSucceeded",
                    "Id": "s",
                    "Name": "charge",
                    "StepSucceededDetails": {"Result": {"Payload": "x", "Truncated": True}},
                },
            ],
            "the result of charge cut off",
        ),
        (
            [STARTED, {"EventId": 2, "EventType": "StepSucceeded", "Id": "s", "StepSucceededDetails": {"Result": "x"}}],
            "as GetDurableExecutionHistory returns them",
        ),
        ([STARTED, {"EventId": 2, "EventType": "StepStarted"}], "the Id of each operation"),
    ],
)
def test_rejects_what_is_not_whole(events: list[Any], why: str) -> None:
    """Nothing is said about the code: what is not known does not pass."""
    found = replay_history(RecordedHistory.parse(history(*events), "a"), handler)
    assert Verdict.UNKNOWN == found.finding.verdict
    assert not found.replays
    assert why in str(found)
    with pytest.raises(AssertionError, match="cannot be replayed"):
        assert_replays([history(*events)], handler)


def test_rejects_a_handler_without_the_decorator() -> None:
    """Its result is not what the SDK returns."""
    with pytest.raises(HandlerError, match="decorated with @durable_execution, got one that returns int"):
        assert_replays([history(STARTED)], lambda _event, _context: 1)
    with pytest.raises(HandlerError, match="decorated with @durable_execution, got one that raises TypeError"):
        assert_replays([history(STARTED)], lambda event, _context: event["orderId"])


def test_an_error_that_lambda_retries_is_a_difference() -> None:
    """The SDK raises it out of the handler."""

    @durable_execution
    def retried(_event: Any, _context: DurableContext) -> None:
        msg = "later"
        raise InvocationError(msg)

    (found,) = [replay_history(RecordedHistory.parse(history(STARTED, ENDED), "a"), retried)]
    assert "the invocation fails with InvocationError: later" == found.finding.came
