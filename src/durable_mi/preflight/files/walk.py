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


def candidates(
    directory: Path, is_excluded: Callable[[Path], bool], reject: Callable[[Path, OSError], None]
) -> Iterator[Path]:
    """Yield files that can be templates, and cloud assemblies, which are not descended into.

    Hidden files, libraries and virtual environments are left out, and links to directories are not followed.

    Args:
        directory: Where to look.
        is_excluded: Whether a file or directory is to be left out.
        reject: Takes each file or directory that cannot be looked at, and why.
    """
    # Without recursion: directories may be nested deeper than calls.
    around: list[Iterator[Path]] = [_entries(directory, reject)]
    while around:
        entry = next(around[-1], None)
        if entry is None:
            around.pop()
        elif not (entry.name.startswith(".") or entry.name in NOT_THE_PROJECT or is_excluded(entry)):
            try:
                if not entry.is_dir():
                    if entry.suffix.lower() in _SUFFIXES and entry.is_file():
                        yield entry
                elif not entry.is_symlink() and not (entry / "pyvenv.cfg").exists():
                    if CloudAssembly.is_at(entry):
                        yield entry
                    else:
                        around.append(_entries(entry, reject))
            except OSError as error:
                reject(entry, error)


def _entries(directory: Path, reject: Callable[[Path, OSError], None]) -> Iterator[Path]:
    try:
        return iter(sorted(directory.iterdir()))
    except OSError as error:
        reject(directory, error)
        return iter(())
