"""Answers that many wait for are made once, never outdated, and never for more than a tenth of the time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.dashboard.paced_answers import Answer, ClosedError, PacedAnswers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LIMIT = 60


class Loop(asyncio.SelectorEventLoop):
    """Its time runs ahead when nothing happens, so that pauses take none."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def time(self) -> float:
        """Return the time."""
        return super().time() + self.ahead

    def sleep_for(self, seconds: float) -> None:
        """Let time pass, as work does that takes so long."""
        self.ahead += seconds


class View:
    """Something that takes a while to show."""

    def __init__(self, cost: float = 1.0) -> None:
        self.cost = cost
        self.begun: list[float] = []
        self.has_ended = False
        self.end = asyncio.Event()
        self.gate: asyncio.Event | None = None

    async def make(self) -> Answer:
        """Show it."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        self.begun.append(loop.time())
        if self.gate is not None:
            await self.gate.wait()
        loop.sleep_for(self.cost)
        return Answer(f"{len(self.begun)}".encode(), is_last=self.has_ended)

    async def until_end(self, seconds: float) -> None:
        """Wait for its end, or let so much time pass."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        if not self.has_ended:
            loop.sleep_for(seconds)


def run(scene: Callable[[], Awaitable[Any]]) -> Any:
    """Run a scene on a loop whose time can be moved."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(asyncio.wait_for(scene(), LIMIT))


def test_all_who_ask_at_once_get_one_answer() -> None:
    """It is made once."""

    async def scene() -> None:
        view, answers = View(), PacedAnswers()
        found = await asyncio.gather(*(answers.get("a", view.make) for _ in range(5)))
        assert [b"1"] * 5 == found

    run(scene)


def test_who_asks_while_one_is_made_gets_the_next_one() -> None:
    """Since the first may not show what they ask for."""

    async def scene() -> None:
        view, answers = View(cost=0), PacedAnswers()
        view.gate = asyncio.Event()
        first = asyncio.create_task(answers.get("a", view.make))
        while not view.begun:  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(0)
        second = asyncio.create_task(answers.get("a", view.make))
        await asyncio.sleep(0)
        view.gate.set()
        assert (b"1", b"2") == (await first, await second)

    run(scene)


def test_the_pause_follows_the_cost() -> None:
    """An answer of a second is made every ten seconds at most."""

    async def scene() -> list[float]:
        view, answers = View(), PacedAnswers()
        for _ in range(3):
            await answers.get("a", view.make, view.until_end)
        return view.begun

    first, second, third = run(scene)
    assert [10, 10] == [round(second - first), round(third - second)]


def test_the_pause_has_an_end() -> None:
    """However long it takes to make the answer."""

    async def scene() -> list[float]:
        view, answers = View(cost=5), PacedAnswers()
        for _ in range(2):
            await answers.get("a", view.make, view.until_end)
        return view.begun

    first, second = run(scene)
    assert round(second - first) == 15


def test_an_end_is_shown_at_once_and_once() -> None:
    """What comes after the end is shown at the usual pace."""

    async def scene() -> tuple[list[float], list[float]]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        view, answers = View(), PacedAnswers()
        await answers.get("a", view.make, view.until_end)
        view.has_ended = True
        await answers.get("a", view.make, view.until_end)
        late = asyncio.create_task(answers.get("a", view.make, view.until_end))
        for _ in range(5):
            await asyncio.sleep(0)
        begun = list(view.begun)
        loop.sleep_for(20)
        await late
        return begun, view.begun

    (first, second), begun = run(scene)
    assert round(second - first) == 1
    assert len(begun) == 3


def test_views_do_not_wait_for_each_other() -> None:
    """Each has its own pace."""

    async def scene() -> list[float]:
        view, other, answers = View(), View(), PacedAnswers()
        await answers.get("a", view.make, view.until_end)
        await answers.get("b", other.make, other.until_end)
        return [*view.begun, *other.begun]

    first, second = run(scene)
    assert round(second - first) == 1


def test_a_failure_is_everyones_and_the_next_one_is_made() -> None:
    """An execution that is not there may come."""

    async def scene() -> None:
        view, answers = View(cost=0), PacedAnswers()

        async def fail() -> Answer:
            msg = "none"
            raise LookupError(msg)

        found = await asyncio.gather(*(answers.get("a", fail) for _ in range(2)), return_exceptions=True)
        assert ["none", "none"] == [str(each) for each in found]
        assert await answers.get("a", view.make) == b"1"

    run(scene)


def test_who_goes_away_takes_nothing_from_the_others() -> None:
    """A browser closes its connection."""

    async def scene() -> None:
        view, answers = View(cost=0), PacedAnswers()
        view.gate = asyncio.Event()
        gone, stays = (asyncio.create_task(answers.get("a", view.make)) for _ in range(2))
        while not view.begun:  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(0)
        gone.cancel()
        view.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert await stays == b"1"

    run(scene)


def test_what_nobody_asks_for_is_forgotten() -> None:
    """After its pause."""

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        view, answers = View(), PacedAnswers()
        await answers.get("a", view.make)
        assert answers._views  # noqa: SLF001
        loop.sleep_for(20)
        while answers._views:  # noqa: ASYNC110, SLF001 - nobody says when
            await asyncio.sleep(0)

    run(scene)


def test_those_who_wait_are_told_when_there_are_no_more() -> None:
    """Whether for the one that is made or for the next; and who comes later."""

    async def scene() -> list[type]:
        view, answers = View(cost=0), PacedAnswers()
        view.gate = asyncio.Event()
        made = asyncio.create_task(answers.get("a", view.make))
        while not view.begun:  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(0)
        following = asyncio.create_task(answers.get("a", view.make))
        await asyncio.sleep(0)
        answers.close()
        found = await asyncio.gather(made, following, answers.get("b", view.make), return_exceptions=True)
        return [type(each) for each in found]

    assert [ClosedError] * 3 == run(scene)
