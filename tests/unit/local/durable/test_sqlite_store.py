"""Executions in a SQLite file."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import (
    Operation,
    OperationAction,
    OperationStatus,
    OperationType,
    OperationUpdate,
)
from executions import START, function_arn, new_execution, saved

from durable_mi.local.durable.history.notes import Interruption, InvocationNote
from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore
from durable_mi.local.durable.state.state_file_error import StateFileError
from durable_mi.local.durable.store import ExecutionStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from aws_durable_execution_sdk_python_testing.execution import Execution


EMULATOR = "aws-durable-execution-sdk-python-testing"


def alter(file: Path, *statements: str) -> None:
    """Change a closed state file as another version would have written it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def sign(file: Path, distribution: str, wrote: str) -> None:
    """Let a closed state file have been written with another version."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE versions SET version = ? WHERE distribution = ?", (wrote, distribution))
        connection.commit()


def query(file: Path, statement: str) -> list[tuple[Any, ...]]:
    """Read from a closed state file."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(statement).fetchall()


def rejects(file: Path, message: str) -> None:
    """Check that a store on this file fails with one line, and leaves the file as it is."""
    before = file.read_bytes()
    with pytest.raises(StateFileError, match=message) as caught:
        SqliteExecutionStore(file)
    assert "\n" not in str(caught.value)
    assert before == file.read_bytes()


def add_step(store: ExecutionStore, arn: str, number: int) -> Execution:
    """Let an execution do one more step, as its checkpoints would."""
    execution = store.load(arn)
    name = f"step-{number}"
    execution.operations.append(
        Operation(operation_id=name, operation_type=OperationType.STEP, status=OperationStatus.STARTED)
    )
    execution.updates.append(OperationUpdate(name, OperationType.STEP, OperationAction.START))
    execution.update_timestamps.append(START)
    execution.operation_size_bytes[name] = 10
    execution.touch_operation(name)
    store.update(execution)
    execution.operations[-1] = replace(execution.operations[-1], status=OperationStatus.SUCCEEDED)
    execution.updates.append(OperationUpdate(name, OperationType.STEP, OperationAction.SUCCEED, payload="1"))
    execution.update_timestamps.append(START)
    execution.touch_operation(name)
    store.update(execution)
    return execution


def write_as_format(format_: int, file: Path, states: Sequence[dict[str, Any]]) -> None:
    """Write a closed state file as an earlier release did, each execution in one piece."""
    alter(
        file,
        "DROP TABLE parts",
        "DROP TABLE executions",
        "CREATE TABLE executions (arn TEXT PRIMARY KEY, state TEXT NOT NULL)",
        f"PRAGMA user_version={format_}",
        *(["DROP TABLE versions"] if format_ == 1 else []),
    )
    with closing(sqlite3.connect(file)) as connection:
        connection.executemany(
            "INSERT INTO executions VALUES (?, ?)", [(it["DurableExecutionArn"], json.dumps(it)) for it in states]
        )
        connection.commit()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a path for a state file."""
    return tmp_path / "executions.db"


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """Return the connections that stores open from now on."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def recorded(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", recorded)
    return opened


@pytest.fixture
def sqlite(file: Path, connections: list[sqlite3.Connection]) -> Iterator[SqliteExecutionStore]:  # noqa: ARG001 - before
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
        assert [kept] == [each.durable_execution_arn for each, _ in reopened.read()]


def test_a_write_after_the_end_is_dropped(sqlite: SqliteExecutionStore) -> None:
    """A late answer of a stopped worker has nowhere to go and raises nothing."""
    store = ExecutionStore(function_arn, sqlite)
    sqlite.close()
    assert saved(store, "a").startswith("arn:")


def test_rejects_a_file_that_another_runtime_holds(file: Path, sqlite: SqliteExecutionStore) -> None:
    """Two runtimes on one file would run every execution twice."""
    saved(ExecutionStore(function_arn, sqlite), "a")
    with pytest.raises(StateFileError, match="is another `durable-mi local` using it"):
        SqliteExecutionStore(file)


def test_rejects_a_file_of_another_program(file: Path) -> None:
    """A database with tables of somebody else is left as it is."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE executions (something TEXT)")
        connection.commit()
    rejects(file, "must be one that durable-mi wrote, got a database of another program")


def test_rejects_a_file_of_another_format(file: Path, sqlite: SqliteExecutionStore) -> None:
    """A format that a later release writes is not guessed at."""
    sqlite.close()
    alter(file, "PRAGMA user_version=999")
    rejects(
        file, "must be of format 1 to 3, got format 999: .*executions.db; finish its executions with the version of"
    )


@pytest.mark.parametrize("distribution", [EMULATOR, "aws-durable-execution-sdk-python"])
def test_rejects_a_file_of_another_minor_version(file: Path, sqlite: SqliteExecutionStore, distribution: str) -> None:
    """Whether its executions can be read is not known."""
    saved(ExecutionStore(function_arn, sqlite), "a")
    sqlite.close()
    sign(file, distribution, "1.999.3")
    installed = ".".join(version(distribution).split(".")[:2])
    own = version("durable-mi-constructs")
    rejects(
        file,
        rf"must be written with {distribution} {installed}\.x, got 1\.999\.3: .*executions\.db; finish its executions "
        rf"with durable-mi-constructs {own} that wrote it, or name another file with --state$",
    )


def test_rejects_a_file_without_a_version(file: Path, sqlite: SqliteExecutionStore) -> None:
    """Format 2 always has them."""
    sqlite.close()
    alter(file, "DELETE FROM versions")
    rejects(file, "got no version")


def test_reads_a_file_of_another_patch_version(file: Path, sqlite: SqliteExecutionStore) -> None:
    """And signs it with the installed one."""
    arn = saved(ExecutionStore(function_arn, sqlite), "a")
    sqlite.close()
    patch = f"{version(EMULATOR).rpartition('.')[0]}.999"
    sign(file, EMULATOR, patch)
    with closing(SqliteExecutionStore(file)) as reopened:
        assert [arn] == [each.durable_execution_arn for each, _ in reopened.read()]
    assert (version(EMULATOR),) in query(file, "SELECT version FROM versions")


@pytest.mark.parametrize("format_", [1, 2])
def test_converts_a_file_of_an_earlier_format(file: Path, sqlite: SqliteExecutionStore, format_: int) -> None:
    """Format 1 had no versions, but only one minor version of the emulator has ever written it."""
    store = ExecutionStore(function_arn, sqlite)
    arns = [saved(store, "b"), saved(store, "a")]
    states = [add_step(store, arn, number).to_json_dict() for number, arn in enumerate(arns)]
    sqlite.close()
    write_as_format(format_, file, states)
    for _ in ("converted", "read again"):
        with closing(SqliteExecutionStore(file)) as reopened:
            assert states == [each.to_json_dict() for each, _ in reopened.read()]
    assert [(3,)] == query(file, "PRAGMA user_version")
    assert (EMULATOR, version(EMULATOR)) in query(file, "SELECT * FROM versions")


def test_rejects_a_file_of_an_earlier_format_with_an_execution_that_cannot_be_read(
    file: Path, sqlite: SqliteExecutionStore
) -> None:
    """The others are not converted either."""
    store = ExecutionStore(function_arn, sqlite)
    state = store.load(saved(store, "a")).to_json_dict()
    sqlite.close()
    write_as_format(2, file, [state, {"DurableExecutionArn": "arn:aws:lambda:broken"}])
    rejects(file, r"got one that cannot be read \(KeyError.*arn:aws:lambda:broken")
    assert 2 == len(query(file, "SELECT arn, state FROM executions"))


def test_each_state_is_read_as_it_was_written(file: Path, sqlite: SqliteExecutionStore) -> None:
    """Whatever of it changed: operations, lists, tables, notes, and what there is once."""
    store = ExecutionStore(function_arn, sqlite)
    arn = saved(store, "a")
    for number in range(5):
        add_step(store, arn, number)
    execution = store.load(arn)
    execution.operations[2] = replace(execution.operations[2], status=OperationStatus.FAILED)
    execution.operation_last_touched_seq["step-2"] = 99
    execution.chained_invoke_children["step-3"] = "arn:child"
    notes = store.notes(arn)
    notes.invocations["request"] = InvocationNote(3, {"ErrorType": "Runtime.ExitError"})
    notes.versions["step-3"] = "7"
    notes.interruptions.append(Interruption(START, reason="maintenance"))
    execution.complete_success("1")
    store.update(execution)
    sqlite.close()

    with closing(SqliteExecutionStore(file)) as reopened:
        ((read, read_notes),) = reopened.read()
        assert execution.to_json_dict() == read.to_json_dict()
        assert notes == read_notes


def test_a_step_costs_the_same_however_long_its_execution_is(
    sqlite: SqliteExecutionStore, connections: list[sqlite3.Connection]
) -> None:
    """Rows and bytes that its two changes write."""
    store = ExecutionStore(function_arn, sqlite)
    arn = saved(store, "a")
    written: list[str] = []
    connections[0].set_trace_callback(written.append)
    costs = []
    for number in range(200):
        written.clear()
        add_step(store, arn, number)
        costs.append((len(written), sum(map(len, written))))
    rows, sizes = zip(*costs, strict=True)
    assert {rows[1]} == set(rows[1:])
    assert max(sizes) <= sizes[1] + 40, "numbers have more digits, and nothing else grows"


def test_a_change_that_could_not_be_written_is_written_with_the_next(
    file: Path, sqlite: SqliteExecutionStore, connections: list[sqlite3.Connection]
) -> None:
    """A full disk, say: nothing of it is in the file, and nothing is missing later."""
    store = ExecutionStore(function_arn)
    arn = saved(store, "a")
    (connection,) = connections
    connection.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON parts BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(sqlite3.Error, match="full"):
        sqlite.write(add_step(store, arn, 1), store.notes(arn))
    connection.execute("DROP TRIGGER full")
    execution = add_step(store, arn, 2)
    sqlite.write(execution, store.notes(arn))
    expected = execution.to_json_dict()
    sqlite.close()

    with closing(SqliteExecutionStore(file)) as reopened:
        ((read, _),) = reopened.read()
        assert expected == read.to_json_dict()
        assert 3 == len(read.operations)


def test_rejects_a_file_of_format_1_with_another_emulator(
    file: Path, sqlite: SqliteExecutionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Format 1 was written with 1.4 only."""
    sqlite.close()
    write_as_format(1, file, [])
    monkeypatch.setattr("durable_mi.local.durable.state.state_file.version", lambda _: "1.5.0")
    rejects(file, r"must be written with aws-durable-execution-sdk-python-testing 1\.5\.x, got 1\.4\.0")


def test_rejects_an_execution_that_cannot_be_read(file: Path, sqlite: SqliteExecutionStore) -> None:
    """One line names it."""
    arn = saved(ExecutionStore(function_arn, sqlite), "a")
    sqlite.close()
    alter(file, "UPDATE executions SET state = '{}'")
    with (
        closing(SqliteExecutionStore(file)) as reopened,
        pytest.raises(StateFileError, match=rf"got one that cannot be read \(KeyError.*{arn}"),
    ):
        reopened.read()


def test_a_rejected_file_keeps_what_a_killed_process_left_beside_it(file: Path, tmp_path: Path) -> None:
    """Its log is not merged into it."""
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA journal_mode=WAL'); c.execute('CREATE TABLE other (x)'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(file)], check=True)
    log = tmp_path / "executions.db-wal"
    before = log.read_bytes()
    rejects(file, "of another program")
    assert before == log.read_bytes()


def test_rejects_a_file_that_is_no_database(file: Path) -> None:
    """One line says so."""
    file.write_bytes(b"no database at all, " * 100)
    with pytest.raises(StateFileError, match="cannot be used"):
        SqliteExecutionStore(file)


def test_the_file_and_those_beside_it_are_their_owners_alone(file: Path, tmp_path: Path) -> None:
    """A new one, and one that an earlier release left readable for all, with its log."""
    before = os.umask(0)
    try:
        first = SqliteExecutionStore(file)
        saved(ExecutionStore(function_arn, first), "a")
        copies = [shutil.copyfile(path, tmp_path / f"old{path.name}") for path in file.parent.glob(f"{file.name}*")]
        first.close()
        for copy in copies:
            copy.chmod(0o666)
        again = SqliteExecutionStore(tmp_path / f"old{file.name}")
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (file, *tmp_path.glob(f"old{file.name}*"))}
        again.close()
    finally:
        os.umask(before)
    assert {f"old{file.name}", f"old{file.name}-wal", file.name} <= found.keys()
    assert {0o600} == set(found.values())


def test_a_rejected_file_keeps_its_mode(file: Path) -> None:
    """Nothing is changed that is not ours."""
    file.write_text("not a database, but somebody's notes " * 50)
    file.chmod(0o644)
    with pytest.raises(StateFileError, match="name another file with --state"):
        SqliteExecutionStore(file)
    assert 0o644 == stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("damage", ["page", "text", "zeros", "end"])
def test_rejects_a_damaged_file(file: Path, sqlite: SqliteExecutionStore, damage: str) -> None:
    """A page of the file, a byte of an execution, bytes that were never written, the end: one line, and no change."""
    store = ExecutionStore(function_arn, sqlite)
    for number in range(20):
        store.save(new_execution(f"execution-{number}", payload=json.dumps("x" * 1000)))
    sqlite.close()
    content = file.read_bytes()
    name = b"execution-7"
    page = 4096 * (content.index(name) // 4096)
    damaged = {
        "page": content[:page] + 4096 * b"\xa5" + content[page + 4096 :],
        "text": content.replace(name, b"\xff" + name[1:]),
        "zeros": content.replace(name, bytes(len(name))),
        "end": content[:page],
    }[damage]
    file.write_bytes(damaged)
    with pytest.raises(StateFileError, match=r"damaged|whole executions") as caught:
        read_all(file)
    assert "\n" not in str(caught.value)
    assert damaged == file.read_bytes()


def read_all(file: Path) -> None:
    """Begin with what a file holds, as a runtime does."""
    with closing(SqliteExecutionStore(file)) as opened:
        ExecutionStore(function_arn, opened)


def test_a_start_changes_nothing_in_a_file_that_is_up_to_date(file: Path, sqlite: SqliteExecutionStore) -> None:
    """So a file with executions that cannot be read is as it was."""
    saved(ExecutionStore(function_arn, sqlite), "a")
    sqlite.close()
    before = file.read_bytes()
    read_all(file)
    assert before == file.read_bytes()


@pytest.mark.parametrize("place", ["/proc/executions.db", "file/executions.db"])
def test_rejects_a_place_that_takes_no_file(tmp_path: Path, place: str) -> None:
    """A file system that is read-only for everybody, and what is no directory."""
    (tmp_path / "file").touch()
    with pytest.raises(StateFileError, match=r"cannot be used \(.*\): name another file with --state") as caught:
        SqliteExecutionStore(tmp_path / place)
    assert "\n" not in str(caught.value)
