"""Durable executions in a SQLite file, so that they outlive the runtime."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from itertools import chain
from typing import TYPE_CHECKING, Final

from durable_mi.local.durable._sdk import Execution
from durable_mi.local.durable._sdk_state import WrittenParts, head_of, whole
from durable_mi.local.durable.history.notes import HistoryNotes, WrittenNotes
from durable_mi.local.durable.state.part import Part
from durable_mi.local.durable.state.state_file import (
    FORMAT,
    check_readable,
    is_of_whole_states,
    is_up_to_date,
    written_by,
)
from durable_mi.local.durable.state.state_file_error import StateFileError
from durable_mi.operate.private_file import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["SqliteExecutionStore"]

_NOTES: Final = "DurableMiHistory"
"""The notes for the history, beside the emulator's keys. The emulator ignores keys that it does not know."""

_REMEDIES: Final = {
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), "is another `durable-mi local` using it?"),
    **dict.fromkeys(
        (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR), "is its disk full? Otherwise name another file with --state"
    ),
}
"""What helps against SQLite's errors, by their codes."""

_ANOTHER_FILE: Final = "name another file with --state"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS executions (number INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, state TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS parts (
        execution INTEGER NOT NULL, kind TEXT NOT NULL, place NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (execution, kind, place)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS versions (distribution TEXT PRIMARY KEY, version TEXT NOT NULL)",
)


class SqliteExecutionStore:
    """The latest state of each execution, written whenever it changes.

    A state is in the file before the change is acknowledged to anyone, so killing the runtime at any moment loses none.
    Written is what changed: an operation costs the same at the end of a long execution as at its beginning.

    Args:
        path: The file; created when it does not exist. A file of an earlier format, which has each execution in one
            piece, is converted.

    Attributes:
        path: The file.

    Raises:
        StateFileError: The file is not one of ours, was written with another minor version of the SDK, is used by
            another runtime, cannot be written, or has an execution that cannot be read. The file is left as it is.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.path = path
        self._written: dict[str, tuple[WrittenParts, WrittenNotes]] = {}
        try:
            if path.exists():
                # Read-only, so that not even what a killed process left in the log is merged into a rejected file.
                with contextlib.closing(
                    sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1)
                ) as existing:
                    check_readable(existing, path)
            # SQLite makes its files beside it with the same mode; those of a killed process can have another.
            make_private(path)
            for beside in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                if beside.exists():
                    make_private(beside)
            self._connection = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            remedy = _REMEDIES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "name another file with --state")
            msg = f"the state file {path} cannot be used ({error}): {remedy}"
            raise StateFileError(msg) from error
        except OSError as error:
            msg = f"the state file {path} cannot be used ({error.strerror}): name another file with --state"
            raise StateFileError(msg) from error

    def write(self, execution: Execution, notes: HistoryNotes) -> None:
        """Keep an execution's state, and the notes for its history beside it.

        Raises:
            sqlite3.Error: The file cannot be written. It holds what it held before.
        """
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            # After close() a late answer of a stopped worker has nowhere to go, and nobody waits for it.
            try:
                with self._transaction():
                    self._put(execution, notes)
            except BaseException:
                # The next change writes all of it.
                self._written.pop(execution.durable_execution_arn, None)
                raise

    def delete(self, arn: str) -> None:
        """Delete an execution."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError), self._transaction():
            self._written.pop(arn, None)
            number = "(SELECT number FROM executions WHERE arn = ?)"
            self._connection.execute(f"DELETE FROM parts WHERE execution = {number}", (arn,))  # noqa: S608 - a constant
            self._connection.execute("DELETE FROM executions WHERE arn = ?", (arn,))

    def probe(self) -> None:
        """Write what the file holds already.

        Raises:
            sqlite3.Error: The file cannot be written.
        """
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError), self._transaction():
            self._connection.execute(f"PRAGMA user_version={FORMAT}")

    def make_room(self) -> None:
        """Merge what SQLite has written beside the file into it, where there is space, and so give space back."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def read(self) -> list[tuple[Execution, HistoryNotes]]:
        """Return every execution with its notes, in the order in which they were started.

        Raises:
            StateFileError: The state of one cannot be read. The file is left as it is.
        """
        return [self.load(arn) for arn in self.arns()]

    def arns(self) -> list[str]:
        """Return the ARNs of all executions, in the order in which they were started."""
        with self._lock, self._reading():
            return [arn for (arn,) in self._connection.execute("SELECT arn FROM executions ORDER BY number")]

    def load(self, arn: str) -> tuple[Execution, HistoryNotes]:
        """Return one execution with its notes.

        Args:
            arn: The execution, which was written.

        Raises:
            StateFileError: Its state cannot be read.
        """
        with self._lock, self._reading():
            found = self._connection.execute("SELECT number, state FROM executions WHERE arn = ?", (arn,)).fetchone()
            if found is None:
                msg = f"the state file {self.path} is damaged (it lists {arn!r} and does not have it): {_ANOTHER_FILE}"
                raise StateFileError(msg)
            rows = self._parts(found[0])
        return self._load(arn, found[1], rows)

    def release(self, arn: str) -> None:
        """Drop what is kept in memory of an execution that is not expected to change. A change writes all of it.

        Args:
            arn: The execution.
        """
        with self._lock:
            self._written.pop(arn, None)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # The file is closed.
        except sqlite3.Error as error:
            # SQLite's message can have all of the text that it could not decode.
            reason, _, _ = str(error).partition(" with text ")
            msg = f"the state file {self.path} is damaged ({reason}): {_ANOTHER_FILE}"
            raise StateFileError(msg) from error

    def _open(self) -> None:
        """Lock the file, and write the tables, the format and the versions, all or nothing, unless it has them."""
        # Held for the life of the connection: two runtimes on one file would run every execution twice.
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        with self._transaction():
            if is_up_to_date(self._connection):
                # Not even a byte of it changes before its executions are read.
                return
            earlier = []
            if is_of_whole_states(self._connection):
                earlier = self._connection.execute("SELECT arn, state FROM executions ORDER BY rowid").fetchall()
                self._connection.execute("DROP TABLE executions")
            for statement in _TABLES:
                self._connection.execute(statement)
            for arn, state in earlier:
                self._put(*self._load(arn, state, []))
            self._connection.execute(f"PRAGMA user_version={FORMAT}")
            self._connection.executemany(
                "INSERT INTO versions VALUES (?, ?) "
                "ON CONFLICT (distribution) DO UPDATE SET version = excluded.version",
                written_by().items(),
            )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            # A commit that fails, as on a full disk, can leave the transaction open.
            self._connection.execute("COMMIT")
        except BaseException:
            # SQLite itself has ended it after some errors.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _put(self, execution: Execution, notes: HistoryNotes) -> None:
        arn = execution.durable_execution_arn
        head = {**head_of(execution), _NOTES: notes.head()}
        ((number,),) = self._connection.execute(
            "INSERT INTO executions (arn, state) VALUES (?, ?) "
            "ON CONFLICT (arn) DO UPDATE SET state = excluded.state RETURNING number",
            (arn, json.dumps(head)),
        ).fetchall()
        parts, noted = self._written.setdefault(arn, (WrittenParts(), WrittenNotes()))
        self._connection.executemany(
            "INSERT INTO parts VALUES (?, ?, ?, ?) "
            "ON CONFLICT (execution, kind, place) DO UPDATE SET value = excluded.value",
            (
                (number, part.kind, part.place, json.dumps(part.value))
                for part in chain(parts.changed(execution), noted.changed(notes))
            ),
        )

    def _parts(self, number: int) -> list[tuple[str, int | str, str]]:
        return self._connection.execute(
            "SELECT kind, place, value FROM parts WHERE execution = ? ORDER BY kind, place", (number,)
        ).fetchall()

    def _load(self, arn: str, state: str, rows: Sequence[tuple[str, int | str, str]]) -> tuple[Execution, HistoryNotes]:
        try:
            head = json.loads(state)
            parts = [Part(kind, place, json.loads(value)) for kind, place, value in rows]
            execution = whole(head, parts) if parts else Execution.from_json_dict(head)
            return execution, HistoryNotes.from_json(head.get(_NOTES, {}), parts)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            msg = (
                f"the state file must hold whole executions, got one that cannot be read ({error!r}): {arn} in "
                f"{self.path}; name another file with --state"
            )
            raise StateFileError(msg) from error
