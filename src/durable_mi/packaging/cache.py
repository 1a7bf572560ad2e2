"""Directories that are made once for their content and kept in the user's cache."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CACHE_VARIABLE", "cache_directory", "kept"]

CACHE_VARIABLE: Final = "DURABLE_MI_CACHE_DIR"
"""Environment variable that moves the cache."""


def cache_directory() -> Path:
    """Return where installed requirements are kept: ``DURABLE_MI_CACHE_DIR``, or the user's cache directory."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "durable-mi"
    try:
        return Path.home() / ".cache" / "durable-mi"
    except RuntimeError:  # an account without a home, as in some build containers
        return Path(tempfile.gettempdir()) / "durable-mi"


def kept(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """Return the directory of a key, and make it if it does not exist yet.

    Args:
        kind: Name of the directory in the cache that holds all of this kind.
        key: Name of the directory; equal keys must mean equal content.
        make: Fills an empty directory. If it raises, nothing is kept.
    """
    cache = cache_directory() / kind
    final = cache / key
    if final.is_dir():
        return final
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{key}-", dir=cache, ignore_cleanup_errors=True) as temporary:
        made = Path(temporary) / "site"
        made.mkdir()
        make(made)
        try:
            made.rename(final)
        except OSError:  # another process was faster, and its directory holds the same
            if not final.is_dir():
                raise
    return final
