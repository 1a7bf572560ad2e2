"""The files below a directory that can be templates, and the cloud assemblies there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.assembly import CloudAssembly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["NOT_THE_PROJECT", "candidates"]

_SUFFIXES: Final = frozenset({".json", ".yaml", ".yml", ".template"})
NOT_THE_PROJECT: Final = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})
"""Directories of libraries and caches."""


def candidates(directory: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield files that can be templates, and cloud assemblies, which are not descended into.

    Hidden files, libraries and virtual environments are left out, and links to directories are not followed.

    Args:
        directory: Where to look.
        is_excluded: Whether a file or directory is to be left out.

    Raises:
        OSError: A directory cannot be listed.
    """
    for entry in sorted(directory.iterdir()):
        if entry.name.startswith(".") or entry.name in NOT_THE_PROJECT or is_excluded(entry):
            continue
        if entry.is_dir():
            if entry.is_symlink() or (entry / "pyvenv.cfg").exists():
                continue
            if CloudAssembly.is_at(entry):
                yield entry
            else:
                yield from candidates(entry, is_excluded)
        elif entry.suffix.lower() in _SUFFIXES and entry.is_file():
            yield entry
