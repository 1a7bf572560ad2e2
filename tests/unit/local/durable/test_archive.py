"""Executions that have ended leave the memory when the state file keeps them, and nobody sees a difference."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from executions import function_arn, new_execution, saved

from durable_mi.dashboard.source import ExecutionQuery
from durable_mi.local.durable import store as store_module
from durable_mi.local.durable.history.notes import InvocationNote
from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore
from durable_mi.local.durable.store import ExecutionStore
from durable_mi.local.source.rows import list_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = 2
NAMES = ("a", "b", "c", "d", "e")


@pytest.fixture(autouse=True)
def _few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_KEPT", KEPT)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteExecutionStore]:
    """Return a new state file."""
    with closing(SqliteExecutionStore(tmp_path / "state")) as sqlite:
        yield sqlite


@pytest.fixture
def store(sqlite: SqliteExecutionStore) -> ExecutionStore:
    """Return a store with a state file."""
    return ExecutionStore(function_arn, sqlite)


def end(store: ExecutionStore, name: str, second: int = 0) -> str:
    """Start and end an execution."""
    arn = saved(store, name, second=second)
    store.notes(arn).invocations["request"] = InvocationNote(1)
    execution = store.load(arn)
    execution.complete_success(f'"{name}"')
    store.update(execution)
    return arn


def in_memory(store: ExecutionStore) -> list[str]:
    """Names of the executions in memory."""
    return [each.start_input.execution_name for each in store.in_memory()]


def rows(store: ExecutionStore) -> list[tuple[str, str, bool]]:
    """Return the names and states that the page lists."""
    found = list_rows(store.listed(), ExecutionQuery(), store.status).executions
    return [(each.name, each.status, each.end is None) for each in found]


def test_the_latest_stay_in_memory(store: ExecutionStore) -> None:
    """And those that run."""
    running = saved(store, "running")
    for name in NAMES:
        end(store, name)
    assert ["running", *NAMES[-KEPT:]] == in_memory(store)
    assert running in {each.durable_execution_arn for each in store.listed()}


def test_all_stay_in_memory_without_a_state_file() -> None:
    """There is nothing else that has them, but what was kept for their run is dropped."""
    store = ExecutionStore(function_arn)
    released: list[str] = []
    store.on_release = released.append
    arns = [end(store, name) for name in NAMES]
    assert list(NAMES) == in_memory(store)
    assert arns[:-KEPT] == released


def test_lists_are_the_same(store: ExecutionStore) -> None:
    """Each row, in its order, those of one moment too; before and after a restart."""
    in_memory_only = ExecutionStore(function_arn)
    for number, name in enumerate(NAMES):
        for each in (store, in_memory_only):
            end(each, name, second=number // 2)
            saved(each, f"running-{name}", second=number // 2)
    assert rows(in_memory_only) == rows(store)


def test_who_asks_for_one_gets_it_whole(store: ExecutionStore) -> None:
    """With its notes, and the same objects each time."""
    execution = new_execution("a")
    store.save(execution)
    arn = execution.durable_execution_arn
    store.notes(arn).versions["invoke"] = "7"
    execution.complete_success("1")
    store.update(execution)
    for name in NAMES[1:]:
        end(store, name)
    assert "a" not in in_memory(store)
    loaded = store.load(arn)
    assert execution is not loaded
    assert execution.to_json_dict() == loaded.to_json_dict()
    assert {"invoke": "7"} == store.notes(arn).versions
    assert "SUCCEEDED" == store.status(loaded)
    assert loaded is store.ended(arn).result(timeout=0) is store.load(arn)


def test_its_name_stays_taken(store: ExecutionStore) -> None:
    """A second start under it finds it, or is told that the payload is another."""
    future, _, _ = store.claim("orders", "a", b"{}")
    arn = end(store, "a")
    future.set_result(arn)
    for name in NAMES[1:]:
        end(store, name)
    found, is_first, is_same = store.claim("orders", "a", b"{}")
    _, _, is_same_with_another = store.claim("orders", "a", b"1")
    assert (arn, False, True, False) == (found.result(timeout=0), is_first, is_same, is_same_with_another)


def test_one_whose_handler_still_runs_stays(store: ExecutionStore) -> None:
    """It was stopped: the end of its invocation is yet to be written."""
    busy = {saved(store, "busy")}
    store.is_busy = busy.__contains__
    execution = store.load(*busy)
    execution.complete_success(None)
    store.update(execution)
    for name in NAMES:
        end(store, name)
    assert "busy" in in_memory(store)
    busy.clear()
    end(store, "last")
    assert "busy" not in in_memory(store)


def test_a_late_change_is_kept(store: ExecutionStore, sqlite: SqliteExecutionStore) -> None:
    """Whoever comes after all finds it in memory again, and the file has the change."""
    arn = end(store, "a")
    for name in NAMES[1:]:
        end(store, name)
    execution = store.load(arn)
    execution.consecutive_failed_invocation_attempts = 3
    store.notes(arn).versions["invoke"] = "7"
    store.save(execution)
    assert "a" in in_memory(store)
    assert len(NAMES) == len(store.listed())
    written, notes = sqlite.load(arn)
    assert execution.to_json_dict() == written.to_json_dict()
    assert ({"invoke": "7"}, ["request"]) == (notes.versions, list(notes.invocations))


def test_one_that_is_deleted_is_gone(store: ExecutionStore, sqlite: SqliteExecutionStore) -> None:
    """From lists, from the file, and its name is free."""
    arn = end(store, "a")
    for name in NAMES[1:]:
        end(store, name)
    store.forget(arn)
    assert arn not in {each.durable_execution_arn for each in store.listed()}
    assert arn not in sqlite.arns()
    assert store.claim("orders", "a", b"{}")[1]
    with pytest.raises(KeyError):
        store.load(arn)


def test_none_is_found_after_the_file_is_closed(store: ExecutionStore, sqlite: SqliteExecutionStore) -> None:
    """A page may still ask while the runtime stops."""
    arn = end(store, "a")
    for name in NAMES[1:]:
        end(store, name)
    sqlite.close()
    with pytest.raises(KeyError):
        store.load(arn)


def test_after_a_restart_only_those_that_run_are_in_memory(tmp_path: Path) -> None:
    """All are listed, as before."""
    with closing(SqliteExecutionStore(tmp_path / "state")) as sqlite:
        store = ExecutionStore(function_arn, sqlite)
        arns = [end(store, name, second=number) for number, name in enumerate(NAMES)]
        saved(store, "running", second=9)
        before = rows(store)
    with closing(SqliteExecutionStore(tmp_path / "state")) as sqlite:
        again = ExecutionStore(function_arn, sqlite)
        assert ["running"] == in_memory(again)
        assert before == rows(again)
        assert arns == [each.durable_execution_arn for each in again.listed() if each.is_complete]
        assert list(NAMES) == [each.start_input.execution_name for each in again.list_all() if each.is_complete]
