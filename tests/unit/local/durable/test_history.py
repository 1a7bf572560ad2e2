"""The history of an execution has what AWS's model of it has: one small execution, whole, for each field."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from playing import LIMIT, Functions, Handler, call, play, until_idle

from durable_mi.local.workers.invocation import Outcome
from tests.histories import differences, plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from durable_mi.local.durable.service import DurableService, Reply

History = list[tuple[str, dict[str, Any]]]

STARTED = ("ExecutionStarted", {"Input": {"Payload": "{}"}, "ExecutionTimeout": 600})
SUCCEEDED = ("ExecutionSucceeded", {"Result": {"Payload": "null"}})
ERROR = {"ErrorType": "ValueError", "ErrorMessage": "no"}


def invocation(number: int, **details: Any) -> tuple[str, dict[str, Any]]:
    """Return the event of an invocation."""
    return ("InvocationCompleted", {"RequestId": f"request {number}", **details})


async def read(service: DurableService, arn: str, **query: Any) -> dict[str, Any]:
    """Read a page of a history, which must be of the API's shape."""
    reply = await service.call(
        "GET", f"/2025-12-01/durable-executions/{quote(arn, safe='')}/history", urlencode(query), b""
    )
    page: dict[str, Any] = json.loads(reply.body)
    assert 200 == reply.status, page
    assert [] == differences(page)
    return page


async def whole(service: DurableService, arn: str, **query: Any) -> list[dict[str, Any]]:
    """Read a history whose events are in order and numbered."""
    events: list[dict[str, Any]] = (await read(service, arn, **query))["Events"]
    assert list(range(1, len(events) + 1)) == [event["EventId"] for event in events]
    assert sorted(event["EventTimestamp"] for event in events) == [event["EventTimestamp"] for event in events]
    return events


async def until_later(service: DurableService) -> None:
    """Let the service's clock reach another millisecond, as the way to a process takes at least."""
    before = service.now()
    while service.now() == before:  # noqa: ASYNC110 - a clock sets no event
        await asyncio.sleep(0)


def returns(handler: Handler, payload: str = "null") -> None:
    """End an invocation with the execution's result."""
    handler.ended.set_result(Outcome(json.dumps({"Status": "SUCCEEDED", "Result": payload}).encode()))


def history_of(
    scene: Callable[[Functions], Awaitable[str]], state: Path | None = None, *, skip_time: bool = True
) -> History:
    """Return the history of the execution that a scene plays and names."""

    async def run(functions: Functions) -> History:
        arn = await scene(functions)
        assert await functions.service.wait_for_end(arn, LIMIT) is not None
        return plain(await whole(functions.service, arn))

    return play(run, skip_time=skip_time, state=state)


def test_a_step_says_its_attempts_and_the_delay_before_the_next() -> None:
    """StepFailedDetails.RetryDetails and StepSucceededDetails.RetryDetails; no delay where no attempt follows."""
    step = {"Id": "a", "Name": "charge", "Type": "STEP"}

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        await first.checkpoint({**step, "Action": "START"})
        await first.checkpoint(
            {**step, "Action": "RETRY", "Error": ERROR, "StepOptions": {"NextAttemptDelaySeconds": 7}}
        )
        first.returns()
        second = await functions.next()
        await second.checkpoint({**step, "Action": "START"}, {**step, "Action": "SUCCEED", "Payload": '"paid"'})
        other = {**step, "Id": "b"}
        await second.checkpoint({**other, "Action": "START"}, {**other, "Action": "FAIL", "Error": ERROR})
        returns(second)
        return second.arn

    retry = {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 7}
    assert [
        STARTED,
        ("StepStarted", {}),
        ("StepFailed", {"Error": {"Payload": ERROR}, "RetryDetails": retry}),
        invocation(1),
        ("StepStarted", {}),
        ("StepSucceeded", {"Result": {"Payload": '"paid"'}, "RetryDetails": {"CurrentAttempt": 2}}),
        ("StepStarted", {}),
        ("StepFailed", {"Error": {"Payload": ERROR}, "RetryDetails": {"CurrentAttempt": 1}}),
        invocation(2),
        SUCCEEDED,
    ] == history_of(scene)


def test_a_condition_says_what_it_saw_at_each_look() -> None:
    """StepSucceededDetails.Result of each look, and the delay before the next one."""
    step = {"Id": "a", "Type": "STEP", "SubType": "WaitForCondition"}
    later = {"StepOptions": {"NextAttemptDelaySeconds": 5}}

    async def scene(functions: Functions) -> str:
        for look in (1, 2):
            handler = await (functions.begin() if look == 1 else functions.next())
            await handler.checkpoint(
                {**step, "Action": "START"}, {**step, "Action": "RETRY", "Payload": f'{{"n": {look}}}', **later}
            )
            handler.returns()
        last = await functions.next()
        await last.checkpoint({**step, "Action": "START"}, {**step, "Action": "SUCCEED", "Payload": '{"n": 3}'})
        returns(last)
        return last.arn

    def saw(number: int, **retry: int) -> tuple[str, dict[str, Any]]:
        result = {"Payload": f'{{"n": {number}}}'}
        return ("StepSucceeded", {"Result": result, "RetryDetails": {"CurrentAttempt": number, **retry}})

    assert [
        STARTED,
        ("StepStarted", {}),
        saw(1, NextAttemptDelaySeconds=5),
        invocation(1),
        ("StepStarted", {}),
        saw(2, NextAttemptDelaySeconds=5),
        invocation(2),
        ("StepStarted", {}),
        saw(3),
        invocation(3),
        SUCCEEDED,
    ] == history_of(scene)


def test_contexts_and_waits_say_how_they_ended() -> None:
    """A context's result and error, a wait's duration, and why a wait was cancelled."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        ends: dict[str, dict[str, Any]] = {
            "good": {"Action": "SUCCEED", "Payload": "1"},
            "bad": {"Action": "FAIL", "Error": ERROR},
        }
        for name, end in ends.items():
            context = {"Id": name, "Type": "CONTEXT", "SubType": "Map"}
            await first.checkpoint({**context, "Action": "START"}, {**context, **end})
        wait = {"Id": "long", "Type": "WAIT"}
        await first.checkpoint({**wait, "Action": "START", "WaitOptions": {"WaitSeconds": 500}})
        await first.checkpoint({**wait, "Action": "CANCEL", "Error": ERROR})
        await first.checkpoint({"Id": "short", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 1}})
        first.returns()
        returns(await functions.next())
        return first.arn

    assert [
        STARTED,
        ("ContextStarted", {}),
        ("ContextSucceeded", {"Result": {"Payload": "1"}}),
        ("ContextStarted", {}),
        ("ContextFailed", {"Error": {"Payload": ERROR}}),
        ("WaitStarted", {"Duration": 500}),
        ("WaitCancelled", {"Error": {"Payload": ERROR}}),
        ("WaitStarted", {"Duration": 1}),
        invocation(1),
        ("WaitSucceeded", {"Duration": 1}),
        invocation(2),
        SUCCEEDED,
    ] == history_of(scene, skip_time=False)


def test_a_callback_says_its_timeouts() -> None:
    """CallbackStartedDetails.Timeout and HeartbeatTimeout where they are set; why it failed, with the data."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        for name, options in {
            "both": {"TimeoutSeconds": 3600, "HeartbeatTimeoutSeconds": 60},
            "neither": {"TimeoutSeconds": 0, "HeartbeatTimeoutSeconds": 0},
            "late": {"TimeoutSeconds": 1},
        }.items():
            await first.checkpoint({"Id": name, "Type": "CALLBACK", "Action": "START", "CallbackOptions": options})
        first.returns()
        ids = {name: each.get("CallbackDetails", {}).get("CallbackId") for name, each in first.operations.items()}
        second = await functions.next()
        succeed = f"durable-execution-callbacks/{quote(ids['both'], safe='')}/succeed"
        await call(functions.service, "POST", succeed, b'"yes"')
        fail = f"durable-execution-callbacks/{quote(ids['neither'], safe='')}/fail"
        await call(functions.service, "POST", fail, json.dumps(ERROR).encode())
        returns(second)
        return second.arn

    history = [
        (kind, {**details, "CallbackId": "id"} if "CallbackId" in details else details)
        for kind, details in history_of(scene)
    ]
    late = {"ErrorType": "Callback.Timeout", "ErrorMessage": "Callback timed out"}
    assert [
        STARTED,
        ("CallbackStarted", {"CallbackId": "id", "Timeout": 3600, "HeartbeatTimeout": 60}),
        ("CallbackStarted", {"CallbackId": "id"}),
        ("CallbackStarted", {"CallbackId": "id", "Timeout": 1}),
        invocation(1),
        ("CallbackTimedOut", {"Error": {"Payload": late}}),
        ("CallbackSucceeded", {"Result": {"Payload": '"yes"'}}),
        ("CallbackFailed", {"Error": {"Payload": ERROR}}),
        invocation(2),
        SUCCEEDED,
    ] == history


def test_a_chained_invoke_says_which_version_runs_for_which_tenant() -> None:
    """ChainedInvokeStartedDetails.ExecutedVersion and TenantId, for a plain target; none for one that is not here."""
    invoke = {"Type": "CHAINED_INVOKE", "Action": "START", "Payload": '{"n": 1}'}

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        options = {"FunctionName": "plain:live", "TenantId": "blue"}
        await first.checkpoint({**invoke, "Id": "a", "ChainedInvokeOptions": options})
        first.returns()
        await until_idle(functions.service, first.arn)
        await until_later(functions.service)
        functions.plain.set_result(Outcome(b'"done"'))
        second = await functions.next()
        functions.missing.add("nobody")
        await second.checkpoint({**invoke, "Id": "b", "ChainedInvokeOptions": {"FunctionName": "nobody:1"}})
        returns(second)
        return second.arn

    started = {"FunctionName": "plain:live", "TenantId": "blue", "ExecutedVersion": "1"}
    missing = {"ErrorType": "ResourceNotFoundException", "ErrorMessage": "function not found: nobody"}
    assert [
        STARTED,
        ("ChainedInvokeStarted", {**started, "Input": {"Payload": '{"n": 1}'}}),
        invocation(1),
        ("ChainedInvokeSucceeded", {"Result": {"Payload": '"done"'}}),
        ("ChainedInvokeStarted", {"FunctionName": "nobody:1"}),
        ("ChainedInvokeFailed", {"Error": {"Payload": missing}}),
        invocation(2),
        SUCCEEDED,
    ] == history_of(scene)


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (
            Outcome.failure("Runtime.ExitError", "RequestId: r Error: Runtime exited", "r"),
            {"ErrorType": "Runtime.ExitError", "ErrorMessage": "RequestId: r Error: Runtime exited"},
        ),
        (
            Outcome.failure("Sandbox.Timedout", "r Task timed out after 3.00 seconds", "r"),
            {"ErrorType": "Sandbox.Timedout", "ErrorMessage": "r Task timed out after 3.00 seconds"},
        ),
        (
            Outcome(b'{"errorType": "KeyError", "errorMessage": "x", "stackTrace": ["here"]}', error="KeyError"),
            {"ErrorType": "KeyError", "ErrorMessage": "x", "StackTrace": "a stack trace"},
        ),
        (Outcome(b"gone", error="Unhandled"), {"ErrorType": "Unhandled", "ErrorMessage": "gone"}),
    ],
    ids=["lost", "timed out", "raised", "no object"],
)
def test_a_failed_invocation_says_why(monkeypatch: pytest.MonkeyPatch, outcome: Outcome, error: dict[str, Any]) -> None:
    """InvocationCompletedDetails.Error in Lambda's words, each time, and the execution fails with the last one."""
    monkeypatch.setattr("aws_durable_execution_sdk_python_testing.executor.Executor.RETRY_BACKOFF_SECONDS", 0)

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        first.ended.set_result(outcome)
        for _ in range(4):
            (await functions.next()).ended.set_result(outcome)
        return first.arn

    failed = {"Error": {"Payload": error}}
    assert [
        STARTED,
        *(invocation(number, **failed) for number in range(1, 6)),
        ("ExecutionFailed", failed),
    ] == history_of(scene)


def test_an_invocation_that_fails_after_its_execution_was_stopped_is_in_the_history() -> None:
    """And changes nothing: the execution stays stopped."""

    async def scene(functions: Functions) -> History:
        service = functions.service
        first = await functions.begin()
        await call(service, "POST", f"durable-executions/{quote(first.arn, safe='')}/stop", json.dumps(ERROR).encode())
        await until_later(service)
        first.crashes()
        async with asyncio.timeout(LIMIT):
            while len(events := await whole(service, first.arn)) < 3:  # noqa: ASYNC110 - the service's threads set none
                await asyncio.sleep(0.005)
        return plain(events)

    lost = {"ErrorType": "Runtime.ExitError", "ErrorMessage": "killed"}
    assert [
        STARTED,
        ("ExecutionStopped", {"Error": {"Payload": ERROR}}),
        invocation(1, Error={"Payload": lost}),
    ] == play(scene)


def test_a_pause_and_its_end_are_in_the_history() -> None:
    """With the reasons; it begins when the invocation that ran has ended, and stops the execution's timeout."""

    async def scene(functions: Functions) -> str:
        service = functions.service
        first = await functions.begin()
        due = service.details(first.arn)["ExpectedExecutionTimeoutTimestamp"]
        await first.checkpoint({"Id": "a", "Type": "STEP", "Action": "START"})
        await service.pause(first.arn, "an incident", stops_timeout=True)
        assert "ExecutionPaused" not in [event["EventType"] for event in await whole(service, first.arn)]
        await first.checkpoint({"Id": "a", "Type": "STEP", "Action": "SUCCEED"})
        first.returns()
        await until_idle(service, first.arn)
        details = service.details(first.arn)
        assert 366 * 86_400 == details["ExpectedExecutionTimeoutTimestamp"] - details["StartTimestamp"]
        assert ("PAUSED", "an incident") == (details["Status"], details["PauseDetails"]["Reason"])
        await until_later(service)
        await service.resume(first.arn, "it is over")
        details = service.details(first.arn)
        assert "PauseDetails" not in details
        assert due + 1 == details["ExpectedExecutionTimeoutTimestamp"]
        second = await functions.next()
        await until_later(service)
        returns(second)
        return first.arn

    assert [
        STARTED,
        ("StepStarted", {}),
        ("StepSucceeded", {"Result": {}, "RetryDetails": {"CurrentAttempt": 1}}),
        invocation(1),
        ("ExecutionPaused", {"ExecutionTimeoutPaused": True, "Reason": {"Payload": "an incident"}}),
        ("ExecutionResumed", {"Reason": {"Payload": "it is over"}}),
        invocation(2),
        SUCCEEDED,
    ] == history_of(scene)


def test_a_pause_that_is_cancelled_by_its_end_leaves_no_event() -> None:
    """ResumeDurableExecution cancels a pause for which an invocation still runs."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        await functions.service.pause(first.arn, None, stops_timeout=False)
        await functions.service.resume(first.arn, None)
        returns(first)
        return first.arn

    assert [STARTED, invocation(1), SUCCEEDED] == history_of(scene)


def test_a_restart_changes_no_history(tmp_path: Path) -> None:
    """What the emulator does not keep is in the state file, and no moment changes, in any digit."""
    step = {"Id": "a", "Type": "STEP"}
    invoke = {"Id": "b", "Type": "CHAINED_INVOKE", "Action": "START", "ChainedInvokeOptions": {"FunctionName": "plain"}}

    async def until_killed(functions: Functions) -> tuple[str, list[dict[str, Any]]]:
        first = await functions.begin()
        await first.checkpoint({**step, "Action": "START"}, {**step, "Action": "SUCCEED", "Payload": "1"})
        await first.checkpoint({"Id": "c", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 500}})
        await first.checkpoint(invoke)
        functions.plain.set_result(Outcome(b"2"))
        first.returns()
        second = await functions.next()
        second.crashes()
        await until_idle(functions.service, second.arn)
        await functions.service.pause(first.arn, "a break", stops_timeout=True)
        return first.arn, await whole(functions.service, first.arn)

    async def after_it(functions: Functions) -> list[dict[str, Any]]:
        return await whole(functions.service, arn)

    arn, before = play(until_killed, state=tmp_path / "state.db")
    assert before == play(after_it, state=tmp_path / "state.db")
    assert {"InvocationCompleted", "ExecutionPaused"} <= {event["EventType"] for event in before}


def test_data_is_left_out_on_request_and_says_so() -> None:
    """IncludeExecutionData=false; the default is to include it."""
    step = {"Id": "a", "Type": "STEP"}

    async def scene(functions: Functions) -> History:
        first = await functions.begin()
        await first.checkpoint({**step, "Action": "START"}, {**step, "Action": "FAIL", "Error": ERROR})
        first.ended.set_result(Outcome(json.dumps({"Status": "FAILED", "Error": ERROR}).encode()))
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None
        included = await whole(functions.service, first.arn, IncludeExecutionData="true")
        assert included == await whole(functions.service, first.arn)
        return plain(await whole(functions.service, first.arn, IncludeExecutionData="false"))

    without = {"Truncated": True}
    assert [
        ("ExecutionStarted", {"Input": without, "ExecutionTimeout": 600}),
        ("StepStarted", {}),
        ("StepFailed", {"Error": without, "RetryDetails": {"CurrentAttempt": 1}}),
        invocation(1),
        ("ExecutionFailed", {"Error": without}),
    ] == play(scene)


@pytest.mark.parametrize("newest_first", ["false", "true"])
def test_a_history_has_pages(newest_first: str) -> None:
    """Of MaxItems events each, in both directions, and 0 is the default of 100."""

    async def scene(functions: Functions) -> None:
        service = functions.service
        first = await functions.begin()
        for number in range(60):
            step = {"Id": f"step-{number}", "Type": "STEP"}
            await first.checkpoint({**step, "Action": "START"}, {**step, "Action": "SUCCEED"})
        events = await whole(service, first.arn, MaxItems=1000)
        assert 121 == len(events)
        wanted = events[::-1] if newest_first == "true" else events
        page = await read(service, first.arn, ReverseOrder=newest_first, MaxItems=0)
        assert wanted[:100] == page["Events"]
        rest = await read(service, first.arn, ReverseOrder=newest_first, MaxItems=21, Marker=page["NextMarker"])
        assert wanted[100:] == rest["Events"]
        assert "NextMarker" not in rest

    play(scene)


@pytest.mark.parametrize("query", ["MaxItems=1001", "MaxItems=-1", "Marker=yesterday", "Marker=0"])
def test_rejects_a_page_that_cannot_be(query: str) -> None:
    """InvalidParameterValueException, as on AWS."""

    async def scene(functions: Functions) -> Reply:
        first = await functions.begin()
        path = f"/2025-12-01/durable-executions/{quote(first.arn, safe='')}/history"
        return await functions.service.call("GET", path, query, b"")

    reply = play(scene)
    assert (400, "InvalidParameterValueException") == (reply.status, reply.error)
