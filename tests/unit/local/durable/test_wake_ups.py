"""What ends while a handler runs is never lost: the durable service, with handlers that the test plays itself."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from aws_durable_execution_sdk_python_testing.worker.checkpoint_tasks import CallableTask
from playing import LIMIT, Functions, Handler, call, play, until_idle

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable.emulator._sdk_scheduler import LoopScheduler
from durable_mi.local.workers.invocation import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from durable_mi.local.durable.service import DurableService

STEP = {"Id": "step", "Type": "STEP", "Action": "START"}
STEP_ENDS = {"Id": "step", "Type": "STEP", "Action": "SUCCEED", "Payload": "1"}
OPEN = {"Id": "open", "Type": "CALLBACK", "Action": "START", "CallbackOptions": {}}
"""A callback that stays open, so that nothing but the wake-up under test leads to an invocation."""

WAIT = {"Id": "it", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 1}}
CALLBACK = {"Id": "it", "Type": "CALLBACK", "Action": "START"}
INVOKE = {"Id": "it", "Type": "CHAINED_INVOKE", "Action": "START", "ChainedInvokeOptions": {"FunctionName": "plain"}}
ATTEMPT = {"Id": "it", "Type": "STEP", "Action": "START"}
RETRY = {"Id": "it", "Type": "STEP", "Action": "RETRY", "StepOptions": {"NextAttemptDelaySeconds": 1}}

STARTS: dict[str, list[dict[str, Any]]] = {
    "a wait": [WAIT],
    "a step's retry": [ATTEMPT, {**RETRY, "Error": {"ErrorType": "ValueError", "ErrorMessage": "no"}}],
    "a condition's next look": [ATTEMPT, {**RETRY, "Payload": "1"}],
    "a callback that succeeds": [{**CALLBACK, "CallbackOptions": {}}],
    "a callback that fails": [{**CALLBACK, "CallbackOptions": {}}],
    "a callback that times out": [{**CALLBACK, "CallbackOptions": {"TimeoutSeconds": 1}}],
    "a callback without heartbeats": [{**CALLBACK, "CallbackOptions": {"HeartbeatTimeoutSeconds": 1}}],
    "a chained invoke that succeeds": [INVOKE],
    "a chained invoke that fails": [INVOKE],
}


TIMED = {"a callback that times out", "a callback without heartbeats"}
"""Timers of the emulator, which ask for an invocation a moment after the end: one more, if the machine is busy."""


class Lane:
    """Counts what an execution's lane gets while it is held."""

    def __init__(self, service: DurableService, arn: str) -> None:
        self._service = service
        self._arn = arn
        self._waiting = 0
        self._submit = service._registry.submit
        self._free = threading.Event()

    async def gets(self, count: int, what: str) -> None:
        """Until it has got so many tasks."""
        async with asyncio.timeout(LIMIT):
            while self._waiting < count:
                await asyncio.sleep(0.005)
        assert count == self._waiting, what

    def hold(self) -> None:
        """Let the next checkpoint be the last task that it takes."""

        def submit(arn: str, task: Any) -> Any:
            self._waiting += 1
            return self._submit(arn, task)

        def kept(_: str) -> None:
            self._service.store.on_change = lambda _: None
            self._submit(self._arn, CallableTask(self._free.wait))
            self._service._registry.submit = submit  # type: ignore[assignment, method-assign]

        self._service.store.on_change = kept

    def release(self) -> None:
        """Let it work off what it got, before the scheduler does anything else."""
        self._service._registry.submit = self._submit  # type: ignore[method-assign]
        done = threading.Event()

        async def stand_still() -> None:
            self._free.set()
            assert done.wait(LIMIT)

        self._submit(self._arn, CallableTask(done.set))
        self._service._scheduler.call_later(stand_still)


@contextmanager
def held(service: DurableService, arn: str) -> Iterator[Lane]:
    """Hold an execution's lane from the next checkpoint on."""
    lane = Lane(service, arn)
    lane.hold()
    yield lane
    lane.release()


async def end_it(functions: Functions, what: str, handler: Handler) -> None:
    """Let what the handler started end, and checkpoint until its end has come with an answer."""
    if what.startswith("a callback that succ"):
        callback = handler.operations["it"]["CallbackDetails"]["CallbackId"]
        await call(functions.service, "POST", f"durable-execution-callbacks/{quote(callback, safe='')}/succeed", b"1")
    elif what == "a callback that fails":
        callback = handler.operations["it"]["CallbackDetails"]["CallbackId"]
        await call(functions.service, "POST", f"durable-execution-callbacks/{quote(callback, safe='')}/fail", b"{}")
    elif what == "a chained invoke that succeeds":
        functions.plain.set_result(Outcome(b"1"))
    elif what == "a chained invoke that fails":
        functions.plain.set_exception(RuntimeError("no"))
    async with asyncio.timeout(LIMIT):
        while handler.operations["it"]["Status"] in ("STARTED", "PENDING"):
            await asyncio.sleep(0.02)
            await handler.checkpoint()


async def no_other_follows(functions: Functions, handler: Handler) -> None:
    """When the invocation ends, with one callback still open, no other is asked for but by that callback's end."""
    service = functions.service
    count = functions.count
    handler.returns()
    await until_idle(service, handler.arn)
    # What the invocation's end asked for is through the scheduler and the lane when this is.
    passed = asyncio.Event()

    async def note() -> None:
        passed.set()

    service._scheduler.call_later(note)
    await passed.wait()
    await asyncio.wrap_future(service._registry.submit(handler.arn, CallableTask(lambda: None)))
    await until_idle(service, handler.arn)
    callback = handler.operations["open"]["CallbackDetails"]["CallbackId"]
    await call(functions.service, "POST", f"durable-execution-callbacks/{quote(callback, safe='')}/succeed", b"1")
    last = await functions.next()
    assert "SUCCEEDED" == last.operations["open"]["Status"], "nothing but the open callback's end led here"
    last.returns("SUCCEEDED")
    assert await functions.service.wait_for_end(handler.arn, LIMIT) is not None
    assert count + 1 == functions.count


def is_over(operation: dict[str, Any]) -> bool:
    """Return whether there is nothing more to wait for."""
    return operation["Status"] not in ("STARTED", "PENDING")


@pytest.mark.parametrize("what", STARTS)
def test_what_ends_beside_a_running_step_is_noticed_after_it(what: str) -> None:
    """Its end came with a checkpoint's answer, from which the SDK resumes nothing: another invocation does."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(OPEN, STEP, *STARTS[what])
        await end_it(functions, what, first)
        await first.checkpoint(STEP_ENDS)
        first.returns()
        second = await functions.next()
        assert is_over(second.operations["it"])
        assert not is_over(second.operations["open"])
        assert [] == await second.checkpoint(), "all of it came with the input"
        if what not in TIMED:
            await no_other_follows(functions, second)

    # Time is skipped for what needs no real time, so that this takes milliseconds.
    play(scene, skip_time=STARTS[what][0] in (WAIT, ATTEMPT))


def test_what_ended_inside_an_ended_branch_leads_to_no_invocation() -> None:
    """The branch went on from its wait and has returned: no invocation could do anything."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        branch = {"Id": "branch", "Type": "CONTEXT", "Action": "START"}
        await first.checkpoint(OPEN, branch, {**WAIT, "ParentId": "branch"})
        await end_it(functions, "a wait", first)
        await first.checkpoint({**branch, "Action": "SUCCEED", "Payload": "1"})
        await no_other_follows(functions, first)

    play(scene, skip_time=True)


@pytest.mark.parametrize("first_in_lane", ["the timer", "the invocation's end"])
def test_a_wait_that_comes_due_as_its_invocation_ends_is_noticed(first_in_lane: str) -> None:
    """They meet in the execution's lane, with nothing in between."""
    skip_time = first_in_lane == "the timer"  # which then comes due at once

    async def scene(functions: Functions) -> None:
        service = functions.service
        first = await functions.begin()
        with held(service, first.arn) as lane:
            # The checkpoint is the last thing that the lane takes before it is held.
            await first.checkpoint(OPEN, WAIT)
            if skip_time:
                await lane.gets(1, first_in_lane)
                first.returns()
            else:
                first.returns()
                await lane.gets(1, first_in_lane)
            await lane.gets(2, "the other")
        second = await functions.next()
        assert is_over(second.operations["it"])
        await no_other_follows(functions, second)

    play(scene, skip_time=skip_time)


def test_what_came_due_with_the_last_checkpoint_costs_no_retry() -> None:
    """Without anything open the emulator would count the invocation as failed and try again after five seconds."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(STEP, WAIT)
        await end_it(functions, "a wait", first)
        await first.checkpoint(STEP_ENDS)
        first.returns()
        second = await functions.next()
        assert 0 == functions.service.store.load(first.arn).consecutive_failed_invocation_attempts
        assert is_over(second.operations["it"])
        second.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene, skip_time=True)


def test_pauses_hold_no_thread() -> None:
    """A hundred pauses of a handler that runs on, and the service answers."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        async with asyncio.timeout(LIMIT):
            await asyncio.gather(*(functions.service.pause(first.arn, None, stops_timeout=True) for _ in range(100)))
            await call(functions.service, "GET", f"durable-executions/{quote(first.arn, safe='')}/history")
        assert "PAUSING" == functions.service.details(first.arn)["Status"]
        first.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene)


def test_a_checkpoint_needs_its_lane_alone() -> None:
    """It is served in no other thread, which would wait for the lane."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        functions.service._threads.shutdown()
        async with asyncio.timeout(LIMIT):
            await first.checkpoint(OPEN, STEP)
            await first.checkpoint(STEP_ENDS)
        first.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene)


def test_rejects_a_pause_of_no_execution() -> None:
    """As every call that names an ARN does."""

    async def scene(functions: Functions) -> None:
        arn = "arn:aws:lambda:us-east-1:000000000000:function:flow:1/durable-execution/a/b"
        with pytest.raises(ApiError, match="does not exist"):
            await functions.service.pause(arn, None, stops_timeout=True)

    play(scene)


@pytest.mark.parametrize("resumed", ["before the invocation ends", "after it"])
def test_a_callback_that_is_answered_during_a_pause_is_noticed_after_it(resumed: str) -> None:
    """Whether the resumption meets the invocation that was paused, or finds none."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(OPEN, STEP, {**CALLBACK, "CallbackOptions": {}})
        await functions.service.pause(first.arn, None, stops_timeout=True)
        callback = first.operations["it"]["CallbackDetails"]["CallbackId"]
        await call(functions.service, "POST", f"durable-execution-callbacks/{quote(callback, safe='')}/succeed", b"1")
        await first.checkpoint(STEP_ENDS)
        if resumed == "after it":
            first.returns()
            await until_idle(functions.service, first.arn)
            await functions.service.resume(first.arn, None)
        else:
            await functions.service.resume(first.arn, None)
            first.returns()
        second = await functions.next()
        assert is_over(second.operations["it"])
        await no_other_follows(functions, second)

    play(scene)


def test_what_ends_while_a_crashed_handler_waits_for_its_next_try_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not wait for the try, and the try that comes later does no harm."""
    monkeypatch.setattr("aws_durable_execution_sdk_python_testing.executor.Executor.RETRY_BACKOFF_SECONDS", 1)

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(OPEN, {**CALLBACK, "CallbackOptions": {}})
        first.crashes()
        await until_idle(functions.service, first.arn)
        callback = first.operations["it"]["CallbackDetails"]["CallbackId"]
        await call(functions.service, "POST", f"durable-execution-callbacks/{quote(callback, safe='')}/succeed", b"1")
        second = await functions.next()
        assert is_over(second.operations["it"])
        second.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene)


@pytest.mark.parametrize(("skip_time", "left"), [(True, (60, 600)), (False, (10, 550))])
def test_timers_of_an_earlier_run_lose_the_time_that_passed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, skip_time: bool, left: tuple[int, int]
) -> None:
    """Skipped time has not passed: the clock may have jumped for another execution, and no timer has run."""
    armed: set[float] = set()
    call_later = LoopScheduler.call_later

    def spy(self: LoopScheduler, func: Any, delay: float = 0, **arguments: Any) -> Any:
        armed.add(delay)
        return call_later(self, func, delay, **arguments)

    async def before(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint({**OPEN, "CallbackOptions": {"TimeoutSeconds": 60}})
        execution = functions.service.store.load(first.arn)
        # As if it had begun fifty seconds ago.
        execution.operations = [
            replace(each, start_timestamp=each.start_timestamp and each.start_timestamp - timedelta(seconds=50))
            for each in execution.operations
        ]
        functions.service.store.save(execution)

    async def after(functions: Functions) -> None:
        await functions.next()

    play(before, skip_time=skip_time, state=tmp_path / "state.db")
    monkeypatch.setattr(LoopScheduler, "call_later", spy)
    play(after, skip_time=skip_time, state=tmp_path / "state.db")
    rearmed = sorted(armed - {0})
    assert 2 == len(rearmed)
    assert all(most - 9 < seconds <= most for seconds, most in zip(rearmed, left, strict=True)), rearmed
