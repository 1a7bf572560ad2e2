"""Durable executions in a SQLite file, so that they outlive the runtime."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Final

from durable_mi.local.durable._sdk import Execution
from durable_mi.local.durable.history_notes import HistoryNotes
from durable_mi.local.durable.state_file import FORMAT, StateFileError, check_readable, written_by

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SqliteExecutionStore", "StateFileError"]

_NOTES: Final = "DurableMiHistory"
"""Beside the emulator's keys, which takes no notice of others: a file without it, or a release that does not know it,
needs no other format."""


class SqliteExecutionStore:
    """The latest state of each execution, written whenever it changes.

    A state is in the file before the change is acknowledged to anyone, so killing the runtime at any moment loses none.

    Args:
        path: The file; created when it does not exist. A file of format 1, which has no versions, is converted.

    Raises:
        StateFileError: The file is not one of ours, was written with another minor version of the SDK, is used by
            another runtime, or cannot be written. The file is left as it is.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        try:
            if path.exists():
                # Read-only, so that not even what a killed process left in the log is merged into a rejected file.
                with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as existing:
                    check_readable(existing, path)
            self._connection = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
            try:
                self._open()
            except sqlite3.Error:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            msg = f"the state file {path} cannot be used ({error}): is another `durable-mi local` using it?"
            raise StateFileError(msg) from error

    def _open(self) -> None:
        """Lock the file, and write the tables, the format and the versions, all or nothing."""
        # Held for the life of the connection: two runtimes on one file would run every execution twice.
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in (
            "CREATE TABLE IF NOT EXISTS executions (arn TEXT PRIMARY KEY, state TEXT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS versions (distribution TEXT PRIMARY KEY, version TEXT NOT NULL)",
            f"PRAGMA user_version={FORMAT}",
        ):
            self._connection.execute(statement)
        self._connection.executemany(
            "INSERT INTO versions VALUES (?, ?) ON CONFLICT (distribution) DO UPDATE SET version = excluded.version",
            written_by().items(),
        )
        self._connection.execute("COMMIT")

    def write(self, execution: Execution, notes: HistoryNotes) -> None:
        """Keep an execution's state, and the notes for its history beside it."""
        state = json.dumps({**execution.to_json_dict(), _NOTES: notes.to_json_dict()})
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            # After close() a late answer of a stopped worker has nowhere to go, and nobody waits for it.
            self._connection.execute(
                "INSERT INTO executions VALUES (?, ?) ON CONFLICT (arn) DO UPDATE SET state = excluded.state",
                (execution.durable_execution_arn, state),
            )

    def delete(self, arn: str) -> None:
        """Delete an execution."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            self._connection.execute("DELETE FROM executions WHERE arn = ?", (arn,))

    def read(self) -> list[tuple[Execution, HistoryNotes]]:
        """Return every execution with its notes, in the order in which they were started.

        Raises:
            StateFileError: The state of one cannot be read.
        """
        with self._lock:
            rows = self._connection.execute("SELECT arn, state FROM executions ORDER BY rowid").fetchall()
        return [self._execution(arn, state) for arn, state in rows]

    def _execution(self, arn: str, state: str) -> tuple[Execution, HistoryNotes]:
        try:
            written = json.loads(state)
            return Execution.from_json_dict(written), HistoryNotes.from_json_dict(written.get(_NOTES, {}))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            msg = (
                f"the state file must hold whole executions, got one that cannot be read ({error!r}): {arn} in "
                f"{self._path}; name another file with --state"
            )
            raise StateFileError(msg) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
