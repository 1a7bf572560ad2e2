"""A state file that takes no more: nothing that was accepted is lost, and nothing that was not takes up a name."""

from __future__ import annotations

import asyncio
import contextlib
import json
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playing import LIMIT, Functions, call, play

from durable_mi.local.api_error import ApiError
from durable_mi.local.app.functions import DurableConfig
from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore
from durable_mi.local.notices.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from durable_mi.local.durable.service import DurableService

LARGE = "x" * 30_000
STEP = {"Id": "step", "Type": "STEP", "Name": "step"}
UNLIMITED = 1_000_000


@contextlib.contextmanager
def full_disk(service: DurableService) -> Iterator[None]:
    """Let the file not grow, by SQLite's own limit: the error is the one of a full disk."""
    assert service._sqlite is not None  # noqa: SLF001 - it has no other way in
    store, connection = service._sqlite, service._sqlite._connection  # noqa: SLF001
    with store._lock:  # noqa: SLF001
        connection.execute("PRAGMA max_page_count=1")
    yield
    with store._lock:  # noqa: SLF001
        connection.execute(f"PRAGMA max_page_count={UNLIMITED}")


async def start(functions: Functions, name: str, text: str) -> str:
    """Start an execution with an input."""
    return await functions.service.start_execution(
        account="000000000000",
        function_name="flow",
        version="1",
        name=name,
        config=DurableConfig(execution_timeout=600, retention_days=1),
        payload=json.dumps(text).encode(),
    )


async def said(lines: list[str], count: int) -> None:
    """Wait until so many lines are said."""
    async with asyncio.timeout(LIMIT):
        while len(lines) < count:  # noqa: ASYNC110 - other threads say them
            await asyncio.sleep(0.005)


def names(file: Path) -> list[str]:
    """Return the names of the executions that a state file holds, one for each."""
    with closing(SqliteExecutionStore(file)) as store:
        return [execution.start_input.execution_name for execution, _ in store.read()]


def test_rejects_a_new_execution_and_leaves_its_name(tmp_path: Path) -> None:
    """Two callers get an error that AWS SDKs answer with another try, which may even have another input."""
    file, lines = tmp_path / "executions.db", list[str]()

    async def scene(functions: Functions) -> None:
        with full_disk(functions.service):
            failed = await asyncio.gather(*(start(functions, "a", LARGE) for _ in range(2)), return_exceptions=True)
        for error in failed:
            assert isinstance(error, ApiError)
            assert (500, "ServiceException") == (error.status, error.code)
            assert f"{file} cannot be written (database or disk is full): try again later" == error.message
        assert [] == functions.service.store.list_all()
        arn = await start(functions, "a", "other")
        assert arn == (await functions.next()).arn
        await said(lines, 2)

    play(scene, state=file, notices=Notices(lines.append))
    reason = "(database or disk is full): running executions wait until it can be, and new ones are rejected"
    assert [
        f"the state file {file} cannot be written {reason}",
        f"the state file {file} can be written again: the executions go on",
    ] == lines
    assert ["a"] == names(file)


def test_an_accepted_execution_waits_for_space_and_goes_on(tmp_path: Path) -> None:
    """Its checkpoint is answered once it is kept; other changes are rejected meanwhile, and can be tried again."""
    file, lines = tmp_path / "executions.db", list[str]()

    async def scene(functions: Functions) -> None:
        handler = await functions.begin()
        with full_disk(functions.service):
            waiting = asyncio.ensure_future(handler.checkpoint({**STEP, "Action": "SUCCEED", "Payload": LARGE}))
            await said(lines, 1)
            assert not waiting.done()
            with pytest.raises(ApiError, match="try again later"):
                await start(functions, "b", LARGE)
            with pytest.raises(ApiError, match="try again later"):
                await call(functions.service, "POST", f"durable-executions/{quote(handler.arn, safe='')}/stop")
            assert not waiting.done()
        assert ["step"] == await asyncio.wait_for(waiting, LIMIT)
        handler.returns("SUCCEEDED", Result='"done"')
        ended = await functions.service.wait_for_end(handler.arn, LIMIT)
        assert ended is not None
        await said(lines, 2)

    play(scene, state=file, notices=Notices(lines.append))
    assert 2 == len(lines)
    assert ["one"] == names(file)
    with closing(SqliteExecutionStore(file)) as store:
        ((execution, _),) = store.read()
    assert execution.is_complete
    assert LARGE in json.dumps(execution.to_json_dict())


def test_a_runtime_is_stopped_while_executions_wait_for_space(tmp_path: Path) -> None:
    """What waits gets no answer but an error, and the next runtime goes on from what was kept."""
    file, lines = tmp_path / "executions.db", list[str]()

    async def scene(functions: Functions) -> None:
        handler = await functions.begin()
        with full_disk(functions.service):
            waiting = asyncio.ensure_future(handler.checkpoint({**STEP, "Action": "SUCCEED", "Payload": LARGE}))
            await said(lines, 1)
            functions.service.store.close()
            with pytest.raises(AssertionError, match="status=500"):
                await asyncio.wait_for(waiting, LIMIT)

    play(scene, state=file, notices=Notices(lines.append))

    async def again(functions: Functions) -> None:
        handler = await functions.next()
        assert "step" not in handler.operations

    play(again, state=file)
