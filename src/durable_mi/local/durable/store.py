"""The durable service's executions: their names, as AWS names them, and their ends."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, OrderedDict
from concurrent.futures import Future
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from durable_mi.local.durable._sdk import EmulatorStore
from durable_mi.local.durable._sdk_operations import track
from durable_mi.local.durable.history.notes import HistoryNotes
from durable_mi.local.durable.state.archive import Archive
from durable_mi.local.durable.state.ended_execution import EndedExecution
from durable_mi.local.durable.state.patient_writer import PatientWriter
from durable_mi.local.durable.status import status_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.durable._sdk import Execution, StartDurableExecutionInput
    from durable_mi.local.durable.state.ended_execution import ListedExecution
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore

__all__ = ["ExecutionStore"]


_KEPT: Final = 200
"""Ended executions that stay in memory: their callers read them, and an invocation that was stopped has yet to end."""


class ExecutionStore(EmulatorStore):
    """AWS's in-memory store with six additions.

    An execution gets an ARN of AWS's form when it is first saved, since the emulator's own is an opaque id. A second
    start under the same name finds the first. A future is done when an execution ends. There are notes for what
    AWS's history shows beyond the emulator's state. A SQLite file can keep all of it. And then executions that have
    ended are in memory no longer than others end: lists know them, and who asks for one loads it.

    Args:
        arn_of: Returns the function ARN, qualified with the version, from the input of an execution's start.
        sqlite: Keeps every change, so that the executions outlive the runtime; the store begins with those that it
            holds. Defaults to memory only.
        say: Called with a line for the user, from any thread, when the file cannot be written and when it can again.
            Defaults to nothing.

    Attributes:
        on_change: Called with an execution's ARN, from any thread, when its state was saved.
        on_release: Called with an execution's ARN, from any thread, some time after it has ended, to drop what was kept
            for its run.
        is_busy: Returns whether an execution's handler runs, which can be after its end.
    """

    def __init__(
        self,
        arn_of: Callable[[StartDurableExecutionInput], str],
        sqlite: SqliteExecutionStore | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._arn_of = arn_of
        self._writer = None if sqlite is None else PatientWriter(sqlite, say)
        self._archive = None if sqlite is None else Archive(sqlite)
        self.on_change: Callable[[str], None] = lambda _: None
        self.on_release: Callable[[str], None] = lambda _: None
        self.is_busy: Callable[[str], bool] = lambda _: False
        self._guard = threading.Lock()
        self._ended: dict[str, Future[Execution]] = {}
        self._latest: OrderedDict[str, None] = OrderedDict()
        self._named: dict[tuple[str, str], tuple[bytes, Future[str] | str]] = {}
        self._notes: dict[str, HistoryNotes] = {}
        self._revisions: Counter[str] = Counter()
        self._asynchronous: set[tuple[str, str]] = set()
        if sqlite is not None:
            for arn in sqlite.arns():
                self._add(*sqlite.load(arn))

    def save(self, execution: Execution) -> None:
        """Save an execution; a new one gets its ARN.

        Raises:
            StateWriteError: The state file cannot be written, and the execution is a new one, which there is not then.
        """
        if not execution.durable_execution_arn.startswith("arn:"):
            start = execution.start_input
            # The SDK takes the ARN's last part for the id of the execution's own operation, which is this one.
            execution.durable_execution_arn = (
                f"{self._arn_of(start)}/durable-execution/{start.execution_name}/{start.invocation_id}"
            )
            key = (start.function_name, start.execution_name)
            self.notes(execution.durable_execution_arn).is_asynchronous = key in self._asynchronous
            self._asynchronous.discard(key)
        is_known = self._knows(execution.durable_execution_arn)
        track(execution)
        self._take_back(execution.durable_execution_arn)
        super().save(execution)
        # A chained invoke was accepted with the checkpoint that started it.
        if is_known or execution.parent_execution_arn is not None:
            self._keep(execution)
        else:
            self._keep_new(execution)

    def update(self, execution: Execution) -> None:
        """Save an execution's new state."""
        self._take_back(execution.durable_execution_arn)
        super().update(execution)
        self._keep(execution)

    def load(self, execution_arn: str) -> Execution:
        """Return an execution.

        Raises:
            KeyError: There is none of this ARN.
        """
        execution = self.find(execution_arn)
        if execution is not None:
            return execution
        if self._archive is None:
            raise KeyError(execution_arn)
        return self._archive.load(execution_arn)[0]

    def list_all(self) -> list[Execution]:
        """Return every execution. Those that have ended are loaded: lists need :meth:`listed`."""
        return [self.load(each.durable_execution_arn) for each in self.listed()]

    def listed(self) -> list[ListedExecution]:
        """Return what lists need of every execution."""
        in_memory = self.in_memory()
        if self._archive is None:
            return [*in_memory]
        # In this order, since one that is archived meanwhile is in both, and would be in none.
        known = {each.durable_execution_arn for each in in_memory}
        return [*(each for each in self._archive.listed() if each.durable_execution_arn not in known), *in_memory]

    def in_memory(self) -> list[Execution]:
        """Return the executions that have not ended, and those that ended last."""
        return super().list_all()

    def notes(self, arn: str) -> HistoryNotes:
        """Return what AWS's history of an execution needs beyond its state; kept when the execution is saved."""
        with self._guard:
            if arn in self._notes or self._archive is None or arn not in self._archive:
                return self._notes.setdefault(arn, HistoryNotes())
            archive = self._archive
        return archive.load(arn)[1]

    def revision(self, arn: str) -> int:
        """Return how often an execution was saved: another number after each change."""
        return self._revisions[arn]

    def note_start(self, function_name: str, execution_name: str, *, is_asynchronous: bool) -> None:
        """Note how an execution is started that is not saved yet and has no ARN."""
        if is_asynchronous:
            self._asynchronous.add((function_name, execution_name))

    def status(self, execution: ListedExecution) -> str:
        """Return AWS's word for the state of an execution."""
        if isinstance(execution, EndedExecution):
            return execution.status
        return status_of(cast("Execution", execution), self.notes(execution.durable_execution_arn))

    def ended(self, arn: str) -> Future[Execution]:
        """Return a future of the execution that is done once it has ended, however it ended.

        Raises:
            KeyError: There is none of this ARN.
        """
        self.load(arn)
        with self._guard:
            future = self._ended.setdefault(arn, Future())
        self._settle(self.load(arn))
        return future

    def check_writable(self) -> None:
        """Check that the state file takes what changes, as far as is known.

        Raises:
            StateWriteError: It does not.
        """
        if self._writer is not None:
            self._writer.check()

    def close(self) -> None:
        """Let no change wait for the state file any longer."""
        if self._writer is not None:
            self._writer.close()

    def runs(self, arn: str) -> bool:
        """Return whether there is an execution that has not ended."""
        execution = self.find(arn)
        return execution is not None and not execution.is_complete

    def forget(self, arn: str) -> None:
        """Delete an execution, its name included.

        Raises:
            StateWriteError: The state file cannot be written. The execution stays.
        """
        start = self.load(arn).start_input
        if self._writer is not None:
            self._writer.delete(arn)
        self._drop(arn)
        self.disclaim(start.function_name, start.execution_name)
        self.on_release(arn)

    def claim(self, function_name: str, execution_name: str, payload: bytes) -> tuple[Future[str], bool, bool]:
        """Claim a name for a new execution.

        Args:
            function_name: The function that it runs.
            execution_name: The caller's name for it, unique for the function.
            payload: The input.

        Returns:
            The future of the ARN; whether the caller is the first and must start the execution and set it; whether
            the payload is the one that the first caller sent.
        """
        digest = hashlib.sha256(payload).digest()
        key = (function_name, execution_name)
        with self._guard:
            first = key not in self._named
            known, arn = self._named.setdefault(key, (digest, Future()))
        return _done(arn) if isinstance(arn, str) else arn, first, known == digest

    def disclaim(self, function_name: str, execution_name: str) -> None:
        """Let a name be claimed again, unless an execution has it."""
        starts = (execution.start_input for execution in self.listed())
        if any((start.function_name, start.execution_name) == (function_name, execution_name) for start in starts):
            return
        with self._guard:
            self._named.pop((function_name, execution_name), None)

    def _knows(self, arn: str) -> bool:
        return self.find(arn) is not None or (self._archive is not None and arn in self._archive)

    def _drop(self, arn: str) -> None:
        self.remove(arn)
        if self._archive is not None:
            self._archive.remove(arn)
        with self._guard:
            self._ended.pop(arn, None)
            self._latest.pop(arn, None)
            self._notes.pop(arn, None)
            self._revisions.pop(arn, None)

    def _add(self, execution: Execution, notes: HistoryNotes) -> None:
        """Add an execution that the file has."""
        arn, start = execution.durable_execution_arn, execution.start_input
        self._named[start.function_name, start.execution_name] = (
            hashlib.sha256((start.input or "").encode()).digest(),
            arn,
        )
        if execution.is_complete and self._archive is not None:
            self._archive.add(execution)
            return
        self._notes[arn] = notes
        track(execution)
        super().save(execution)

    def _keep_new(self, execution: Execution) -> None:
        arn = execution.durable_execution_arn
        if self._writer is not None:
            try:
                self._writer.write_new(execution, self.notes(arn))
            except BaseException:
                self._drop(arn)
                raise
        self._publish(execution)

    def _keep(self, execution: Execution) -> None:
        if self._writer is not None:
            self._writer.write(execution, self.notes(execution.durable_execution_arn))
        self._publish(execution)

    def _publish(self, execution: Execution) -> None:
        with self._guard:
            self._revisions[execution.durable_execution_arn] += 1
        self._settle(execution)
        self.on_change(execution.durable_execution_arn)

    def _settle(self, execution: Execution) -> None:
        """Let those go on who wait for the end of an execution, and release those that ended long before it."""
        if not execution.is_complete:
            return
        arn = execution.durable_execution_arn
        is_in_memory = self.find(arn) is not None
        with self._guard:
            # Who asks later gets a future of their own.
            future = self._ended.pop(arn, None)
            if is_in_memory:
                self._latest.setdefault(arn)
            late = list(islice(self._latest, max(0, len(self._latest) - _KEPT)))
        if future is not None and not future.done():
            future.set_result(execution)
        for each in late:
            if not self.is_busy(each):
                self._release(each)

    def _release(self, arn: str) -> None:
        """Drop what was kept for the run of an execution that has ended; with a state file, the execution too."""
        execution = self.find(arn)
        with self._guard:
            if execution is None or arn not in self._latest:
                return
            del self._latest[arn]
            key = (execution.start_input.function_name, execution.start_input.execution_name)
            if key in self._named:
                self._named[key] = (self._named[key][0], arn)
        if self._archive is not None:
            self._archive.add(execution)
            self.remove(arn)
            with self._guard:
                self._notes.pop(arn, None)
                self._revisions.pop(arn, None)
        self.on_release(arn)

    def _take_back(self, arn: str) -> None:
        """Let an execution that was archived be in memory again, since it changes after all."""
        if self._archive is not None and arn in self._archive:
            with self._guard:
                self._notes[arn] = self._archive.load(arn)[1]
            self._archive.remove(arn)


def _done(arn: str) -> Future[str]:
    future: Future[str] = Future()
    future.set_result(arn)
    return future
