"""What keeps a history from being replayed."""

from __future__ import annotations

__all__ = ["HandlerError", "HistoryError", "ReplayError"]


class ReplayError(Exception):
    """Nothing can be said about the code; the message is one line."""


class HistoryError(ReplayError):
    """A history cannot be replayed."""


class HandlerError(ReplayError):
    """A handler cannot be loaded, or is not that of a durable function."""
