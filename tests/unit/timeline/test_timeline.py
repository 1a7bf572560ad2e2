"""A timeline: times of running and of suspension, log lines, tracebacks, the document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from durable_mi.operate.execution import Event, Execution
from durable_mi.operate.logs import LogLine
from durable_mi.timeline.document import timeline_document
from durable_mi.timeline.invocation import Invocation, invocations
from durable_mi.timeline.log_entry import LogEntry
from durable_mi.timeline.timeline import Timeline

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:7/durable-execution/name/id"
OPERATION = "c5" * 32
T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return T0 + timedelta(seconds=seconds)


def execution(status: str = "RUNNING", ended: float | None = None, **fields: Any) -> Execution:
    """Return an execution as the API gives it."""
    required = {"DurableExecutionArn": ARN, "DurableExecutionName": "name", "Status": status, "StartTimestamp": T0}
    return Execution.from_api(required | ({} if ended is None else {"EndTimestamp": at(ended)}) | fields)


def ran(request: str, started: float, ended: float | None, environment: str | None = None) -> Invocation:
    """Return an invocation."""
    return Invocation(
        request_id=request, started=at(started), ended=None if ended is None else at(ended), environment=environment
    )


def completed(request: str | None, started: float, ended: float) -> Event:
    """Return the history's event of an invocation; without details if there is no request id."""
    details = {"StartTimestamp": at(started), "EndTimestamp": at(ended), "RequestId": request} if request else {}
    raw = {"EventId": 1, "EventType": "InvocationCompleted", "EventTimestamp": at(ended)}
    return Event.from_api({**raw, "InvocationCompletedDetails": details})


def build(*invoked: Invocation, now: float = 10, of: Execution | None = None, **fields: Any) -> Timeline:
    """Return a timeline."""
    return Timeline.build(of or execution(), fields.pop("events", []), now=at(now), invoked=invoked, **fields)


def test_names_the_function_and_its_version() -> None:
    """As the ARN does."""
    assert ("orders", "7") == (build().function_name, build().version)


def test_tells_running_from_suspended() -> None:
    """What the service takes around the invocations counts as running, what lies between them does not."""
    told = build(ran("a", 0.1, 1), ran("b", 6, 7.9), of=execution("SUCCEEDED", 8))
    assert [(at(0), at(1)), (at(6), at(8))] == list(told.active())
    assert (8, 3, 5) == (told.took_s, told.running_s, told.suspended_s)


def test_an_execution_that_was_stopped_was_suspended_to_its_end() -> None:
    """Nobody ran when it was stopped."""
    told = build(ran("a", 0, 1), of=execution("STOPPED", 5))
    assert (1, 4) == (told.running_s, told.suspended_s)


def test_a_running_execution_is_told_up_to_now() -> None:
    """An invocation under way runs until now; one that suspended leaves the time since then."""
    assert (10, 0) == (build(ran("a", 0, None)).running_s, build(ran("a", 0, None)).suspended_s)
    assert (2, 8) == (build(ran("a", 0, 2)).running_s, build(ran("a", 0, 2)).suspended_s)


def queued(request: str, requested: float, started: float, ended: float | None) -> Invocation:
    """Return an invocation that waited for a worker."""
    return replace(ran(request, started, ended), requested=at(requested))


def test_tells_queued_from_running_and_suspended() -> None:
    """From the start of the execution, and from each later request, until a worker takes the invocation."""
    told = build(queued("a", 0.1, 2, 3), queued("b", 5, 6, 8), of=execution("SUCCEEDED", 9))
    assert [(at(2), at(3)), (at(6), at(9))] == list(told.active())
    assert [(at(0), at(2)), (at(5), at(6))] == list(told.queued())
    assert (9, 4, 3, 2) == (told.took_s, told.running_s, told.queued_s, told.suspended_s)


def test_an_invocation_that_waits_is_queued_up_to_now() -> None:
    """Be it the first one or a later one; not after the end."""
    first = build(waiting=at(0.2))
    assert [(at(0), at(10))] == list(first.queued())
    assert (0, 10, 0) == (first.running_s, first.queued_s, first.suspended_s)
    later = build(queued("a", 0, 0, 1), waiting=at(7))
    assert [(at(7), at(10))] == list(later.queued())
    assert (1, 3, 6) == (later.running_s, later.queued_s, later.suspended_s)
    assert [] == list(build(queued("a", 0, 0, 1), of=execution("STOPPED", 5), waiting=at(4)).queued())


def test_who_waits_while_another_runs_is_not_queued() -> None:
    """The execution has one state at a time."""
    told = build(queued("a", 0, 0, 4), queued("b", 3, 5, 6), of=execution("STOPPED", 6))
    assert [(at(4), at(5))] == list(told.queued())


def test_without_times_of_requests_nothing_is_claimed_of_a_queue() -> None:
    """As on AWS."""
    assert build(ran("a", 1, 2)).queued_s is None


def test_overlapping_invocations_run_once() -> None:
    """Such as one that timed out and its repetition."""
    told = build(ran("a", 0, 5), ran("b", 3, 4), ran("c", 4, 6), of=execution("STOPPED", 6))
    assert [(at(0), at(6))] == list(told.active())


def test_without_invocations_nothing_is_claimed() -> None:
    """Times of running and suspension are unknown, not nought."""
    assert (None, None) == (build().running_s, build().suspended_s)


def test_the_history_tells_of_invocations_and_the_runtime_where_they_ran() -> None:
    """What both tell is one; an event without details tells nothing."""
    events = [completed("b", 6, 7), completed("a", 0, 1), completed(None, 3, 4)]
    found = invocations(events, [ran("a", 0, None, "env-1")])
    assert [("a", at(1), "env-1"), ("b", at(7), None)] == [(i.request_id, i.ended, i.environment) for i in found]


def line(message: str = "hello", **fields: Any) -> LogEntry:
    """Return a log line of Lambda's JSON format."""
    return LogEntry.of(LogLine.parse(json.dumps({"message": message, "level": "INFO", **fields}), timestamp_ms=0))


def test_a_failed_invocation_has_what_the_history_says_of_it() -> None:
    """With the runtime's record of where it ran, or without one."""
    error = {"Payload": {"ErrorType": "Sandbox.Timedout", "ErrorMessage": "Task\ntimed out"}}
    event = completed("a", 0, 1)
    event = replace(event, details={**event.details, "Error": error})
    for known in ([], [replace(ran("a", 0, 1, "env-1"), error="Sandbox.Timedout")]):
        [found] = invocations([event], known)
        assert "Sandbox.Timedout: Task timed out" == found.failure
    assert (None, "Kind") == (ran("a", 0, 1).failure, replace(ran("a", 0, 1), error="Kind").failure)


def test_a_log_line_belongs_to_its_operation_and_invocation() -> None:
    """As it says itself."""
    entry = line(operationId=OPERATION, requestId="r", attempt=2)
    assert (OPERATION, "r", 2) == (entry.operation_id, entry.request_id, entry.attempt)


def test_a_log_line_of_a_child_context_belongs_to_it() -> None:
    """Outside of the context's operations; inside, the operation is told beside it."""
    assert "context" == line(parentId="context").operation_id
    assert OPERATION == line(parentId="context", operationId=OPERATION).operation_id


def test_a_log_line_of_the_sdk_names_its_operation_in_the_text() -> None:
    """The one that has the traceback."""
    entry = line(f"failed step for id: {OPERATION}, name: charge", stackTrace=["frame 1\n", "frame 2\n"])
    assert (OPERATION, ("frame 1", "frame 2")) == (entry.operation_id, entry.stack_trace)


def test_a_line_that_was_printed_belongs_to_the_invocation_that_printed_it() -> None:
    """It says nothing of itself."""
    entry = LogEntry.of(LogLine.parse("[1, 2]", timestamp_ms=0), request_id="r")
    assert ("[1, 2]", None, "r", None) == (entry.message, entry.level, entry.request_id, entry.operation_id)


def steps(*attempts: bool) -> list[Event]:
    """Return the events of a step whose attempts went well or not."""
    events: list[dict[str, Any]] = []
    for number, is_good in enumerate(attempts, 1):
        ending = "StepSucceeded" if is_good else "StepFailed"
        error = {} if is_good else {"Error": {"Payload": {"ErrorType": "E", "ErrorMessage": str(number)}}}
        retry = {"CurrentAttempt": number, "NextAttemptDelaySeconds": 1} if number < len(attempts) else {}
        events += [
            {"EventType": "StepStarted", "EventTimestamp": at(number)},
            {"EventType": ending, "EventTimestamp": at(number), f"{ending}Details": {**error, "RetryDetails": retry}},
        ]
    return [Event.from_api({"EventId": 1, "Id": OPERATION, "Name": "charge", **raw}) for raw in events]


def test_the_log_gives_each_failed_attempt_its_traceback() -> None:
    """The history has none of a step that was tried again."""
    logs = [line(f"failed step for id: {OPERATION}", stackTrace=[f"frame {number}"]) for number in (1, 2)]
    document = timeline_document(build(events=steps(False, False, True), logs=logs))  # noqa: FBT003 - outcomes
    [step] = document["spans"]
    traces = [attempt["error"] and attempt["error"]["trace"] for attempt in step["attempts"]]
    assert [["frame 1"], ["frame 2"], None] == traces
    assert step["error"] is None


def test_the_historys_own_traceback_comes_first() -> None:
    """The log's is only for want of it."""
    [started, failed] = steps(False)  # noqa: FBT003 - an outcome
    own = {"ErrorType": "E", "StackTrace": ["own frame"]}
    failed = replace(failed, details={"Error": {"Payload": own}})
    told = build(events=[started, failed], logs=[line(f"failed step for id: {OPERATION}", stackTrace=["frame 1"])])
    assert ("own frame",) == told.stack_trace(told.spans[0], 0)


def test_the_document_holds_json_alone() -> None:
    """Moments in epoch milliseconds, payloads laid out, the last attempt's error on the step."""
    told = build(ran("a", 0, 1, "env"), of=execution("SUCCEEDED", 2, InputPayload='{"a":1}', Result="[]"))
    document = json.loads(json.dumps(timeline_document(told)))
    assert {"text": '{\n  "a": 1\n}', "cut": 0} == document["input"]
    assert (T0.timestamp() * 1000, 2000, True) == (
        document["start"],
        document["end"] - document["start"],
        document["hasEnded"],
    )
    assert (2000, 0) == (document["running"], document["suspended"])
    assert document["logs"] is None


def test_the_document_cuts_long_payloads_where_it_is_told_to() -> None:
    """And says how much is missing."""
    told = build(of=execution(InputPayload=json.dumps("x" * 50)))
    assert {"text": '"xxx', "cut": 48} == timeline_document(told, max_payload=4)["input"]
    assert 0 == timeline_document(told)["input"]["cut"]
