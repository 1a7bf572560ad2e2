"""What the durable service reports of executions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playing import LIMIT, Functions, call, play, until_idle

from durable_mi.local.notices.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

STEP = {"Type": "STEP", "SubType": "Step"}


def reported(scene: Callable[[Functions], Awaitable[Any]], **options: Any) -> tuple[list[str], list[str]]:
    """Play a scene that returns an execution's ARN; returns the lines, and what those learn who follow it."""
    lines: list[str] = []
    notices = Notices(lines.append)
    arn = play(scene, notices=notices, **options)
    return lines, [notice.text for notice in notices.of(arn)]


def test_a_callback_is_printed_once_it_is_waited_for() -> None:
    """When the handler has suspended, with its timeout; not again after another invocation, nor if it is answered."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        opened = {"Type": "CALLBACK", "SubType": "Callback", "Action": "START"}
        await first.checkpoint(
            {"Id": "c", **opened, "Name": "approval", "CallbackOptions": {"TimeoutSeconds": 60}},
            {"Id": "d", **opened, "Name": "other"},
            {"Id": "e", **opened, "Name": "quick"},
        )
        ids = {name: first.operations[name]["CallbackDetails"]["CallbackId"] for name in "cde"}
        await call(functions.service, "POST", f"durable-execution-callbacks/{ids['e']}/succeed", b"{}")
        first.returns()
        second = await functions.next()
        await call(functions.service, "POST", f"durable-execution-callbacks/{ids['d']}/succeed", b"{}")
        second.returns()
        third = await functions.next()
        third.returns()
        await until_idle(functions.service, third.arn)
        return third.arn

    lines, kept = reported(scene)
    assert ["approval until", "other without"] == [" ".join(line.split(" callback ")[1].split()[:2]) for line in lines]
    assert [] == kept


@pytest.mark.parametrize("status", ["SUCCEEDED", "STOPPED"])
def test_a_callback_that_nobody_waits_for_is_not_printed(status: str) -> None:
    """The execution ended with it, or while it was open."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        await first.checkpoint({"Id": "c", "Type": "CALLBACK", "SubType": "Callback", "Action": "START", "Name": "c"})
        if status == "STOPPED":
            await call(functions.service, "POST", f"durable-executions/{quote(first.arn, safe='')}/stop", b"{}")
        first.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None
        await until_idle(functions.service, first.arn)
        return first.arn

    assert ([], []) == reported(scene)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_step_that_had_not_ended_is_named_when_the_invocation_times_out(*, is_open: bool) -> None:
    """Its result may be what the SDK does not send."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        await first.checkpoint({"Id": "s", **STEP, "Action": "START", "Name": "report"})
        if not is_open:
            await first.checkpoint({"Id": "s", **STEP, "Action": "SUCCEED", "Name": "report", "Payload": "1"})
        first.times_out()
        await until_idle(functions.service, first.arn)
        return first.arn

    lines, kept = reported(scene)
    assert ([1, 1] if is_open else [0, 0]) == [len(lines), len(kept)]
    assert all("step report had not ended when the invocation timed out" in line for line in lines)


@pytest.mark.parametrize(("size", "count"), [(100_000, 0), (700_000, 1)])
def test_a_large_result_of_a_step_is_reported(size: int, count: int) -> None:
    """By name and size; several small ones that are large together are not."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        names = "abcdefgh"
        await first.checkpoint(*({"Id": name, **STEP, "Action": "START", "Name": name} for name in names))
        sizes = {name: size if name == "a" else 100_000 for name in names}
        await first.checkpoint(
            *({"Id": name, **STEP, "Action": "SUCCEED", "Name": name, "Payload": "x" * sizes[name]} for name in names)
        )
        first.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None
        return first.arn

    lines, kept = reported(scene)
    assert [count] * 2 == [len(lines), len(kept)]
    assert all("the result of step a has 684 KB" in line for line in lines)


def test_an_answer_that_no_durable_function_gives_is_printed() -> None:
    """Whoever follows the execution sees the error of its end."""

    async def scene(functions: Functions) -> str:
        first = await functions.begin()
        first.answers(b'{"x": 1}')
        ended = await functions.service.wait_for_end(first.arn, LIMIT)
        assert ended is not None
        return first.arn

    [line], kept = reported(scene)
    assert line.startswith("flow:1: execution one failed: ")
    assert line.endswith("is the handler wrapped in @durable_execution?")
    assert [] == kept
