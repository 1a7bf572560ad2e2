"""What the files of an app's source held when they were last looked at."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.local.app.watch_filter import SourceFilter

__all__ = ["SourceContents"]

_MAX_READ = 1024 * 1024
"""Bytes up to which a file is compared by its content; a larger one is compared by size and time."""


class SourceContents:
    """Remembers files, so that one that was written again with the same content is no change.

    Args:
        source: The app's directory.
        select: What of it counts.
    """

    def __init__(self, source: Path, select: SourceFilter) -> None:
        self._source = str(source)
        self._known = dict(_signatures(select.files(self._source)))

    def changed(self, paths: Iterable[str], select: SourceFilter) -> set[str]:
        """Look at files and directories again.

        Args:
            paths: Where something happened, of what counts.
            select: What counts now.

        Returns:
            The files that are new, gone, or hold something else than before.
        """
        found: set[str] = set()
        for path in paths:
            now = dict(_signatures(select.files(path)))
            before = {file for file in self._known if file == path or file.startswith(path + os.sep)}
            gone = before - now.keys()
            found |= gone | {file for file, signature in now.items() if self._known.get(file) != signature}
            for file in gone:
                del self._known[file]
            self._known.update(now)
        return found

    def all_changed(self, select: SourceFilter) -> set[str]:
        """Look at every file again; see `changed`."""
        return self.changed([self._source], select)


def _signatures(files: Iterable[str]) -> Iterable[tuple[str, str]]:
    for file in files:
        path = Path(file)
        try:
            status = path.stat()
            # A pipe or a socket has no content to read.
            if not stat.S_ISREG(status.st_mode):
                continue
            if status.st_size > _MAX_READ:
                yield file, f"{status.st_size} {status.st_mtime_ns}"
            else:
                yield file, hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            # Gone meanwhile, or not readable: then neither for a synthesis.
            continue
