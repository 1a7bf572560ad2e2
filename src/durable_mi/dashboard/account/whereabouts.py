"""Where an execution of an account is, as the page's list has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.dashboard.source import ExecutionRow, Failure, OpenOperation
from durable_mi.operate.selection.place import PlaceState

if TYPE_CHECKING:
    from durable_mi.operate.selection.place import Place
    from durable_mi.operate.selection.summary import Summary

__all__ = ["FAILED", "failure_of", "open_operation_of", "row_of"]

FAILED: Final = frozenset({"FAILED", "TIMED_OUT"})
"""The statuses of executions that have a failure."""
_TIMED: Final = frozenset({"wait", "step"})
"""The kinds of operations at whose time the execution goes on by itself; that of a callback is its timeout."""


def row_of(execution: Summary, function: str) -> ExecutionRow:
    """Return an execution as a row, without its place.

    Args:
        execution: The execution.
        function: Name of its function.
    """
    return ExecutionRow(
        arn=execution.arn,
        name=execution.name,
        function=function,
        version=execution.id.version,
        status=execution.status,
        start=execution.started.timestamp() * 1000,
        end=None if execution.ended is None else execution.ended.timestamp() * 1000,
        at=None,
    )


def failure_of(place: Place | None) -> Failure | None:
    """Return where and why an execution failed; ``None`` if its place is not known."""
    if place is None:
        return None
    if place.state in {PlaceState.AFTER, PlaceState.START}:
        return Failure("", "the execution timed out" if place.error is None else str(place.error))
    return Failure(place.label, "the execution timed out" if place.error is None else str(place.error))


def open_operation_of(place: Place | None) -> OpenOperation | None:
    """Return the operation that an open execution is in; ``None`` if it is in none."""
    if place is None or place.state not in {PlaceState.IN, PlaceState.RETRYING}:
        return None
    kind = "CHAINED_INVOKE" if place.kind == "invoke" else place.kind.upper()
    due = None if place.until is None or place.kind not in _TIMED else place.until.timestamp() * 1000
    return OpenOperation(kind, place.label, due)
