"""What an execution of an account is at, or where it failed, from the end of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.dashboard.source import Failure, OpenOperation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.execution import Event

__all__ = ["failure_in", "open_operation_in"]

_ENDS: Final = ("Succeeded", "Failed", "TimedOut", "Cancelled", "Stopped")
_EXECUTION: Final = "Execution"
_WAIT_FOR_CALLBACK: Final = "WaitForCallback"


def failure_in(newest: Sequence[Event]) -> Failure | None:
    """Return where an execution failed; ``None`` if its newest events have no failure.

    Args:
        newest: The newest events first.
    """
    end = next((each for each in newest if each.type in {"ExecutionFailed", "ExecutionTimedOut"}), None)
    if end is None:
        return None
    message = (end.error and end.error.message) or ""
    inner: Event | None = None
    for event in newest:
        if event.type.startswith(_EXECUTION) or event.is_invocation or event.error is None:
            continue
        said = event.error.message or ""
        if said == message or (said and said in message):
            inner = event
            if not event.type.startswith("Context"):
                break
    if inner is None:
        return Failure("", str(end.error) if end.error else "the execution timed out")
    return Failure(_shown_name(inner, newest) or inner.sub_type or "", str(inner.error))


def open_operation_in(newest: Sequence[Event]) -> OpenOperation | None:
    """Return the operation that started last and has not ended; ``None`` if the newest events have none.

    Args:
        newest: The newest events first.
    """
    ended: set[str] = set()
    for event in newest:
        if event.operation_id is None or event.type.startswith((_EXECUTION, "Context")) or event.is_invocation:
            continue
        if event.type.endswith(_ENDS) and event.retry_delay_s is None:
            ended.add(event.operation_id)
        elif event.operation_id not in ended:
            kind = event.type.removesuffix("Started").removesuffix("Failed").upper()
            due = None if event.next_in_s is None else (event.timestamp.timestamp() + event.next_in_s) * 1000
            return OpenOperation(kind, _shown_name(event, newest) or kind, due)
    return None


def _shown_name(event: Event, events: Sequence[Event]) -> str | None:
    """Return what an operation is called; the SDK makes up a name for the callback inside of a wait for one."""
    if event.type.startswith("Callback"):
        for other in events:
            if other.operation_id == event.parent_id and other.sub_type == _WAIT_FOR_CALLBACK:
                return other.name or event.name
    return event.name
