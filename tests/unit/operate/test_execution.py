"""Executions, events and what is told from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from durable_mi.operate.document import execution_document, started_document
from durable_mi.operate.durations import Durations
from durable_mi.operate.execution import Event, Execution, ExecutionError
from durable_mi.operate.formatting import clean, compact, duration, moment, pretty
from durable_mi.operate.logs import LogLine

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:1/durable-execution/name/id"
T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(number: int, event_type: str, seconds: float, *, operation: str | None = "op", **details: object) -> Event:
    """Return an event as the API gives it."""
    raw: dict[str, Any] = {
        "EventId": number,
        "EventType": event_type,
        "EventTimestamp": T0 + timedelta(seconds=seconds),
        "Name": "charge",
        f"{event_type}Details": details,
    }
    return Event.from_api(raw | ({"Id": operation} if operation else {}))


def execution(**fields: object) -> Execution:
    """Return an execution as the API gives it."""
    required = {"DurableExecutionArn": ARN, "DurableExecutionName": "name", "Status": "RUNNING", "StartTimestamp": T0}
    return Execution.from_api(required | fields)


def test_reads_a_failed_execution() -> None:
    """Status, times and error."""
    failed = execution(
        Status="FAILED",
        EndTimestamp=T0 + timedelta(seconds=2.5),
        Error={"ErrorType": "ValueError", "ErrorMessage": "no orderId", "StackTrace": ["line 1"]},
    )

    assert failed.has_ended
    assert not failed.has_succeeded
    assert 2.5 == failed.took_s
    assert failed.error == ExecutionError(type="ValueError", message="no orderId", stack_trace=("line 1",))
    assert "ValueError: no orderId" == str(failed.error)


def test_reads_a_running_execution() -> None:
    """What is not there yet is None."""
    running = execution()

    assert not running.has_ended
    assert [None] * 5 == [running.ended, running.took_s, running.input, running.result, running.error]


def test_an_error_without_words_says_so() -> None:
    """The service may give an error without type and message."""
    assert "no error details" == str(ExecutionError(data="x"))


def test_tells_time_and_attempts() -> None:
    """Durations count from the attempt, attempts from one."""
    watch = Durations()
    seen = [
        watch.see(event(1, "ExecutionStarted", 0, operation="execution")),
        watch.see(event(2, "StepStarted", 1)),
        watch.see(event(3, "StepFailed", 2.5, RetryDetails={"CurrentAttempt": 1, "NextAttemptDelaySeconds": 1})),
        watch.see(event(4, "StepStarted", 4)),
        watch.see(event(5, "StepSucceeded", 4.25)),
        watch.see(event(6, "ExecutionSucceeded", 5, operation="execution")),
    ]

    assert [(0, None, None), (1, None, 1), (2.5, 1.5, 1), (4, None, 2), (4.25, 0.25, 2), (5, 5, None)] == seen


def test_tells_how_long_an_invocation_took() -> None:
    """The event of an invocation carries both its times."""
    times = {"StartTimestamp": T0, "EndTimestamp": T0 + timedelta(seconds=3)}

    assert (0, 3, None) == Durations().see(event(1, "InvocationCompleted", 3, operation=None, **times))
    assert (0, None, None) == Durations().see(event(1, "InvocationCompleted", 3, operation=None))


def test_tells_nothing_of_an_operation_whose_start_was_not_seen() -> None:
    """A duration that is not known is not made up."""
    assert (0, None, None) == Durations().see(event(9, "WaitSucceeded", 3))


def test_reads_what_an_event_carries() -> None:
    """Result, error, attempt and the pause before the next one."""
    succeeded = event(1, "StepSucceeded", 0, Result={"Payload": '"paid"'})
    failed = event(
        2,
        "StepFailed",
        0,
        Error={"Payload": {"ErrorType": "E", "ErrorMessage": "m"}},
        RetryDetails={"CurrentAttempt": 2, "NextAttemptDelaySeconds": 4},
    )

    assert ('"paid"', None, None) == (succeeded.payload, succeeded.error, succeeded.retry_delay_s)
    assert (None, "E: m", 2, 4) == (failed.payload, str(failed.error), failed.attempt, failed.retry_delay_s)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ('{"orderId":"o-1","n":[1,2]}', '{"orderId": "o-1", "n": [1, 2]}'),
        ('{"t":"m","v":{"id":{"t":"s","v":"o-1"},"l":{"t":"l","v":[{"t":"i","v":1}]}}}', '{"id": "o-1", "l": [1]}'),
        ('{"t":"dt","v":"2026-11-23T12:00:00"}', '"2026-11-23T12:00:00"'),
        ('{"t":"other","v":1}', '{"t": "other", "v": 1}'),
        ('{"t":["m"],"v":1}', '{"t": ["m"], "v": 1}'),
        ("not\nJSON", "not JSON"),
        ('"caf\u00e9"', '"caf\u00e9"'),
        ('"\\u001b[2J"', '"\\u001b[2J"'),
        ("\x1b[2J", "\\x1b[2J"),
    ],
)
def test_shows_a_payload_on_one_line(payload: str, expected: str) -> None:
    """The SDK's envelope is taken off, and nothing in a payload drives the terminal."""
    assert expected == compact(payload)


def test_shows_a_payload_on_several_lines() -> None:
    """JSON is indented; what is none stays as it is."""
    assert '{\n  "a": 1\n}' == pretty('{"a":1}')
    assert "plain" == pretty("plain")


def test_spells_out_control_characters() -> None:
    """Line breaks and tabs stay."""
    assert "a\tb\n\\x07\\x9b" == clean("a\tb\n\x07\x9b")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 ms"),
        (0.0124, "12 ms"),
        (0.9999, "1.00 s"),
        (5.004, "5.00 s"),
        (5, "5 s"),
        (59.999, "1 min"),
        (60, "1 min"),
        (65, "1 min 5 s"),
        (3600, "1 h"),
        (3725, "1 h 2 min"),
        (86_400 * 3 + 60, "3 d"),
        (31_622_400, "366 d"),
    ],
)
def test_shows_a_duration(seconds: float, expected: str) -> None:
    """Two units at most."""
    assert expected == duration(seconds)


def test_shows_a_moment_in_utc() -> None:
    """Whatever the zone of the value is."""
    local = datetime(2026, 11, 23, 13, 0, 0, 5000, tzinfo=timezone(timedelta(hours=1)))

    assert "12:00:00.005" == moment(local)
    assert "2026-11-23 12:00:00.005" == moment(local, with_date=True)


def test_gives_a_document_with_the_names_of_the_api() -> None:
    """Input and result are values, times ISO 8601 in UTC."""
    ended = execution(
        Status="SUCCEEDED",
        EndTimestamp=T0 + timedelta(seconds=1),
        InputPayload='{"orderId":"o-1"}',
        Result='"paid"',
    )
    line = LogLine.parse("hello", timestamp_ms=1_000)
    document = json.loads(execution_document(ended, [event(1, "WaitStarted", 0, Duration=5)], [line]))

    assert document == {
        "DurableExecutionArn": ARN,
        "DurableExecutionName": "name",
        "Status": "SUCCEEDED",
        "StartTimestamp": "2026-11-23T12:00:00+00:00",
        "EndTimestamp": "2026-11-23T12:00:01+00:00",
        "Input": {"orderId": "o-1"},
        "Result": "paid",
        "Error": None,
        "Events": [
            {
                "EventId": 1,
                "EventType": "WaitStarted",
                "EventTimestamp": "2026-11-23T12:00:00+00:00",
                "Id": "op",
                "Name": "charge",
                "WaitStartedDetails": {"Duration": 5},
            }
        ],
        "Logs": [{"Timestamp": "1970-01-01T00:00:01+00:00", "Message": "hello"}],
    }


def test_gives_the_error_of_a_failed_execution() -> None:
    """And null for logs that could not be read."""
    failed = execution(Status="FAILED", Error={"ErrorType": "E", "ErrorMessage": "m"})
    document = json.loads(execution_document(failed, [], None))

    assert {"ErrorType": "E", "ErrorMessage": "m", "ErrorData": None, "StackTrace": []} == document["Error"]
    assert document["Logs"] is None


def test_gives_what_is_known_of_a_started_execution() -> None:
    """Its ARN and its name."""
    assert {"DurableExecutionArn": ARN, "DurableExecutionName": "name"} == json.loads(started_document(ARN, "name"))
