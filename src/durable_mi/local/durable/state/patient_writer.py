"""What becomes of a change that the state file cannot take, such as on a full disk."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.history.notes import HistoryNotes
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore

__all__ = ["PatientWriter", "StateWriteError"]

_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 1.0
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What somebody may still repair, such as by putting a copy back, before what runs is given up."""


class StateWriteError(Exception):
    """The state file cannot be written now, and nothing has changed; the message says why."""


class PatientWriter:
    """Writes changes to the state file, and where that fails, tries again until it works.

    What was accepted may not be lost, and may not go on without being kept: its change waits, and so does whoever asked
    for it. What is not accepted yet, a new execution, fails instead, so that its caller can try again.

    Args:
        sqlite: The state file.
        say: Called with a line, from any thread, when the file cannot be written and when it can again.
    """

    def __init__(self, sqlite: SqliteExecutionStore, say: Callable[[str], None]) -> None:
        self._sqlite = sqlite
        self._say = say
        self._guard = threading.Lock()
        self._closed = threading.Event()
        self._waiting = 0
        self._is_reported = False

    def check(self) -> None:
        """Check that the file can be written again, where it could not: who asks for a change is told at once.

        Raises:
            StateWriteError: It still cannot, or other changes wait for it.
        """
        if self._waiting:
            msg = f"{self._sqlite.path} cannot be written, and other changes wait for it: try again later"
            raise StateWriteError(msg)
        if self._is_reported:
            self._write_now(self._sqlite.probe)

    def write_new(self, execution: Execution, notes: HistoryNotes) -> None:
        """Keep an execution that nobody was told of yet.

        Raises:
            StateWriteError: It cannot be written.
        """
        self._write_now(lambda: self._sqlite.write(execution, notes))

    def delete(self, arn: str) -> None:
        """Delete an execution.

        Raises:
            StateWriteError: That cannot be written.
        """
        self._write_now(lambda: self._sqlite.delete(arn))

    def write(self, execution: Execution, notes: HistoryNotes) -> None:
        """Keep the state of an execution, however long that takes.

        Raises:
            StateWriteError: The runtime was stopped before it could be written.
        """
        try:
            self._sqlite.write(execution, notes)
        except sqlite3.DatabaseError as error:
            _check_passing(error)
            self._report(error)
        else:
            return
        with self._guard:
            self._waiting += 1
        try:
            self._write_later(execution, notes)
        finally:
            with self._guard:
                self._waiting -= 1
        self._recovered()

    def close(self) -> None:
        """Let no change wait any longer."""
        self._closed.set()

    def _write_later(self, execution: Execution, notes: HistoryNotes) -> None:
        pause = _FIRST_PAUSE_S
        while not self._closed.wait(pause):
            self._sqlite.make_room()
            try:
                self._sqlite.write(execution, notes)
            except sqlite3.DatabaseError as error:
                _check_passing(error)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            else:
                return
        msg = f"the runtime was stopped before {self._sqlite.path} could be written"
        raise StateWriteError(msg)

    def _write_now(self, write: Callable[[], None]) -> None:
        try:
            write()
        except sqlite3.DatabaseError as error:
            _check_passing(error)
            self._report(error)
            msg = f"{self._sqlite.path} cannot be written ({error}): try again later"
            raise StateWriteError(msg) from error
        self._recovered()

    def _report(self, error: sqlite3.DatabaseError) -> None:
        with self._guard:
            is_first, self._is_reported = not self._is_reported, True
        if is_first:
            self._say(
                f"the state file {self._sqlite.path} cannot be written ({error}): running executions wait until it can "
                "be, and new ones are rejected"
            )

    def _recovered(self) -> None:
        with self._guard:
            is_over = self._is_reported and not self._waiting
            self._is_reported = self._is_reported and not is_over
        if is_over:
            self._say(f"the state file {self._sqlite.path} can be written again: the executions go on")


def _check_passing(error: sqlite3.DatabaseError) -> None:
    """Check that it is the file that cannot be written now, and not what was to be written.

    Raises:
        DatabaseError: It is the latter, which no waiting changes.
    """
    if not isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF not in _DAMAGED:
        raise error
