"""The status of an execution, in AWS's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.local.durable._sdk import Execution
    from durable_mi.local.durable.history.notes import HistoryNotes

__all__ = ["status_of"]


def status_of(execution: Execution, notes: HistoryNotes) -> str:
    """Return AWS's word for the state of an execution.

    Args:
        execution: The execution.
        notes: What is noted of it; an execution whose pause has not begun, since its handler still runs, is pausing.
    """
    if execution.is_complete or not execution.is_paused:
        return str(execution.current_status().value)
    return "PAUSING" if notes.pause is not None and notes.pause.began is None else "PAUSED"
