"""How sure it is that a finding must be fixed."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Severity"]


class Severity(StrEnum):
    """How sure it is that a finding must be fixed."""

    ERROR = "error"
    """The deploy fails, or executions fail, hang or end with a wrong result."""

    WARNING = "warning"
    """It works but costs or risks something: when executions are replayed, retried or answered late, for example."""

    NOTE = "note"
    """Worth a look."""
