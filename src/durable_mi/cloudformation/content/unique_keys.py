"""JSON whose objects give each key once: of a key that is given twice the parser would keep the last value alone."""

from __future__ import annotations

from collections import Counter
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
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise DuplicateKeyError(next(key for key, count in counts.items() if count > 1))
    return members
