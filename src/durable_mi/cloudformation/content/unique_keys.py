"""JSON whose objects give each key once: of a key that is given twice the parser would keep the last value alone."""

from __future__ import annotations

from typing import Any

__all__ = ["DuplicateKeyError", "unique_keys"]


class DuplicateKeyError(ValueError):
    """An object that gives a key twice.

    Attributes:
        key: The key.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"key {key!r} is given twice: keep one")


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; the parser calls this with the members of each.

    Raises:
        DuplicateKeyError: A key is given twice.
    """
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise DuplicateKeyError(key)
        members[key] = value
    return members
