"""Which files git ignores."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["ignored_by_git"]


async def ignored_by_git(directory: Path, paths: Collection[str]) -> set[str]:
    """Ask git which of some files it ignores; tracked files are never ignored.

    Args:
        directory: A directory of the work tree.
        paths: Absolute paths below it.

    Returns:
        Those that are ignored: none without git, without a work tree, or where the directory itself is ignored, since
        then its files are no by-product of what is beside them.
    """
    git = shutil.which("git")
    if git is None or not paths:
        return set()
    ignored = await _check(git, directory, [str(directory), *paths])
    return set() if str(directory) in ignored else ignored


async def _check(git: str, directory: Path, paths: Collection[str]) -> set[str]:
    # In a thread: where there is no repository git ends without reading, which not every event loop takes from a pipe.
    done = await asyncio.to_thread(
        subprocess.run,
        [git, "check-ignore", "-z", "--stdin"],
        cwd=directory,
        input="".join(f"{path}\0" for path in paths).encode(errors="surrogateescape"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    # 0: some are ignored, 1: none, 128: git failed, so none is known to be.
    output: bytes = done.stdout
    return set(filter(None, output.decode(errors="surrogateescape").split("\0"))) if done.returncode == 0 else set()
