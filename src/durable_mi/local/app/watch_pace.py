"""How often files may cause a synthesis that changes nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WatchPace"]

_CALM = 10.0
"""Seconds without a change after which a file no longer counts as one that is written all the time."""
_MAX_PAUSE = 60.0


class WatchPace:
    """Slows down for files that are written again and again and change nothing, such as a handler's output.

    Files of one kind (suffix) below one directory of the app are taken together, since such output often has a new name
    each time.

    Args:
        source: The app's directory.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._idle: frozenset[tuple[str, str]] = frozenset()
        self._pause = 0.0
        self._since = float("-inf")

    def is_known(self, paths: Iterable[str]) -> bool:
        """Return whether files like all of these have just changed nothing."""
        return self._kinds(paths) <= self._idle

    def is_due(self, paths: Iterable[str], now: float) -> bool:
        """Return whether these may cause a synthesis now, in seconds of a monotonic clock."""
        return not self.is_known(paths) or now >= self._since + self._pause

    def record(self, paths: Iterable[str], *, began: float, ended: float, useful: bool) -> None:
        """Take note of a synthesis.

        Args:
            paths: The files that caused it.
            began: When it began.
            ended: When it ended.
            useful: Whether its result was another than before.
        """
        kinds = self._kinds(paths)
        if useful:
            self._idle, self._pause = frozenset(), 0.0
        elif kinds <= self._idle and began <= self._since + self._pause + _CALM:
            self._pause = min(max(1.0, 2 * self._pause), _MAX_PAUSE)
        else:
            self._idle, self._pause = kinds, 0.0
        self._since = ended

    def _kinds(self, paths: Iterable[str]) -> frozenset[tuple[str, str]]:
        return frozenset((_top(Path(path), self._source), os.path.splitext(path)[1]) for path in paths)  # noqa: PTH122


def _top(path: Path, source: Path) -> str:
    """Return the app's own directory that holds a file, empty for a file beside ``cdk.json``."""
    parts = path.relative_to(source).parts
    return parts[0] if len(parts) > 1 else ""
