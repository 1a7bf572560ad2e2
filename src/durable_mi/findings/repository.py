"""Paths from the root of the repository, as code scanning services and pull requests name files."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from durable_mi.findings.listed import from_here

__all__ = ["repository_path"]


def repository_path(file: Path) -> Path:
    """Return a file's path from the root of its Git repository.

    Args:
        file: The file.

    Returns:
        Its path from the working directory where there is no repository, and its full path outside of that too.
    """
    return _from(Path.cwd(), file)


# There are more findings than files, and to resolve a path asks the file system.
@lru_cache(maxsize=4096)
def _from(here: Path, file: Path) -> Path:
    for full in (Path(os.path.abspath(file)), file.resolve()):  # noqa: PTH100 - links are followed second
        # The repository of the working directory first: a submodule is a part of it.
        for start in (here, full.parent):
            root = _root(start)
            if root is not None and full.is_relative_to(root):
                return full.relative_to(root)
    return from_here(file)


@lru_cache(maxsize=1024)
def _root(directory: Path) -> Path | None:
    """Return the nearest directory with a repository; ``.git`` is a file in a worktree."""
    return next((each for each in (directory, *directory.parents) if (each / ".git").exists()), None)
