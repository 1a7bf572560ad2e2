"""Histories that were read a moment ago, so that their next pages need not be put together again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["HistoryCache"]

_KEPT: Final = 8
"""A client reads one history after the other, and a page of the dashboard shows one."""


class HistoryCache:
    """The histories that were read last, each as long as its execution does not change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[int, list[dict[str, Any]]]] = OrderedDict()

    def get(self, key: Hashable, revision: int, build: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """Return a history. The caller must not change it.

        Args:
            key: Which history.
            revision: Number of changes of its execution, read before the execution is.
            build: Puts the history together.
        """
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept[0] == revision:
            return kept[1]
        events = build()
        with self._lock:
            self._kept[key] = (revision, events)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return events
