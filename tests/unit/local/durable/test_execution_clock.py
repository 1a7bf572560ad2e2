"""With skipped time each execution has a time of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playing import LIMIT, Functions, play

from durable_mi.local.app.functions import DurableConfig
from durable_mi.local.durable.execution_clock import ExecutionClock, within

if TYPE_CHECKING:
    from playing import Handler

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WAIT = {"Id": "wait", "Type": "WAIT", "Action": "START", "Name": "wait", "WaitOptions": {"WaitSeconds": 86_400}}
STEP = {"Id": "step", "Type": "STEP", "Name": "step"}
INVOKE = {
    "Id": "call",
    "Type": "CHAINED_INVOKE",
    "Action": "START",
    "Name": "call",
    "Payload": "{}",
    "ChainedInvokeOptions": {"FunctionName": "child:1"},
}


@pytest.fixture
def clock() -> ExecutionClock:
    """Return a clock on a machine where it is noon."""
    return ExecutionClock(lambda: NOON)


def time_of(clock: ExecutionClock, execution: str | None) -> datetime:
    """Return the time of an execution."""
    with within(execution):
        return clock.now()


def skip(clock: ExecutionClock, execution: str | None, until: datetime) -> float:
    """Wait until a time in an execution."""
    with within(execution):
        return clock.arm(until)


def test_what_one_execution_skips_is_no_time_of_another(clock: ExecutionClock) -> None:
    """Nor of the machine, for which a timer that is no execution's has its real delay."""
    assert 0 == skip(clock, "a", NOON + DAY)
    assert 0 == skip(clock, "a", NOON)
    assert 0 == skip(clock, "b", NOON + timedelta(hours=1))
    assert 60 == skip(clock, None, NOON + timedelta(minutes=1))
    times = [time_of(clock, each) for each in ("a", "b", "c", None)]
    assert [NOON + DAY, NOON + timedelta(hours=1), NOON, NOON] == times


def test_an_execution_is_never_earlier_than_what_it_waited_for(clock: ExecutionClock) -> None:
    """But what is later stays so."""
    skip(clock, "a", NOON + DAY)
    clock.follow("b", "a")
    assert NOON + DAY == time_of(clock, "b")
    skip(clock, "b", NOON + 2 * DAY)
    clock.follow("b", "a")
    assert NOON + 2 * DAY == time_of(clock, "b")
    clock.forget("b")
    assert NOON == time_of(clock, "b")


async def begin(functions: Functions, name: str) -> Handler:
    """Start an execution and return its first invocation."""
    config = DurableConfig(execution_timeout=600, retention_days=1)
    await functions.service.start_execution(
        account="000000000000", function_name="flow", version="1", name=name, config=config, payload=b"{}"
    )
    return await functions.next()


async def times(functions: Functions, handler: Handler) -> dict[str, float]:
    """Return the time of each event of an execution, by its type."""
    store, executor = functions.service.store, functions.service._executor  # noqa: SLF001 - the API escapes ARNs
    events: list[dict[str, Any]] = executor.history(store.load(handler.arn), include_data=False)
    return {event["EventType"]: event["EventTimestamp"] for event in events}


def test_a_step_has_its_own_length_while_another_execution_waits_a_day() -> None:
    """A step that runs meanwhile does not last a day."""

    async def scene(functions: Functions) -> tuple[dict[str, Any], dict[str, Any]]:
        working, waiting = await begin(functions, "working"), await begin(functions, "waiting")
        await working.checkpoint({**STEP, "Action": "START"})
        await waiting.checkpoint(WAIT)
        waiting.returns()
        waiting = await functions.next()
        waiting.returns("SUCCEEDED", Result="1")
        await functions.service.wait_for_end(waiting.arn, LIMIT)
        await working.checkpoint({**STEP, "Action": "SUCCEED", "Payload": "1"})
        working.returns("SUCCEEDED", Result="1")
        await functions.service.wait_for_end(working.arn, LIMIT)
        return await times(functions, working), await times(functions, waiting)

    working, waiting = play(scene, skip_time=True)
    assert (working["StepSucceeded"] - working["StepStarted"]) < timedelta(seconds=LIMIT)
    assert (waiting["WaitSucceeded"] - waiting["WaitStarted"]) >= DAY
    assert (working["ExecutionSucceeded"] - working["ExecutionStarted"]) < timedelta(seconds=LIMIT)


def test_a_chained_execution_shares_the_time_of_the_one_that_waits_for_it() -> None:
    """It starts when it is invoked, and what it waits for is time that the other one has waited."""

    async def scene(functions: Functions) -> tuple[dict[str, Any], dict[str, Any]]:
        parent = await begin(functions, "parent")
        await parent.checkpoint(WAIT)
        parent.returns()
        parent = await functions.next()
        await parent.checkpoint(INVOKE)
        parent.returns()
        child = await functions.next()
        await child.checkpoint(WAIT)
        child.returns()
        child = await functions.next()
        child.returns("SUCCEEDED", Result="1")
        parent = await functions.next()
        parent.returns("SUCCEEDED", Result="1")
        await functions.service.wait_for_end(parent.arn, LIMIT)
        return await times(functions, parent), await times(functions, child)

    parent, child = play(scene, skip_time=True)
    assert child["ExecutionStarted"] >= parent["ChainedInvokeStarted"]
    assert parent["ChainedInvokeSucceeded"] >= child["ExecutionSucceeded"]
    assert (parent["ExecutionSucceeded"] - parent["ExecutionStarted"]) >= 2 * DAY
