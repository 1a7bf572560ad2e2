"""How long to wait before an execution environment that failed to start is started again."""

from __future__ import annotations

__all__ = ["RestartPauses"]

_FIRST_S = 1.0
_FACTOR = 2.0
_LONGEST_S = 60.0


class RestartPauses:
    """Pauses that double with each failed start, up to a minute: 1, 2, 4, 8, 16, 32, 60, 60 ... seconds."""

    def __init__(self) -> None:
        self._next = _FIRST_S

    def after_failure(self) -> float:
        """Return the seconds until the next attempt."""
        pause = self._next
        self._next = min(pause * _FACTOR, _LONGEST_S)
        return pause

    def reset(self) -> None:
        """Begin anew, after a start that succeeded."""
        self._next = _FIRST_S
