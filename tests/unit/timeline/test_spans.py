"""Operations as spans, told from a history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from durable_mi.operate.execution import Event
from durable_mi.timeline.span import spans

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return T0 + timedelta(seconds=seconds)


def event(
    event_type: str, seconds: float, operation: str | None = "op", *, details: Any = None, **fields: Any
) -> Event:
    """Return an event as the API gives it."""
    raw = {"EventId": 1, "EventType": event_type, "EventTimestamp": at(seconds), "Id": operation, **fields}
    return Event.from_api({**raw, f"{event_type}Details": details or {}})


def failure(attempt: int, delay: int | None) -> dict[str, Any]:
    """Return the details of a failed attempt."""
    error = {"Payload": {"ErrorType": "IOError", "ErrorMessage": f"attempt {attempt}"}}
    retry = {"CurrentAttempt": attempt} | ({} if delay is None else {"NextAttemptDelaySeconds": delay})
    return {"Error": error, "RetryDetails": retry}


def test_a_step_that_succeeded() -> None:
    """From its start to its end, with its result."""
    [step] = spans(
        [
            event("StepStarted", 1, Name="charge", SubType="Step"),
            event("StepSucceeded", 3, Name="charge", details={"Result": {"Payload": '"paid"'}}),
        ]
    )
    assert ("op", "Step", "Step", "charge", "SUCCEEDED") == (step.id, step.kind, step.sub_type, step.label, step.status)
    assert (at(1), at(3), '"paid"') == (step.started, step.ended, step.result)
    assert [(1, at(1), at(3), "SUCCEEDED")] == [(a.number, a.started, a.ended, a.status) for a in step.attempts]


def test_a_step_between_two_attempts_waits_for_the_next() -> None:
    """It has not ended, and says when it goes on."""
    [step] = spans([event("StepStarted", 0), event("StepFailed", 1, details=failure(1, 5))])
    assert ("PENDING", None, at(6)) == (step.status, step.ended, step.due)
    assert [("FAILED", 5)] == [(attempt.status, attempt.retry_delay_s) for attempt in step.attempts]
    assert "IOError: attempt 1" == str(step.attempts[0].error)


def test_a_step_that_succeeded_at_last_carries_no_error() -> None:
    """The error belongs to the attempt."""
    [step] = spans(
        [
            event("StepStarted", 0),
            event("StepFailed", 1, details=failure(1, 5)),
            event("StepStarted", 6),
            event("StepSucceeded", 7, details={"RetryDetails": {"CurrentAttempt": 2}}),
        ]
    )
    assert ("SUCCEEDED", at(7), None, None) == (step.status, step.ended, step.due, step.error)
    assert [1, 2] == [attempt.number for attempt in step.attempts]


@pytest.mark.parametrize("delay", [None, 0])
def test_a_step_that_failed_for_good(delay: int | None) -> None:
    """No delay, or one of nothing, means that there is no further attempt."""
    [step] = spans([event("StepStarted", 0), event("StepFailed", 1, details=failure(1, delay))])
    assert ("FAILED", at(1), None) == (step.status, step.ended, step.due)
    assert "IOError: attempt 1" == str(step.error)


def test_a_condition_that_is_polled_again() -> None:
    """A wait for a condition ends an attempt well and still goes on."""
    [step] = spans(
        [
            event("StepStarted", 0, SubType="WaitForCondition"),
            event("StepSucceeded", 0, details={"RetryDetails": {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 2}}),
        ]
    )
    assert ("PENDING", at(2)) == (step.status, step.due)


def test_a_wait_says_when_it_ends() -> None:
    """As long as it has not."""
    started = event("WaitStarted", 0, details={"Duration": 5, "ScheduledEndTimestamp": at(5)})
    assert (at(5), None) == (spans([started])[0].due, spans([started])[0].ended)
    [over] = spans([started, event("WaitSucceeded", 5)])
    assert (None, at(5), "SUCCEEDED") == (over.due, over.ended, over.status)


def test_a_condition_keeps_what_it_saw_at_each_poll() -> None:
    """The state of each attempt, and the last one as the result."""

    def looked(seconds: float, state: str, **retry: int) -> list[Event]:
        details = {"Result": {"Payload": state}, "RetryDetails": retry}
        return [event("StepStarted", seconds), event("StepSucceeded", seconds, details=details)]

    first = looked(0, "1", CurrentAttempt=1, NextAttemptDelaySeconds=2)
    [step] = spans([*first, *looked(2, "2", CurrentAttempt=2)])
    assert [(1, "1"), (2, "2")] == [(attempt.number, attempt.result) for attempt in step.attempts]
    assert ("SUCCEEDED", "2") == (step.status, step.result)


def test_a_callback_says_until_when_it_waits() -> None:
    """Its deadline from its start, and its heartbeat; the axis does not reach as far."""
    details = {"CallbackId": "abc", "Timeout": 3600, "HeartbeatTimeout": 60}
    [callback] = spans([event("CallbackStarted", 1, details=details)])
    assert (at(3601), 60, None) == (callback.deadline, callback.heartbeat_s, callback.due)


def test_a_callback_keeps_its_id() -> None:
    """Which completes it, also after its end."""
    [callback] = spans(
        [
            event("CallbackStarted", 0, details={"CallbackId": "abc"}),
            event("CallbackTimedOut", 9, details=failure(1, None)),
        ]
    )
    assert ("abc", "TIMED_OUT", "IOError: attempt 1") == (callback.callback_id, callback.status, str(callback.error))


def test_a_chained_invoke_names_its_function_and_execution() -> None:
    """With what it was given and what it gave."""
    target = {"FunctionName": "child:live", "ExecutedVersion": "3", "TenantId": "blue"}
    details = {**target, "DurableExecutionArn": "arn:child", "Input": {"Payload": "1"}}
    [invoke] = spans(
        [
            event("ChainedInvokeStarted", 0, details=details),
            event("ChainedInvokeSucceeded", 2, details={"Result": {"Payload": "2"}}),
        ]
    )
    assert ("ChainedInvoke", "child:live", "arn:child") == (invoke.kind, invoke.function_name, invoke.child_arn)
    assert ("3", "blue") == (invoke.executed_version, invoke.tenant_id)
    assert ("1", "2") == (invoke.input, invoke.result)


def test_contexts_hold_what_ran_in_them() -> None:
    """Interleaved branches are told one after the other."""
    told = spans(
        [
            event("ContextStarted", 0, "map"),
            event("ContextStarted", 0, "a", ParentId="map"),
            event("ContextStarted", 0, "b", ParentId="map"),
            event("StepStarted", 1, "b1", ParentId="b"),
            event("StepStarted", 2, "a1", ParentId="a"),
            event("StepStarted", 3, "after"),
        ]
    )
    assert [("map", 0), ("a", 1), ("a1", 2), ("b", 1), ("b1", 2), ("after", 0)] == [(s.id, s.depth) for s in told]


def test_an_unknown_parent_hides_nothing() -> None:
    """Nor does an operation that names itself."""
    told = spans([event("StepStarted", 0, "x", ParentId="gone"), event("StepStarted", 0, "y", ParentId="y")])
    assert [("x", 0), ("y", 0)] == [(span.id, span.depth) for span in told]


def test_passes_over_the_execution_and_its_invocations() -> None:
    """And over kinds of events that come with a later API."""
    kinds = ["ExecutionStarted", "InvocationCompleted", "ExecutionPaused", "SomethingStarted", "StepTeleported"]
    assert [] == spans(event(kind, 0) for kind in kinds)


def test_an_end_without_a_start_is_told() -> None:
    """A history that was cut off at its beginning."""
    [step] = spans([event("StepFailed", 4, details=failure(3, None))])
    assert (at(4), at(4), 3) == (step.started, step.ended, step.attempts[0].number)


def test_a_long_history_is_told_fast() -> None:
    """As deep as contexts may go, without a limit of the interpreter."""
    events = [event("ContextStarted", 0, str(n), ParentId=str(n - 1)) for n in range(3000)]
    assert 2999 == spans(events)[-1].depth
