"""Lanes and timers in the event loop that serves the handlers: what runs at once, and what goes to a thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python_testing.worker.checkpoint_tasks import CallableTask
from executions import function_arn

from durable_mi.local.durable._sdk_lanes import LaneRegistry
from durable_mi.local.durable.emulator._sdk_scheduler import LoopScheduler
from durable_mi.local.durable.store import ExecutionStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LIMIT = 30


def in_loop(scene: Callable[[LaneRegistry, LoopScheduler], Awaitable[None]]) -> None:
    """Run a scene with lanes and timers of an event loop."""

    async def run() -> None:
        scheduler = LoopScheduler()
        registry = LaneRegistry(ExecutionStore(function_arn), scheduler, at_once=True)
        scheduler.start()
        try:
            async with asyncio.timeout(LIMIT):
                await scene(registry, scheduler)
        finally:
            await asyncio.to_thread(registry.shutdown)
            await asyncio.to_thread(scheduler.stop)

    asyncio.run(run())


def submit(registry: LaneRegistry, arn: str, work: Callable[[], Any]) -> Any:
    """Submit work to a lane."""
    return registry.submit(arn, CallableTask(work))


def test_the_loop_runs_the_task_of_an_idle_lane_at_once() -> None:
    """Its error is that of its future, and the lane goes on."""

    async def scene(registry: LaneRegistry, _: LoopScheduler) -> None:
        assert threading.get_ident() == submit(registry, "a", threading.get_ident).result()
        failed = submit(registry, "a", lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await asyncio.wrap_future(failed)
        assert 1 == await asyncio.wrap_future(submit(registry, "a", lambda: 1))

    in_loop(scene)


def test_a_task_waits_for_the_one_that_submits_it_to_its_own_lane() -> None:
    """Another lane is idle, so its task runs within the first."""
    seen: list[str] = []

    async def scene(registry: LaneRegistry, _: LoopScheduler) -> None:
        own: list[Any] = []

        def first() -> None:
            own.append(submit(registry, "a", lambda: seen.append("own")))
            submit(registry, "b", lambda: seen.append("other"))
            seen.append("first")

        submit(registry, "a", first)
        await asyncio.wrap_future(own[0])

    in_loop(scene)
    assert ["other", "first", "own"] == seen


def test_the_loop_does_not_wait_for_a_lane_that_a_thread_holds() -> None:
    """Nor does a thread's task run in the loop."""
    seen: list[str] = []

    async def scene(registry: LaneRegistry, _: LoopScheduler) -> None:
        hold = threading.Event()
        held = await asyncio.to_thread(submit, registry, "a", lambda: hold.wait(LIMIT))
        late = submit(registry, "a", lambda: seen.append("late"))
        seen.append("loop")
        hold.set()
        assert await asyncio.wrap_future(held)
        await asyncio.wrap_future(late)
        thread = await asyncio.to_thread(submit, registry, "a", threading.get_ident)
        assert threading.get_ident() != await asyncio.wrap_future(thread)

    in_loop(scene)
    assert ["loop", "late"] == seen


@pytest.mark.parametrize("asks", ["loop", "thread"])
def test_what_is_scheduled_runs_unless_it_is_cancelled(asks: str) -> None:
    """Also where a thread schedules or cancels it, and nothing of it is kept."""
    seen: list[str] = []

    async def scene(_: LaneRegistry, scheduler: LoopScheduler) -> None:
        async def ask(call: Callable[..., Any], *arguments: object) -> Any:
            return call(*arguments) if asks == "loop" else await asyncio.to_thread(call, *arguments)

        ran, ran_in_thread = asyncio.Event(), threading.Event()

        async def run() -> None:
            seen.append("coroutine")
            ran.set()

        cancelled = await ask(scheduler.call_later, lambda: seen.append("cancelled"), LIMIT)
        assert not cancelled.done()
        assert [True, False] == [await ask(cancelled.cancel), await ask(cancelled.cancel)]
        await ask(scheduler.call_later, run, 0)
        await ran.wait()
        await ask(scheduler.call_later, ran_in_thread.set, 0.001)
        assert await asyncio.to_thread(ran_in_thread.wait, LIMIT)
        assert cancelled.done()
        while scheduler._scheduled:  # noqa: SLF001, ASYNC110 - the loop drops each in a later turn
            await asyncio.sleep(0)

    in_loop(scene)
    assert ["coroutine"] == seen


def test_an_error_of_what_is_scheduled_is_its_events(caplog: pytest.LogCaptureFixture) -> None:
    """Without an event, it is in the log."""

    async def scene(_: LaneRegistry, scheduler: LoopScheduler) -> None:
        async def fail() -> None:
            msg = "of the timer"
            raise ValueError(msg)

        event = scheduler.create_event()
        scheduler.call_later(fail, completion_event=event)
        scheduler.call_later(fail)
        while scheduler._scheduled:  # noqa: SLF001, ASYNC110 - as above
            await asyncio.sleep(0)
        with pytest.raises(ValueError, match="of the timer"):
            await asyncio.to_thread(event.wait, LIMIT)

    in_loop(scene)
    assert ["error in scheduled task"] == [record.message for record in caplog.records]


def test_what_is_scheduled_ends_with_the_scheduler() -> None:
    """Nothing begins after it."""
    seen: list[str] = []

    async def scene(_: LaneRegistry, scheduler: LoopScheduler) -> None:
        late = scheduler.call_later(lambda: seen.append("late"), LIMIT)
        await asyncio.to_thread(scheduler.stop)
        assert late.done()

        async def after() -> None:
            seen.append("after")

        scheduler.call_later(after)
        while scheduler._scheduled:  # noqa: SLF001, ASYNC110 - as above
            await asyncio.sleep(0)

    in_loop(scene)
    assert [] == seen
