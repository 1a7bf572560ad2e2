"""Which files of an app's directory are its source, and which are written by running it."""

from __future__ import annotations

import os
import stat
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from durable_mi.local.app.watch_settings import WatchSettings

__all__ = ["SourceFilter", "output_inodes", "state_files"]

_DIRECTORIES = ("__pycache__", "node_modules", "cdk.out", "*.egg-info")
_FILES = ("*.py[co]", "*.log", "nohup.out", "*-journal", "*-wal", "*-shm")
_SWAP_FILES = ("*~", "#*#", "*.sw?", "*.tmp", "*.bak", "*___jb_???___", "4913", "flycheck_*")
_NAMES = (".*", *_DIRECTORIES, *_FILES, *_SWAP_FILES)
_MARKERS = ("pyvenv.cfg", "CACHEDIR.TAG", "cdk.out")
"""What virtual environments, caches and cloud assemblies hold, whatever their directory is called."""


class SourceFilter:
    """Distinguishes an app's source from what running the app writes.

    As ``cdk watch`` does, it skips hidden files, ``node_modules`` and what ``cdk.json`` excludes. It also skips virtual
    environments, caches, cloud assemblies, editors' swap files, logs, and the files that this command writes.

    Args:
        source: The app's directory, absolute and without symbolic links.
        settings: ``watch`` of its ``cdk.json``.
        skip: Files and directories that are no source, absolute and without symbolic links.
        skip_inodes: Device and inode of files that are no source, whatever they are called.
    """

    def __init__(
        self,
        source: Path,
        settings: WatchSettings,
        *,
        skip: Iterable[Path] = (),
        skip_inodes: Iterable[tuple[int, int]] = (),
    ) -> None:
        self._source = source
        self._settings = settings
        self._skip = frozenset(map(str, skip))
        self._skip_inodes = frozenset(skip_inodes)

    def counts(self, path: str) -> bool:
        """Return whether a change of this file or directory can change what the app synthesizes."""
        relative = self._relative(path)
        if relative is None:
            return False
        entries = [relative, *map(str, Path(relative).parents)][:-1]
        # What is gone may have been a directory, and a directory may hold files that are included.
        is_file = os.path.isfile(path)  # noqa: PTH113 - one of many paths
        return not any(map(self._is_skipped, entries)) and (not is_file or self._settings.includes(relative))

    def is_named(self, path: str) -> bool:
        """Return whether ``watch.include`` names this file in particular, so that it counts although git ignores it."""
        return self._settings.names(self._relative(path) or "")

    def files(self, root: str) -> Iterator[str]:
        """Every file that counts at or below a path that counts."""
        if os.path.isfile(root):  # noqa: PTH113 - one of many paths
            yield root
        for directory, directories, files in os.walk(root):
            below = "" if directory == str(self._source) else f"{Path(directory).relative_to(self._source).as_posix()}/"
            directories[:] = [each for each in directories if not self._is_skipped(f"{below}{each}")]
            for each in files:
                if not self._is_skipped(f"{below}{each}") and self._settings.includes(f"{below}{each}"):
                    yield os.path.join(directory, each)  # noqa: PTH118 - one of many paths

    def _relative(self, path: str) -> str | None:
        """Return the path below the app's directory; nothing for the directory itself and what is elsewhere."""
        try:
            relative = Path(path).relative_to(self._source).as_posix()
        except ValueError:
            return None
        return None if relative == "." else relative

    def _is_skipped(self, relative: str) -> bool:
        path = self._source / relative
        return (
            str(path) in self._skip
            or any(fnmatchcase(path.name, pattern) for pattern in _NAMES)
            or self._settings.excludes(relative)
            or (path.is_dir() and any((path / marker).is_file() for marker in _MARKERS))
            or (bool(self._skip_inodes) and _inode(path) in self._skip_inodes)
        )


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def state_files(state: Path | None) -> list[Path]:
    """Return a state file and the files that SQLite keeps beside it."""
    if state is None:
        return []
    file = state.resolve()
    return [file.with_name(f"{file.name}{suffix}") for suffix in ("", "-journal", "-wal", "-shm")]


def output_inodes() -> list[tuple[int, int]]:
    """Device and inode of the regular files that this process's output goes to."""
    found = []
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            status = os.fstat(stream.fileno()) if stream is not None else None
        except (OSError, ValueError):
            # Closed, or no file at all.
            continue
        if status is not None and stat.S_ISREG(status.st_mode):
            found.append((status.st_dev, status.st_ino))
    return found
