"""The parts of a request's path."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import unquote

__all__ = ["unescaped"]

_KEPT: Final = 4096


@lru_cache(maxsize=_KEPT)
def unescaped(part: str) -> str:
    """Return a part of a path as it was before it was escaped; kept, since each execution's is asked for many times.

    Args:
        part: What is between two slashes.
    """
    return unquote(part)
