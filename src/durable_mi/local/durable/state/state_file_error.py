"""Why a state file cannot be used; apart from what reads it, which imports the emulator."""

from __future__ import annotations

__all__ = ["StateFileError"]


class StateFileError(Exception):
    """The state file cannot be used; the message says why."""
