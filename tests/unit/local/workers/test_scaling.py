"""A version that is scaled, deactivated, activated again and deleted, without processes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from versions import version_of

from durable_mi.local.api_error import ApiError
from durable_mi.local.app.functions import CapacityConfig
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.release.scaling import Scaling
from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from durable_mi.local.app.functions import AppFunction

OFF = Scaling(0, 0)
LIMIT = 30


class Environment:
    """An environment that is busy until the test lets it go."""

    def __init__(self, failure: Exception | None) -> None:
        self.id = "environment"
        self.failure = failure
        self.is_idle = asyncio.Event()
        self.stopped = False

    async def start(self) -> None:
        """Start, or fail."""
        if self.failure is not None:
            raise self.failure

    def workers(self) -> dict[int, str | None]:
        """Return none."""
        return {}

    def execution_of(self, pid: int) -> str | None:
        """Return none."""

    def drain(self) -> None:
        """Take nothing further; nothing was taken."""

    async def idle(self) -> None:
        """Wait for the test."""
        await self.is_idle.wait()

    async def stop(self) -> None:
        """End."""
        self.stopped = True


class Stage:
    """A version of `orders` with one environment that runs, and the environments that it made."""

    def __init__(self, function: AppFunction, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Environment] = []
        self.failure: Exception | None = None
        monkeypatch.setattr(FunctionVersion, "_new_environment", self._make)
        self.version = version_of(function)

    def _make(self, *_: object, **__: object) -> Environment:
        self.made.append(Environment(self.failure))
        return self.made[-1]

    async def start(self) -> None:
        """Let the version become active."""
        self.version.request_scaling(self.version.requested)
        await self.until("Active")

    @property
    def state(self) -> str:
        """Return the version's state."""
        return self.version.state.state

    async def until(self, state: str) -> None:
        """Wait until the version is in a state."""
        async with asyncio.timeout(LIMIT):
            while state != self.state:  # noqa: ASYNC110 - it costs no time here
                await asyncio.sleep(0)

    async def until_applied(self, scaling: Scaling) -> None:
        """Wait until a scaling configuration holds."""
        async with asyncio.timeout(LIMIT):
            while scaling != self.version.applied:  # noqa: ASYNC110 - it costs no time here
                await asyncio.sleep(0)


@pytest.fixture
def play(
    make_function: Callable[..., AppFunction], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Stage], Awaitable[None]]], None]:
    """Run a scene with a version that is active."""

    def run(scene: Callable[[Stage], Awaitable[None]]) -> None:
        async def whole() -> None:
            stage = Stage(make_function("orders", capacity=CapacityConfig("arn:provider", 4)), monkeypatch)
            await stage.start()
            await scene(stage)
            for environment in stage.made:
                environment.is_idle.set()
            await stage.version.stop()

        asyncio.run(whole())

    return run


Play = Any


def test_a_version_is_deactivating_until_its_environments_have_ended(play: Play) -> None:
    """And takes no invocation from the moment on at which it was asked for."""

    async def scene(stage: Stage) -> None:
        stage.version.request_scaling(OFF)
        assert ("Deactivating", OFF, Scaling(1)) == (stage.state, stage.version.requested, stage.version.applied)
        with pytest.raises(ApiError, match="currently in the following state: Deactivating") as refusal:
            await stage.version.invoke(b"{}", "1")
        assert (409, "ResourceConflictException") == (refusal.value.status, refusal.value.code)
        stage.made[0].is_idle.set()
        await stage.until("Deactivated")
        await stage.until_applied(OFF)
        assert stage.made[0].stopped
        with pytest.raises(ApiError, match="currently in the following state: Deactivated"):
            await stage.version.invoke(b"{}", "1")
        assert 1 == len(stage.made)

    play(scene)


def test_what_waits_for_a_worker_is_refused_when_a_version_is_deactivated(play: Play) -> None:
    """Or it would wait for ever."""

    async def scene(stage: Stage) -> None:
        waiting = asyncio.ensure_future(stage.version.invoke(b"{}", "1"))
        await asyncio.sleep(0)
        stage.version.request_scaling(OFF)
        with pytest.raises(ApiError, match="Deactivating"):
            await asyncio.wait_for(waiting, LIMIT)

    play(scene)


def test_a_version_is_pending_until_it_is_active_again(play: Play) -> None:
    """A tool that moves an alias waits for that."""

    async def scene(stage: Stage) -> None:
        stage.version.request_scaling(OFF)
        stage.made[0].is_idle.set()
        await stage.until("Deactivated")
        stage.version.request_scaling(Scaling(2, 5))
        assert "Pending" == stage.state
        await stage.until("Active")
        await stage.until_applied(Scaling(2, 5))
        assert 3 == len(stage.made)

    play(scene)


def test_a_version_whose_environments_cannot_start_again_has_failed(play: Play) -> None:
    """As for lack of capacity."""

    async def scene(stage: Stage) -> None:
        stage.version.request_scaling(OFF)
        stage.made[0].is_idle.set()
        await stage.until("Deactivated")
        stage.failure = InitError("no capacity")
        stage.version.request_scaling(Scaling(1))
        await stage.until("Failed")
        stage.version.request_scaling(OFF)
        await stage.until("Deactivated")

    play(scene)


def test_a_deleted_version_runs_nothing_any_more(play: Play) -> None:
    """What waits for a worker, and what comes later, does not find it."""

    async def scene(stage: Stage) -> None:
        waiting = asyncio.ensure_future(stage.version.invoke(b"{}", "1"))
        await asyncio.sleep(0)
        await stage.version.delete()
        for invocation in (waiting, stage.version.invoke(b"{}", "1")):
            with pytest.raises(ApiError, match=r"Function not found: .*:orders:1") as refusal:
                await asyncio.wait_for(invocation, LIMIT)
            assert "ResourceNotFoundException" == refusal.value.code
        assert stage.made[0].stopped

    play(scene)
