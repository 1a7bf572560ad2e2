"""The operations of an execution of AWS's emulator, so that a checkpoint's cost does not grow with their number.

The emulator walks through all operations several times for each update of a checkpoint, and for its answer. Here it is
shown only those that matter for it: see `part_for_checkpoint`.
"""

from __future__ import annotations

import copy
import heapq
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from aws_durable_execution_sdk_python.lambda_service import Operation, OperationStatus, OperationType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from aws_durable_execution_sdk_python.lambda_service import OperationUpdate

    from durable_mi.local.durable._sdk import Execution

__all__ = ["Operations", "Table", "operations_of", "part_for_checkpoint", "track"]

_TABLES: Final = ("operation_last_touched_seq", "operation_size_bytes", "chained_invoke_children")


class Table(dict[str, Any]):
    """A table of the emulator, which only sets entries, that knows which were set.

    Attributes:
        changed: The keys that were set since this was cleared.
    """

    def __init__(self, entries: dict[str, Any]) -> None:
        super().__init__(entries)
        self.changed = dict.fromkeys(entries)

    def __setitem__(self, key: str, entry: Any) -> None:  # noqa: ANN401 - any JSON value
        """Set an entry."""
        super().__setitem__(key, entry)
        self.changed[key] = None


class Operations(list[Operation]):
    """An execution's operations, which the emulator only appends and replaces, with what it would search for.

    Args:
        operations: Those that there are already.

    Attributes:
        changed: The places of those that were set since this was cleared.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        super().__init__()
        self._places: dict[str, int] = {}
        self._moments: dict[int, datetime] = {}
        self._agenda: list[tuple[datetime, int]] = []
        self._unseen: set[int] = set()
        self.changed: set[int] = set()
        for each in operations:
            self.append(each)

    def append(self, operation: Operation) -> None:
        """Add an operation."""
        self._places[operation.operation_id] = len(self)
        super().append(operation)
        self._note(len(self) - 1, operation)

    def __setitem__(self, place: Any, operation: Any) -> None:  # noqa: ANN401 - a list's own overloads
        """Replace an operation by its new state."""
        super().__setitem__(place, operation)
        self._note(range(len(self))[place], operation)

    def _note(self, place: int, operation: Operation) -> None:
        self.changed.add(place)
        self._unseen.add(place)
        moment = _moment(operation)
        if moment is None:
            self._moments.pop(place, None)
        elif self._moments.get(place) != moment:
            self._moments[place] = moment
            heapq.heappush(self._agenda, (moment, place))

    def earliest(self) -> datetime | None:
        """Return when the service completes the next one by itself; ``None`` where nothing is due at any time."""
        while self._agenda and self._moments.get(self._agenda[0][1]) != self._agenda[0][0]:
            heapq.heappop(self._agenda)
        return self._agenda[0][0] if self._agenda else None

    def _due(self, now: datetime) -> list[int]:
        due = []
        while (moment := self.earliest()) is not None and moment <= now:
            due.append(heapq.heappop(self._agenda))
        for each in due:
            # It is the emulator that completes them; until then they stay due.
            heapq.heappush(self._agenda, each)
        return [place for _, place in due]

    def for_checkpoint(self, updates: Sequence[OperationUpdate], now: datetime) -> list[int]:
        """Return the places of what matters for a checkpoint, in order.

        That is the execution's own operation, those that the updates name, with the contexts that they say they run in,
        those that are due, and those that changed since an answer carried them.

        Args:
            updates: What the checkpoint carries.
            now: The service's time.
        """
        named = (name for each in updates for name in (each.operation_id, each.parent_id))
        found = {place for name in named if name is not None and (place := self._places.get(name)) is not None}
        return sorted(found.union(self._unseen, self._due(now), range(min(1, len(self)))))

    def note_seen(self, touched: dict[str, int], until: int) -> None:
        """Note what the handler has been told.

        Args:
            touched: The last change of each operation.
            until: The last change that it knows.
        """
        self._unseen = {place for place in self._unseen if touched.get(self[place].operation_id, 0) > until}


def track(execution: Execution) -> None:
    """Give an execution operations and tables that know what changed, unless it has them.

    Args:
        execution: The execution.
    """
    if not isinstance(execution.operations, Operations):
        execution.operations = Operations(execution.operations)
    for name in _TABLES:
        if not isinstance(table := getattr(execution, name), Table):
            setattr(execution, name, Table(table))


def operations_of(execution: Execution) -> Operations:
    """Return the operations of an execution, which is tracked from now on.

    Args:
        execution: The execution.
    """
    track(execution)
    return cast("Operations", execution.operations)


@contextmanager
def part_for_checkpoint(execution: Execution, updates: Sequence[OperationUpdate], now: datetime) -> Iterator[Execution]:
    """Show the emulator only what matters for a checkpoint, and take over what it makes of that.

    Also where it raises: it may have applied the updates before the one that it rejects, and this is its business.

    Args:
        execution: The execution, which nothing else changes meanwhile.
        updates: What the checkpoint carries.
        now: The service's time.
    """
    operations = operations_of(execution)
    places = operations.for_checkpoint(updates, now)
    shown = [operations[place] for place in places]
    part = copy.copy(execution)
    part.operations = list(shown)
    part.updates, part.update_timestamps = [], []
    before = dict(vars(part))
    try:
        yield part
    finally:
        for place, earlier, operation in zip(places, shown, part.operations, strict=False):
            if operation is not earlier:
                operations[place] = operation
        for operation in part.operations[len(places) :]:
            operations.append(operation)
        # After the operations that they are of: a history may be read at any moment.
        execution.updates += part.updates
        execution.update_timestamps += part.update_timestamps
        for name, value in vars(part).items():
            if value is not before[name]:
                setattr(execution, name, value)
        operations.note_seen(execution.operation_last_touched_seq, execution.handler_seen_seq)


def _moment(operation: Operation) -> datetime | None:
    """Return when the service completes an operation by itself."""
    if operation.operation_type is OperationType.WAIT and operation.status is OperationStatus.STARTED:
        return operation.wait_details.scheduled_end_timestamp if operation.wait_details else None
    if operation.operation_type is OperationType.STEP and operation.status is OperationStatus.PENDING:
        return operation.step_details.next_attempt_timestamp if operation.step_details else None
    return None
