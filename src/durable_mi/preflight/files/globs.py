"""What a glob matches, without following links in circles."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["matches"]

_ANY_DEPTH: Final = "**"


def matches(pattern: Path) -> list[Path]:
    """Return what a glob matches, each once and in order.

    As the standard library's ``glob.glob(..., recursive=True)``, but ``**`` follows no links to directories: two
    that lead upwards would match without end. What cannot be listed matches nothing.

    Args:
        pattern: A path with ``*``, ``?``, ``[...]`` or ``**`` in it. Hidden files match only what begins with a dot.
    """
    top = Path(pattern.anchor) if pattern.anchor else Path()
    parts = pattern.parts[1:] if pattern.anchor else pattern.parts
    return sorted(dict.fromkeys(_below(top, parts)))


def _below(top: Path, parts: Sequence[str]) -> Iterator[Path]:
    waiting: list[tuple[Path, Sequence[str]]] = [(top, parts)]
    seen = set()
    while waiting:
        path, rest = place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        if rest:
            waiting += _next(path, rest[0], rest[1:])
        elif path != top:
            yield path


def _next(path: Path, name: str, behind: Sequence[str]) -> Iterator[tuple[Path, Sequence[str]]]:
    """Yield where a part of a pattern leads to from a path, each with the parts behind it."""
    if name == _ANY_DEPTH:
        yield path, behind
        for entry in _entries(path):
            if not entry.name.startswith("."):
                if not _is_directory(entry):
                    # Only the last part matches files.
                    yield from () if behind else ((path / entry.name, ()),)
                elif not entry.is_symlink():
                    yield path / entry.name, (name, *behind)
    elif has_magic(name):
        for entry in _entries(path):
            is_shown = name.startswith(".") or not entry.name.startswith(".")
            if is_shown and fnmatch(entry.name, name) and (not behind or _is_directory(entry)):
                yield path / entry.name, behind
    elif os.path.lexists(path / name):
        yield path / name, behind


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError:
        return []


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
