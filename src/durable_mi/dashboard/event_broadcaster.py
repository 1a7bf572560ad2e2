"""Publishes changes of executions to watchers, so that they do not poll."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EventBroadcaster", "Watcher"]


class EventBroadcaster:
    """Publishes changes from any thread to the watchers, which run in one event loop.

    Args:
        loop: The watchers' event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._watchers: set[Watcher] = set()
        self._is_closed = False

    def publish(self, subject: str) -> None:
        """Publish a change of an execution (its ARN) or of a log group (its name), from any thread."""
        if self._watchers and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._spread, subject)

    def close(self) -> None:
        """End every watch, and those that begin later, from the watchers' loop."""
        self._is_closed = True
        for watcher in self._watchers:
            watcher.close()

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Watch while the context lasts."""
        watcher = Watcher()
        if self._is_closed:
            watcher.close()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def _spread(self, subject: str) -> None:
        for watcher in self._watchers:
            watcher.add(subject)


class Watcher:
    """The changes since one watcher last read them."""

    def __init__(self) -> None:
        self._subjects: set[str] = set()
        self._news = asyncio.Event()
        self._is_closed = False

    def add(self, subject: str) -> None:
        """Add a changed subject."""
        self._subjects.add(subject)
        self._news.set()

    def close(self) -> None:
        """End the watch: there are no more changes."""
        self._is_closed = True
        self._news.set()

    async def next(self, gather_s: float) -> set[str] | None:
        """Wait for the next change, then for the given time for those that follow.

        Returns:
            Their subjects; ``None`` if there are no more.
        """
        await self._news.wait()
        if self._is_closed:
            return None
        await asyncio.sleep(gather_s)
        self._news.clear()
        subjects, self._subjects = self._subjects, set()
        return subjects
