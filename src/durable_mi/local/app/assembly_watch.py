"""Notices when a cloud assembly that somebody else writes has changed, also when its directory is another one then."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from watchfiles import awatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["assembly_changes"]

_LOOK_MS: Final = 500
"""How often the directory itself is looked at. The system reports what happens in it, and nothing after its end."""


async def assembly_changes(app: Path) -> AsyncIterator[None]:
    """Yield whenever a manifest was written, and when the assembly was deleted or is there again.

    Args:
        app: The cloud assembly.
    """
    while True:
        watched = _identity(app)
        if watched is not None:
            async for changes in awatch(
                app,
                watch_filter=lambda _, path: _is_manifest(app, path),
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
            ):
                if _identity(app) != watched:
                    break
                if changes:
                    yield
        while (found := _identity(app)) is None or not (app / "manifest.json").exists():
            if found is None and watched is not None:
                watched = None
                # Once: who reads it reports that it is gone.
                yield
            await asyncio.sleep(_LOOK_MS / 1000)
        yield


def _identity(directory: Path) -> tuple[int, int] | None:
    """Return what a directory keeps as long as it is the same one, ``None`` where there is none."""
    try:
        found = directory.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_manifest(app: Path, path: str) -> bool:
    """Return whether this belongs to the assembly or one nested in it, and not to a function's code."""
    *directories, name = Path(path).relative_to(app).parts or ("",)
    return name == "manifest.json" and not any(each.startswith("asset.") for each in directories)
