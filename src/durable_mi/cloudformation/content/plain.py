"""Parsed content without what no template has: endless depth, parts without end, keys that are no strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["MAX_DEPTH", "MAX_VALUES", "PlainCopy", "TooMuchError"]

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 2_000_000


class TooMuchError(Exception):
    """Content beyond any template; ``str()`` says how."""


@dataclass(slots=True)
class PlainCopy:
    """Copies parsed content, so that no part is shared or without end, and every key is a string."""

    nodes: int = 0
    path: list[str] = field(default_factory=list)

    def copy(self, content: dict[Any, Any]) -> dict[str, Any]:
        """Copy a template; ``path`` is where it ended if it raised.

        Raises:
            TooMuchError: It is nested too deeply, or has too many parts.
        """
        copied: dict[str, Any] = {}
        for key, value in content.items():
            self.path = [str(key)]
            copied[str(key)] = self._value(value, 1)
        return copied

    def _value(self, value: object, depth: int) -> object:
        self.nodes += 1
        if depth > MAX_DEPTH:
            msg = f"is nested deeper than {MAX_DEPTH} levels"
            raise TooMuchError(msg)
        if self.nodes > MAX_VALUES:
            msg = f"holds more than {MAX_VALUES} values"
            raise TooMuchError(msg)
        if isinstance(value, dict):
            return {str(key): self._value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, depth + 1) for item in value]
        return value
