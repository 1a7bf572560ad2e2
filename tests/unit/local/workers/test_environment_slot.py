"""An execution environment that is lost is replaced, however often that fails at first."""

from __future__ import annotations

import asyncio
import errno
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.workers.environment_slot import EnvironmentSlot, SlotState
from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.workers.environment_slot import Environment
    from durable_mi.local.workers.start_failure import StartFailure

    Run = Callable[[Any], Any]

EPOCH = 1_000_000.0
BROKEN = InitError("Runtime.ImportModuleError: no\nmodule")


class FakeEnvironment:
    """An environment without processes; what its start takes and raises is the test's choice."""

    def __init__(self, number: int, error: Exception | None, seconds: float) -> None:
        self.id = f"environment {number}"
        self.error = error
        self.seconds = seconds
        self.drained = self.stopped = False
        self.finished = asyncio.Event()
        self.on_ready: Callable[[Environment, str], None] = lambda *_: None

    async def start(self) -> None:
        """Take the time and raise."""
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        self.on_ready(self, "process 7 ended")

    def workers(self) -> dict[int, str | None]:
        """One idle process."""
        return {7: None}

    def execution_of(self, pid: int) -> str | None:
        """Return none."""

    def drain(self) -> None:
        """Note it."""
        self.drained = True

    async def idle(self) -> None:
        """Last until the test says so."""
        await self.finished.wait()

    async def stop(self) -> None:
        """Note it."""
        self.stopped = True


class House:
    """A slot, what it made, and what it reported."""

    def __init__(self, *errors: Exception | None, seconds: float = 0.0) -> None:
        self.errors = list(errors)
        self.seconds = seconds
        self.made: list[FakeEnvironment] = []
        self.replacements: list[bool] = []
        self.on_lost: list[Callable[[Environment, str], None]] = []
        self.reports: list[tuple[float, str]] = []
        self.cannot_make: Exception | None = None
        self.mortal: int | None = None
        self.slot = EnvironmentSlot(self.make, listener=self, now=lambda: EPOCH + self.time)

    @property
    def time(self) -> float:
        """Virtual seconds."""
        return asyncio.get_running_loop().time()

    def make(self, on_lost_worker: Callable[[Environment, str], None], *, is_replacement: bool) -> FakeEnvironment:
        """Make the next environment, with the next error."""
        if self.cannot_make is not None:
            raise self.cannot_make
        error = self.errors.pop(0) if self.errors else None
        self.made.append(FakeEnvironment(len(self.made) + 1, error, self.seconds))
        if self.mortal == len(self.made) - 1:
            self.made[-1].on_ready = on_lost_worker
        self.on_lost.append(on_lost_worker)
        self.replacements.append(is_replacement)
        return self.made[-1]

    def lose(self) -> None:
        """Let the newest environment lose a worker."""
        self.on_lost[-1](self.made[-1], "process 7 ended")

    async def until(self, state: SlotState) -> None:
        """Wait until the slot is in a state."""
        while self.slot.state is not state:  # noqa: ASYNC110 - it costs no time here
            await asyncio.sleep(0.01)

    def lost(self, what: str) -> None:
        """Note the report."""
        self.reports.append((self.time, f"lost: {what}"))

    def failed(self, failure: StartFailure) -> None:
        """Note the report."""
        self.reports.append((self.time, f"failed {failure.attempts}, next in {failure.pause:g}"))
        assert pytest.approx((EPOCH + self.time + failure.pause) * 1000) == failure.next_attempt

    def ready(self, failures: int) -> None:
        """Note the report."""
        self.reports.append((self.time, f"ready after {failures}"))


def test_a_start_that_fails_is_repeated_with_growing_pauses(in_virtual_time: Run) -> None:
    """One report at once for each; after a success the pauses begin anew."""

    async def play() -> None:
        house = House(None, *[BROKEN] * 8, None, BROKEN)
        await house.slot.start()
        house.lose()
        await asyncio.sleep(200)
        assert SlotState.READY is house.slot.state
        house.lose()
        await asyncio.sleep(200)
        told = [(round(time), text) for time, text in house.reports]
        assert [
            (0, "ready after 0"),
            (0, "lost: process 7 ended"),
            (0, "failed 1, next in 1"),
            (1, "failed 2, next in 2"),
            (3, "failed 3, next in 4"),
            (7, "failed 4, next in 8"),
            (15, "failed 5, next in 16"),
            (31, "failed 6, next in 32"),
            (63, "failed 7, next in 60"),
            (123, "failed 8, next in 60"),
            (183, "ready after 8"),
            (200, "lost: process 7 ended"),
            (200, "failed 1, next in 1"),
            (201, "ready after 1"),
        ] == told
        assert [False] + [True] * 11 == house.replacements
        assert [True] * 8 == [each.stopped for each in house.made[1:9]], "what failed is cleaned up"
        await house.slot.stop()

    in_virtual_time(play())


def test_the_state_says_why_and_since_when(in_virtual_time: Run) -> None:
    """Failed during a pause; during the next attempt starting, with the failure before."""

    async def play() -> None:
        house = House(None, BROKEN, None, seconds=5.0)
        start = asyncio.ensure_future(house.slot.start())
        await asyncio.sleep(1)
        assert (SlotState.STARTING, None) == (house.slot.state, house.slot.failure)
        await start
        assert (SlotState.READY, {7: None}) == (house.slot.state, house.slot.workers())
        house.lose()
        assert (SlotState.STARTING, {}) == (house.slot.state, house.slot.workers())
        await house.until(SlotState.FAILED)
        assert house.slot.failure is not None
        assert "Runtime.ImportModuleError: no module" == house.slot.failure.reason, "in one line"
        assert "FunctionError.RuntimeInitError" == house.slot.failure.code
        assert ("environment 2", {}) == (house.slot.id, house.slot.workers())
        await house.until(SlotState.STARTING)
        assert house.slot.failure is not None
        await house.until(SlotState.READY)
        now: tuple[StartFailure | None, str] = (house.slot.failure, house.slot.id)
        assert (None, "environment 3") == now
        await house.slot.stop()

    in_virtual_time(play())


@pytest.mark.parametrize("error", [BROKEN, FileNotFoundError(2, "gone", "asset")])
def test_rejects_a_first_start_that_fails(in_virtual_time: Run, error: Exception) -> None:
    """The version cannot be published; nothing is tried again."""

    async def play() -> None:
        house = House(error)
        with pytest.raises(type(error)):
            await house.slot.start()
        await house.slot.stop()
        await asyncio.sleep(100)
        assert [] == house.reports
        assert [True] == [each.stopped for each in house.made]

    in_virtual_time(play())


def test_an_environment_that_cannot_even_be_made_is_a_failed_start(in_virtual_time: Run) -> None:
    """Such as when no more files may be open."""

    async def play() -> None:
        house = House()
        await house.slot.start()
        house.cannot_make = OSError(errno.EMFILE, "Too many open files")
        house.lose()
        await house.until(SlotState.FAILED)
        house.cannot_make = None
        await house.until(SlotState.READY)
        await house.slot.stop()

    in_virtual_time(play())


def test_an_environment_that_is_lost_finishes_what_it_runs(in_virtual_time: Run) -> None:
    """It takes nothing new, and ends after that, however long its replacement takes; it is replaced once."""

    async def play() -> None:
        house = House(None, *[BROKEN] * 3)
        await house.slot.start()
        first = house.made[0]
        house.lose()
        house.lose()
        assert (True, False) == (first.drained, first.stopped)
        assert [first] == house.slot.environments()
        await asyncio.sleep(2)
        assert not first.stopped
        first.finished.set()
        await asyncio.sleep(0.5)
        assert first.stopped
        await house.until(SlotState.READY)
        assert 5 == len(house.made)
        await house.slot.stop()

    in_virtual_time(play())


@pytest.mark.parametrize("number", [0, 1])
def test_an_environment_that_is_lost_in_the_moment_it_is_ready_is_replaced(in_virtual_time: Run, number: int) -> None:
    """The first one, and a replacement."""

    async def play() -> None:
        house = House()
        house.mortal = number
        await house.slot.start()
        if number == 1:
            house.lose()
        await asyncio.sleep(10)
        assert SlotState.READY is house.slot.state
        assert f"environment {number + 2}" == house.slot.id
        await house.slot.stop()

    in_virtual_time(play())


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_stop_ends_the_attempts(in_virtual_time: Run, seconds: float) -> None:
    """During a pause and during a start; every environment is stopped."""

    async def play() -> None:
        house = House(None, *[BROKEN] * 99, seconds=seconds)
        await house.slot.start()
        house.lose()
        await house.until(SlotState.FAILED)
        await house.until(SlotState.STARTING if seconds else SlotState.FAILED)
        await house.slot.stop()
        made = len(house.made)
        await asyncio.sleep(1000)
        assert made == len(house.made)
        assert {True} == {each.stopped for each in house.made}

    in_virtual_time(play())


def test_stop_ends_the_attempts_when_a_cancellation_is_lost(
    in_virtual_time: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As before Python 3.12, where `asyncio.wait_for` may be done and cancelled in the same moment."""

    async def stop(environment: FakeEnvironment) -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            environment.stopped = True

    async def play() -> None:
        house = House(None, *[BROKEN] * 1000)
        await house.slot.start()
        house.lose()
        await house.until(SlotState.FAILED)
        monkeypatch.setattr(FakeEnvironment, "stop", stop)
        await asyncio.sleep(1)
        attempts = len(house.made)
        await asyncio.wait_for(house.slot.stop(), 600)
        assert attempts == len(house.made)

    in_virtual_time(play())


def test_a_slot_that_is_closed_reports_no_next_attempt(in_virtual_time: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that fails because it is stopped is no news."""

    async def start(_: FakeEnvironment) -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            raise BROKEN from None

    async def play() -> None:
        house = House(None)
        await house.slot.start()
        monkeypatch.setattr(FakeEnvironment, "start", start)
        house.lose()
        await asyncio.sleep(1)
        await house.slot.stop()
        assert ["ready after 0", "lost: process 7 ended"] == [what for _, what in house.reports]

    in_virtual_time(play())


def test_retire_lets_what_runs_end(in_virtual_time: Run) -> None:
    """And starts nothing more, not even for a worker that dies meanwhile."""

    async def play() -> None:
        house = House()
        await house.slot.start()
        retired = asyncio.ensure_future(house.slot.retire())
        await asyncio.sleep(1)
        house.lose()
        await asyncio.sleep(1)
        (only,) = house.made
        assert (True, False) == (only.drained, only.stopped)
        only.finished.set()
        await retired
        assert only.stopped
        assert 1 == len(house.made)

    in_virtual_time(play())


def test_retire_ends_the_attempts(in_virtual_time: Run) -> None:
    """Of a slot whose environment cannot start."""

    async def play() -> None:
        house = House(None, *[BROKEN] * 99)
        await house.slot.start()
        house.made[0].finished.set()
        house.lose()
        await house.until(SlotState.FAILED)
        await house.slot.retire()
        made = len(house.made)
        await asyncio.sleep(1000)
        assert made == len(house.made)

    in_virtual_time(play())


def test_fill_returns_after_the_first_attempt(in_virtual_time: Run) -> None:
    """Although that failed; the attempts go on."""

    async def play() -> None:
        house = House(BROKEN, BROKEN)
        await house.slot.fill()
        assert SlotState.FAILED is house.slot.state
        await house.until(SlotState.READY)
        assert [True] * 3 == house.replacements
        await house.slot.stop()

    in_virtual_time(play())
