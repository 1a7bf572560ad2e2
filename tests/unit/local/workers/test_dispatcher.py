"""Which environment runs which invocation, whatever comes first."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.workers.dispatcher import Dispatcher
from durable_mi.local.workers.invocation import Invocation, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Run = Callable[[Any], Any]

EVENTS = (
    "environment added",
    "worker polls",
    "invocation waits",
    "environment removed",
    "poll cancelled",
    "invocation cancelled",
)


def invocation(avoid: str | None = None) -> Invocation:
    """Return an invocation that no worker has."""
    return Invocation(payload=b"{}", arn="arn", timeout=3, avoid=avoid)


def poll(dispatcher: Dispatcher, environment: str) -> asyncio.Task[Invocation]:
    """Return a worker that polls."""
    return asyncio.ensure_future(dispatcher.take(environment))


async def settle() -> None:
    """Let everything happen that needs no time."""
    for _ in range(10):
        await asyncio.sleep(0)


def taken(*polls: asyncio.Task[Invocation]) -> list[Invocation | None]:
    """Return what each poll got; nothing where it still waits or was cancelled."""
    return [each.result() if each.done() and not each.cancelled() else None for each in polls]


class Scene:
    """One environment, one worker and one invocation, to which everything happens once."""

    def __init__(self) -> None:
        self.dispatcher = Dispatcher()
        self.invocation = invocation()
        self.worker: asyncio.Task[Invocation] | None = None
        self._cancelled_before_it_polls = False

    def happens(self, event: str) -> None:
        """Let one thing happen."""
        match event:
            case "environment added":
                self.dispatcher.add("a")
            case "worker polls":
                self.worker = poll(self.dispatcher, "a")
                if self._cancelled_before_it_polls:
                    self.worker.cancel()
            case "invocation waits":
                self.dispatcher.submit(self.invocation)
            case "environment removed":
                self.dispatcher.remove("a")
            case "poll cancelled" if self.worker is None:
                self._cancelled_before_it_polls = True
            case "poll cancelled" if self.worker is not None:
                self.worker.cancel()
            case "invocation cancelled":
                self.invocation.outcome.cancel()

    async def ends(self) -> list[str]:
        """Add another environment with a worker, and say who has the invocation."""
        self.dispatcher.add("rescue")
        workers = {"a": self.worker, "rescue": poll(self.dispatcher, "rescue")}
        await settle()
        return [name for name, worker in workers.items() if worker and taken(worker) == [self.invocation]]


def expected_runners(order: Sequence[str]) -> list[str]:
    """Who runs the invocation: the worker once all three are there, else another environment, unless nobody waits."""
    happened: list[str] = []
    for event in order:
        happened.append(event)
        # Removed before it was added, it is here.
        is_present = [each for each in happened if each.startswith("environment")][-1:] == ["environment added"]
        polls = "worker polls" in happened and "poll cancelled" not in happened
        waits = "invocation waits" in happened and "invocation cancelled" not in happened
        if is_present and polls and waits:
            return ["a"]
    return [] if "invocation cancelled" in order else ["rescue"]


@pytest.mark.parametrize("left_out", [None, "invocation cancelled", "poll cancelled", "environment removed"])
def test_a_waiting_invocation_is_run_once_in_every_order(in_virtual_time: Run, left_out: str | None) -> None:
    """By the worker as soon as environment, poll and invocation are there; else by the next environment."""

    async def play(order: Sequence[str]) -> list[str]:
        scene = Scene()
        for event in order:
            scene.happens(event)
            await settle()
        return await scene.ends()

    async def play_all() -> dict[tuple[str, ...], list[str]]:
        return {order: await play(order) for order in orders}

    orders = list(permutations(event for event in EVENTS if event != left_out))
    expected = {order: expected_runners(order) for order in orders}
    assert expected == in_virtual_time(play_all())


@pytest.mark.parametrize("left_out", [None, "invocation cancelled", "poll cancelled", "environment removed"])
def test_what_happens_in_one_moment_loses_and_doubles_no_invocation(in_virtual_time: Run, left_out: str | None) -> None:
    """Once for a caller who waits, at most once for one who is gone."""

    async def play(order: Sequence[str], pause_after: int) -> list[str]:
        scene = Scene()
        for number, event in enumerate(order):
            scene.happens(event)
            if number == pause_after:
                await settle()
        return await scene.ends()

    async def play_all() -> None:
        for order in permutations(event for event in EVENTS if event != left_out):
            for pause_after in range(-1, len(order), 1 if left_out else 4):
                runners = await play(order, pause_after)
                assert len(runners) <= 1, f"{order}, pause after {pause_after}: doubled"
                if left_out == "invocation cancelled":
                    assert 1 == len(runners), f"{order}, pause after {pause_after}: lost"

    in_virtual_time(play_all())


def test_an_environment_that_joins_gets_what_waits_for_it(in_virtual_time: Run) -> None:
    """Its workers have polled before, and the oldest invocation is first."""

    async def play() -> None:
        dispatcher = Dispatcher()
        waiting = [invocation(), invocation("gone"), invocation()]
        for each in waiting:
            dispatcher.submit(each)
        workers = [poll(dispatcher, "new") for _ in range(2)]
        await settle()
        assert [None, None] == taken(*workers)
        dispatcher.add("new")
        await settle()
        assert waiting[:2] == taken(*workers)
        assert waiting[2] == await dispatcher.take("new")

    in_virtual_time(play())


def test_a_cancelled_poll_gives_its_invocation_to_another(in_virtual_time: Run) -> None:
    """It was given to the worker in the moment in which that went away; nothing younger overtakes it."""

    async def play() -> None:
        dispatcher = Dispatcher()
        dispatcher.add("a")
        gone = poll(dispatcher, "a")
        await settle()
        first, second = invocation(), invocation()
        dispatcher.submit(first)
        dispatcher.submit(second)
        gone.cancel()
        await settle()
        assert gone.cancelled()
        assert first == await dispatcher.take("a")
        assert second == await dispatcher.take("a")

    in_virtual_time(play())


def test_a_cancelled_poll_gets_no_invocation(in_virtual_time: Run) -> None:
    """What comes later is for the workers who still wait."""

    async def play() -> None:
        dispatcher = Dispatcher()
        dispatcher.add("a")
        gone, stays = poll(dispatcher, "a"), poll(dispatcher, "a")
        await settle()
        gone.cancel()
        await settle()
        wanted = invocation()
        dispatcher.submit(wanted)
        assert wanted == await stays

    in_virtual_time(play())


def test_an_environment_that_is_removed_gets_no_invocation(in_virtual_time: Run) -> None:
    """Not even one that was given to its worker in the same moment: the next environment runs it."""

    async def play() -> None:
        dispatcher = Dispatcher()
        dispatcher.add("removed")
        worker = poll(dispatcher, "removed")
        await settle()
        wanted = invocation()
        dispatcher.submit(wanted)
        dispatcher.remove("removed")
        await settle()
        assert [None] == taken(worker)
        dispatcher.add("next")
        assert wanted == await dispatcher.take("next")

    in_virtual_time(play())


def test_an_invocation_that_resumes_goes_to_another_environment(in_virtual_time: Run) -> None:
    """Whether the workers wait for it or it for them, and although its own has more of them idle."""

    async def play() -> None:
        dispatcher = Dispatcher()
        dispatcher.add("a")
        dispatcher.add("b")
        same = [poll(dispatcher, "a") for _ in range(3)]
        other = poll(dispatcher, "b")
        await settle()
        resumed = invocation(avoid="a")
        dispatcher.submit(resumed)
        await settle()
        assert [None, None, None, resumed] == taken(*same, other)

        later = invocation(avoid="b")
        for each in same:
            each.cancel()
        await settle()
        dispatcher.submit(later)
        same_again = poll(dispatcher, "b")
        await settle()
        assert [None] == taken(same_again)
        assert later == await dispatcher.take("a")

    in_virtual_time(play())


def test_an_invocation_that_resumes_stays_when_the_others_are_busy_for_a_second(in_virtual_time: Run) -> None:
    """Not before, and not later."""

    async def play() -> float:
        dispatcher = Dispatcher()
        dispatcher.add("a")
        dispatcher.add("busy")
        worker = poll(dispatcher, "a")
        await settle()
        resumed = invocation(avoid="a")
        dispatcher.submit(resumed)
        assert resumed == await worker
        return asyncio.get_running_loop().time()

    assert pytest.approx(1.0) == in_virtual_time(play())


@pytest.mark.parametrize("event", ["alone from the start", "other removed"])
def test_an_invocation_that_resumes_stays_where_there_is_no_other(in_virtual_time: Run, event: str) -> None:
    """At once."""

    async def play() -> float:
        dispatcher = Dispatcher()
        dispatcher.add("a")
        if event == "other removed":
            dispatcher.add("b")
        worker = poll(dispatcher, "a")
        await settle()
        resumed = invocation(avoid="a")
        dispatcher.submit(resumed)
        dispatcher.remove("b")
        assert resumed == await worker
        return asyncio.get_running_loop().time()

    assert 0.0 == in_virtual_time(play())


def test_the_environment_with_most_idle_workers_is_first(in_virtual_time: Run) -> None:
    """So that load spreads."""

    async def play() -> None:
        dispatcher = Dispatcher()
        dispatcher.add("a")
        dispatcher.add("b")
        few, many, many_too = poll(dispatcher, "a"), poll(dispatcher, "b"), poll(dispatcher, "b")
        await settle()
        wanted = invocation()
        dispatcher.submit(wanted)
        await settle()
        assert [None, wanted, None] == taken(few, many, many_too)

    in_virtual_time(play())


def test_an_invocation_whose_caller_is_gone_is_dropped(in_virtual_time: Run) -> None:
    """The next one is run in its place."""

    async def play() -> None:
        dispatcher = Dispatcher()
        gone, wanted = invocation(), invocation()
        dispatcher.submit(gone)
        dispatcher.submit(wanted)
        gone.end(Outcome(b"null"))
        dispatcher.add("a")
        assert wanted == await dispatcher.take("a")

    in_virtual_time(play())


def test_what_waits_already_is_taken_at_once(in_virtual_time: Run) -> None:
    """The longest wait first, none whose caller is gone, and none for an environment that is not there."""

    async def play() -> None:
        dispatcher = Dispatcher()
        gone, first, second = invocation(), invocation(), invocation()
        for each in (gone, first, second):
            dispatcher.submit(each)
        gone.outcome.cancel()

        assert dispatcher.take_pending("a") is None
        dispatcher.add("a")
        assert [first, second, None] == [dispatcher.take_pending("a") for _ in range(3)]

    in_virtual_time(play())
