"""The durable service's executions: their names, as AWS names them, and their ends."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING

from durable_mi.local.durable._sdk import EmulatorStore
from durable_mi.local.durable.history.notes import HistoryNotes
from durable_mi.local.durable.state.patient_writer import PatientWriter
from durable_mi.local.durable.status import status_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.durable._sdk import Execution, StartDurableExecutionInput
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore

__all__ = ["ExecutionStore"]


class ExecutionStore(EmulatorStore):
    """AWS's in-memory store with five additions.

    An execution gets an ARN of AWS's form when it is first saved, since the emulator's own is an opaque id. A second
    start under the same name finds the first. A future is done when an execution ends. There are notes for what
    AWS's history shows beyond the emulator's state. And a SQLite file can keep all of it.

    Args:
        arn_of: Returns the function ARN, qualified with the version, from the input of an execution's start.
        sqlite: Keeps every change, so that the executions outlive the runtime; the store begins with those that it
            holds. Defaults to memory only.
        say: Called with a line for the user, from any thread, when the file cannot be written and when it can again.
            Defaults to nothing.

    Attributes:
        on_change: Called with an execution's ARN, from any thread, when its state was saved.
    """

    def __init__(
        self,
        arn_of: Callable[[StartDurableExecutionInput], str],
        sqlite: SqliteExecutionStore | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._arn_of = arn_of
        self._writer = PatientWriter(sqlite, say) if sqlite else None
        self.on_change: Callable[[str], None] = lambda _: None
        self._guard = threading.Lock()
        self._ended: dict[str, Future[Execution]] = {}
        self._named: dict[tuple[str, str], tuple[str, Future[str]]] = {}
        self._notes: dict[str, HistoryNotes] = {}
        self._revisions: Counter[str] = Counter()
        self._asynchronous: set[tuple[str, str]] = set()
        for execution, notes in sqlite.read() if sqlite else ():
            self._notes[execution.durable_execution_arn] = notes
            self._add(execution)

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
        is_known = self.knows(execution.durable_execution_arn)
        super().save(execution)
        # A chained invoke was accepted with the checkpoint that started it.
        if is_known or execution.parent_execution_arn is not None:
            self._keep(execution)
        else:
            self._keep_new(execution)

    def update(self, execution: Execution) -> None:
        """Save an execution's new state."""
        super().update(execution)
        self._keep(execution)

    def notes(self, arn: str) -> HistoryNotes:
        """Return what AWS's history of an execution needs beyond its state; kept when the execution is saved."""
        with self._guard:
            return self._notes.setdefault(arn, HistoryNotes())

    def revision(self, arn: str) -> int:
        """Return how often an execution was saved: another number after each change."""
        return self._revisions[arn]

    def note_start(self, function_name: str, execution_name: str, *, is_asynchronous: bool) -> None:
        """Note how an execution is started that is not saved yet and has no ARN."""
        if is_asynchronous:
            self._asynchronous.add((function_name, execution_name))

    def status(self, execution: Execution) -> str:
        """Return AWS's word for the state of an execution."""
        return status_of(execution, self.notes(execution.durable_execution_arn))

    def ended(self, arn: str) -> Future[Execution]:
        """Return a future of the execution that is done once it has ended, however it ended."""
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
        digest = hashlib.sha256(payload).hexdigest()
        key = (function_name, execution_name)
        with self._guard:
            first = key not in self._named
            known, arn = self._named.setdefault(key, (digest, Future()))
        return arn, first, known == digest

    def disclaim(self, function_name: str, execution_name: str) -> None:
        """Let a name be claimed again, unless an execution has it."""
        starts = (execution.start_input for execution in self.list_all())
        if any((start.function_name, start.execution_name) == (function_name, execution_name) for start in starts):
            return
        with self._guard:
            self._named.pop((function_name, execution_name), None)

    def _drop(self, arn: str) -> None:
        self.remove(arn)
        with self._guard:
            self._ended.pop(arn, None)
            self._notes.pop(arn, None)
            self._revisions.pop(arn, None)

    def _add(self, execution: Execution) -> None:
        super().save(execution)
        start = execution.start_input
        digest = hashlib.sha256((start.input or "").encode()).hexdigest()
        arn: Future[str] = Future()
        arn.set_result(execution.durable_execution_arn)
        self._named[start.function_name, start.execution_name] = (digest, arn)

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
        if not execution.is_complete:
            return
        with self._guard:
            future = self._ended.setdefault(execution.durable_execution_arn, Future())
            if not future.done():
                future.set_result(execution)
