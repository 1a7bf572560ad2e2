"""What the workflow calls a callback."""

from __future__ import annotations

from typing import Final

__all__ = ["callback_name"]

_CREATED: Final = " create callback id"
"""The SDK adds it to the name of a ``wait_for_callback`` for the callback in it."""


def callback_name(name: str | None) -> str:
    """Return the name that the workflow gives to a callback.

    Args:
        name: The operation's name; ``None`` if the handler set none.

    Returns:
        Such as ``approval``, also for the callback in ``wait_for_callback(name="approval")``; empty without a name.
    """
    return (name or "").removesuffix(_CREATED)
