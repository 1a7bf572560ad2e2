"""Executions in a SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from executions import function_arn, saved

from durable_mi.local.durable.sqlite_store import JournalError, SqliteExecutionStore
from durable_mi.local.durable.store import ExecutionStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a path for a state file."""
    return tmp_path / "executions.db"


@pytest.fixture
def sqlite(file: Path) -> Iterator[SqliteExecutionStore]:
    """Yield a new state file."""
    store = SqliteExecutionStore(file)
    yield store
    store.close()


def test_executions_outlive_the_process(file: Path, sqlite: SqliteExecutionStore) -> None:
    """A second store on the file has them in the order of their starts, with their states and names."""
    store = ExecutionStore(function_arn, sqlite)
    first, second = saved(store, "b"), saved(store, "a", second=1)
    execution = store.load(first)
    execution.complete_success("1")
    store.update(execution)
    sqlite.close()

    with closing(SqliteExecutionStore(file)) as reopened:
        found = ExecutionStore(function_arn, reopened)
        assert [first, second] == [each.durable_execution_arn for each in found.list_all()]
        assert [True, False] == [each.is_complete for each in found.list_all()]
        assert found.ended(first).done()
        future, is_first, is_same = found.claim("orders", "a", b"{}")
        assert (second, False, True) == (future.result(timeout=0), is_first, is_same)
        _, _, is_same = found.claim("orders", "a", b"other")
        assert not is_same


def test_a_deleted_execution_is_not_in_the_file(file: Path, sqlite: SqliteExecutionStore) -> None:
    """Nor is anything else lost with it."""
    store = ExecutionStore(function_arn, sqlite)
    gone, kept = saved(store, "a"), saved(store, "b")
    store.forget(gone)
    sqlite.close()
    with closing(SqliteExecutionStore(file)) as reopened:
        assert [kept] == [each.durable_execution_arn for each in reopened.read()]


def test_a_write_after_the_end_is_dropped(sqlite: SqliteExecutionStore) -> None:
    """A late answer of a stopped worker has nowhere to go and raises nothing."""
    store = ExecutionStore(function_arn, sqlite)
    sqlite.close()
    assert saved(store, "a").startswith("arn:")


def test_rejects_a_file_that_another_runtime_holds(file: Path, sqlite: SqliteExecutionStore) -> None:
    """Two runtimes on one file would run every execution twice."""
    saved(ExecutionStore(function_arn, sqlite), "a")
    with pytest.raises(JournalError, match="is another `durable-mi local` using it"):
        SqliteExecutionStore(file)


def test_rejects_a_file_of_another_program(file: Path) -> None:
    """A database with tables of somebody else is left as it is."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE executions (something TEXT)")
        connection.commit()
    with pytest.raises(JournalError, match="is not a state file of this version"):
        SqliteExecutionStore(file)
    with closing(sqlite3.connect(file)) as connection:
        assert [("something",)] == connection.execute("SELECT name FROM pragma_table_info('executions')").fetchall()


def test_rejects_a_file_of_another_format(file: Path, sqlite: SqliteExecutionStore) -> None:
    """A format that a later release writes is not guessed at."""
    sqlite.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version=999")
    with pytest.raises(JournalError, match="is not a state file of this version"):
        SqliteExecutionStore(file)


def test_rejects_a_file_that_is_no_database(file: Path) -> None:
    """One line says so."""
    file.write_bytes(b"no database at all, " * 100)
    with pytest.raises(JournalError, match="cannot be used"):
        SqliteExecutionStore(file)
