"""Durable executions in a SQLite file, so that they outlive the runtime."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING

from aws_durable_execution_sdk_python_testing.execution import Execution

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JournalError", "SqliteExecutionStore"]

_FORMAT = 1


class JournalError(Exception):
    """The file cannot be used; the message says why."""


class SqliteExecutionStore:
    """The latest state of each execution, written whenever it changes.

    A state is in the file before the change is acknowledged to anyone, so killing the runtime at any moment loses none.

    Args:
        path: the file; made when it is not there.

    Raises:
        JournalError: the file is not one of ours, is used by another runtime, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
            # Held for the life of the connection: two runtimes on one file would run every execution twice.
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if version != _FORMAT and tables:
                self._connection.close()
                msg = f"{path} is not a state file of this version of durable-mi: name another with --state"
                raise JournalError(msg)
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS executions (arn TEXT PRIMARY KEY, state TEXT NOT NULL)"
            )
            self._connection.execute(f"PRAGMA user_version={_FORMAT}")
        except sqlite3.Error as error:
            msg = f"the state file {path} cannot be used ({error}): is another `durable-mi local` using it?"
            raise JournalError(msg) from error

    def write(self, execution: Execution) -> None:
        """Keep an execution's state."""
        state = json.dumps(execution.to_json_dict())
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            # After close() a late answer of a stopped worker has nowhere to go, and nobody waits for it.
            self._connection.execute(
                "INSERT INTO executions VALUES (?, ?) ON CONFLICT (arn) DO UPDATE SET state = excluded.state",
                (execution.durable_execution_arn, state),
            )

    def delete(self, arn: str) -> None:
        """Forget an execution."""
        with self._lock, contextlib.suppress(sqlite3.ProgrammingError):
            self._connection.execute("DELETE FROM executions WHERE arn = ?", (arn,))

    def read(self) -> list[Execution]:
        """Every execution, in the order in which they were started."""
        with self._lock:
            rows = self._connection.execute("SELECT state FROM executions ORDER BY rowid").fetchall()
        return [Execution.from_json_dict(json.loads(state)) for (state,) in rows]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
