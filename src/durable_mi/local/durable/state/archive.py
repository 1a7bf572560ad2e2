"""Executions that have ended and are in the state file only."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from durable_mi.local.durable.state.ended_execution import EndedExecution

if TYPE_CHECKING:
    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.history.notes import HistoryNotes
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore

__all__ = ["Archive"]

_LOADED: Final = 8
"""A client reads one history after the other, and each in many pages."""


class Archive:
    """The executions that are in the state file only.

    Args:
        sqlite: The state file.
    """

    def __init__(self, sqlite: SqliteExecutionStore) -> None:
        self._sqlite = sqlite
        self._lock = threading.Lock()
        self._ended: dict[str, EndedExecution] = {}
        self._loaded: OrderedDict[str, tuple[Execution, HistoryNotes]] = OrderedDict()

    def __contains__(self, arn: str) -> bool:
        """Return whether it has an execution."""
        return arn in self._ended

    def add(self, execution: Execution) -> None:
        """Take an execution that has ended, whose last state is in the file."""
        ended = EndedExecution.of(execution)
        with self._lock:
            self._ended[execution.durable_execution_arn] = ended
        self._sqlite.release(execution.durable_execution_arn)

    def load(self, arn: str) -> tuple[Execution, HistoryNotes]:
        """Return an execution with its notes, the same objects as long as it is asked for now and then.

        Raises:
            KeyError: It has none of this ARN, or the file is closed.
        """
        with self._lock:
            if arn not in self._ended:
                raise KeyError(arn)
            if arn not in self._loaded:
                try:
                    self._loaded[arn] = self._sqlite.load(arn)
                except sqlite3.ProgrammingError as error:
                    # The file is closed: the runtime stops, and whoever asks gets no answer that matters.
                    raise KeyError(arn) from error
            self._loaded.move_to_end(arn)
            while len(self._loaded) > _LOADED:
                self._loaded.popitem(last=False)
            return self._loaded[arn]

    def remove(self, arn: str) -> None:
        """Drop an execution; one that is not there is no error."""
        with self._lock:
            self._ended.pop(arn, None)
            self._loaded.pop(arn, None)

    def listed(self) -> list[EndedExecution]:
        """Return what lists need of each."""
        with self._lock:
            return list(self._ended.values())
