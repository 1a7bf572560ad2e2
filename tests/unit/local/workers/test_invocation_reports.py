"""What is said of invocations that fail, and of workers that none is free of."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.notices.notices import Notices
from durable_mi.local.workers.invocation import Invocation, Outcome
from durable_mi.local.workers.invocation_reports import InvocationReports

if TYPE_CHECKING:
    from collections.abc import Callable

ARN = "arn:aws:lambda:us-east-1:000000000000:function:orders:1/durable-execution/{}/id"
HELD = "all 2 worker processes run invocations that timed out, so further invocations wait: a process is free when"


class Version:
    """The reports of a version with two environments of one process."""

    def __init__(self, function: Any) -> None:
        self.lines: list[str] = []
        self.notices = Notices(self.lines.append)
        self.environments = ["e1", "e2"]
        self.reports = InvocationReports(function, self.notices, lambda: self.environments)

    def request(self, name: str | None = None) -> Invocation:
        """Request an invocation, of an execution if that has a name."""
        invocation = Invocation(b"{}", "arn", timeout=30, execution=None if name is None else ARN.format(name))
        self.reports.requested(invocation)
        return invocation

    def run(self, name: str | None = None, *, environment: str = "e1", pid: int = 7) -> Invocation:
        """Let a worker take one."""
        invocation = self.request(name)
        invocation.environment, invocation.pid = environment, pid
        invocation.begin()
        return invocation

    def fail(self, invocation: Invocation, outcome: Outcome) -> None:
        """End it."""
        invocation.end(outcome)
        self.reports.ended(invocation, outcome)

    def time_out(self, invocation: Invocation) -> None:
        """Let its time be over while its worker goes on."""
        invocation._time_out()  # noqa: SLF001 - what the timer does
        self.reports.ended(invocation, invocation.outcome.result())

    def told(self, name: str) -> list[str]:
        """Return what those learn who follow an execution."""
        return [notice.text for notice in self.notices.of(ARN.format(name))]


@pytest.fixture
def play(make_function: Callable[..., Any]) -> Callable[[Callable[[Version], None]], None]:
    """Play a scene with a version in an event loop."""

    def run(scene: Callable[[Version], None]) -> None:
        async def in_loop() -> None:
            scene(Version(make_function("orders", concurrency=1, environments=2)))

        asyncio.run(in_loop())

    return run


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (json.dumps({"errorType": "ValueError", "errorMessage": "no\nstock"}), "ValueError: no stock"),
        (json.dumps({"errorMessage": "no stock"}), "Kind: no stock"),
        (json.dumps({"errorType": "SystemExit"}), "SystemExit"),
        ("nonsense", "Kind: nonsense"),
        ("[1]", "Kind: [1]"),
    ],
)
def test_a_failed_invocation_is_one_line(play: Callable[..., None], payload: str, said: str) -> None:
    """With its execution, its process and its error, in any form that a runtime reports it in."""

    def scene(version: Version) -> None:
        version.fail(version.run("a"), Outcome(payload.encode(), "Kind"))
        version.fail(version.request(), Outcome(payload.encode(), "Kind"))
        assert [
            f"orders:1: execution a: an invocation failed in process 7: {said}",
            f"orders:1: an invocation failed: {said}",
        ] == version.lines

    play(scene)


def test_what_returns_or_is_abandoned_or_stopped_is_no_news(play: Callable[..., None]) -> None:
    """Nor what the local runtime ends itself."""

    def scene(version: Version) -> None:
        version.fail(version.run("a"), Outcome(b"{}"))
        version.reports.ended(version.run("b"), None)
        version.reports.close()
        version.fail(version.run("c"), Outcome.failure("Runtime.ExitError", "stopped", "r"))
        assert [] == version.lines

    play(scene)


def test_no_free_worker_is_said_when_the_last_one_is_held_and_to_all_that_wait(play: Callable[..., None]) -> None:
    """At once, and to those who come later; not while one is free, nor to those who do not wait."""

    def scene(version: Version) -> None:
        first, second = version.run("a", environment="e1"), version.run("b", environment="e2", pid=8)
        version.request("waiting")
        version.time_out(first)
        assert 1 == len(version.lines)
        assert [] == version.told("waiting")
        version.time_out(second)
        assert version.lines[-1].startswith(f"orders:1: {HELD}")
        version.request("late")
        assert 3 == len(version.lines)
        assert [0, 1, 1, 1] == [len(version.told(name)) for name in ("a", "b", "waiting", "late")]
        assert version.told("late")[0].startswith(HELD)

    play(scene)


@pytest.mark.parametrize("change", ["returned", "replaced", "none yet"])
def test_a_worker_that_is_free_again_is_free(play: Callable[..., None], change: str) -> None:
    """Since its handler has returned, or since a new environment is in the place of its own."""

    def scene(version: Version) -> None:
        first, second = version.run("a", environment="e1"), version.run("b", environment="e2")
        version.time_out(first)
        if change == "returned":
            first.end(Outcome(b"{}"))
        elif change == "replaced":
            version.environments[0] = "e3"
        else:
            version.environments = []
        version.time_out(second)
        version.request("late")
        assert [] == version.told("late")
        assert not any("so further invocations wait" in line for line in version.lines)

    play(scene)
