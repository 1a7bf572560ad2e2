"""The status of an execution, in AWS's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.local.durable._sdk import Execution

__all__ = ["status_of"]


def status_of(execution: Execution) -> str:
    """Return AWS's word for the state of an execution."""
    return "PAUSED" if execution.is_paused and not execution.is_complete else execution.current_status().value
