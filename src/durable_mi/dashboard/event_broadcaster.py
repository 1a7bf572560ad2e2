"""Broadcasts that something happened to an execution, so that nobody has to poll."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EventBroadcaster", "Watcher"]


class EventBroadcaster:
    """Spreads changes from any thread to the watchers, who live in one event loop.

    Args:
        loop: the watchers' event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._watchers: set[Watcher] = set()
        self._is_closed = False

    def publish(self, subject: str) -> None:
        """Publish that something happened to an execution (its ARN) or to a log group (its name). From any thread."""
        if self._watchers and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._spread, subject)

    def close(self) -> None:
        """End every watch, and those that begin later. From the watchers' loop."""
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
    """What happened since one watcher last looked."""

    def __init__(self) -> None:
        self._subjects: set[str] = set()
        self._news = asyncio.Event()
        self._is_closed = False

    def add(self, subject: str) -> None:
        """Something happened to this subject."""
        self._subjects.add(subject)
        self._news.set()

    def close(self) -> None:
        """There will be no more."""
        self._is_closed = True
        self._news.set()

    async def next(self, gather_s: float) -> set[str] | None:
        """Wait for the next change, then as long as given for those that follow at once.

        Returns:
            Their subjects; ``None`` when there will be no more.
        """
        await self._news.wait()
        if self._is_closed:
            return None
        await asyncio.sleep(gather_s)
        self._news.clear()
        subjects, self._subjects = self._subjects, set()
        return subjects
