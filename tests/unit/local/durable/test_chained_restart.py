"""Chained invokes whose runtime is killed as they start an execution."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from playing import LIMIT, Functions, play

if TYPE_CHECKING:
    from pathlib import Path

INVOKE = {
    "Id": "call",
    "Type": "CHAINED_INVOKE",
    "Action": "START",
    "Name": "call",
    "Payload": "{}",
    "ChainedInvokeOptions": {"FunctionName": "child:1"},
}


def copied(file: Path, to: Path) -> None:
    """Copy a state file as a kill at this moment would leave it."""
    to.mkdir()
    for part in file.parent.glob(f"{file.name}*"):
        shutil.copy(part, to)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_chained_execution_is_started_once_whenever_the_runtime_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, moment: str
) -> None:
    """Killed between the start of the chained execution and its note in the one that invokes, or after both."""
    file, killed = tmp_path / "executions.db", tmp_path / "killed"

    async def scene(functions: Functions) -> str:
        executor = functions.service._executor  # noqa: SLF001 - the moment is between two of its calls
        record = executor._record_child_on_parent  # noqa: SLF001

        def kill(*arguments: str) -> None:
            if moment == "after":
                record(*arguments)
            copied(file, killed)
            if moment == "before":
                record(*arguments)

        monkeypatch.setattr(executor, "_record_child_on_parent", kill)
        parent = await functions.begin()
        await parent.checkpoint(INVOKE)
        parent.returns()
        return (await functions.next()).arn

    child = play(scene, state=file)

    async def again(functions: Functions) -> None:
        handlers = [await functions.next() for _ in range(2)]
        (resumed,) = [handler for handler in handlers if handler.arn == child]
        (parent,) = [handler for handler in handlers if handler.arn != child]
        parent.returns()
        resumed.returns("SUCCEEDED", Result='"made"')
        parent = await functions.next()
        assert "made" == json.loads(parent.operations["call"]["ChainedInvokeDetails"]["Result"])
        parent.returns("SUCCEEDED", Result='"done"')
        assert await functions.service.wait_for_end(parent.arn, LIMIT) is not None
        assert {parent.arn, child} == {each.durable_execution_arn for each in functions.service.store.list_all()}

    play(again, state=killed / file.name)
