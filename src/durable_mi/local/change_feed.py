"""Tells those who watch executions that something happened to one, without anybody asking again and again."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ChangeFeed", "Watcher"]


class ChangeFeed:
    """Spreads changes from any thread to the watchers, who live in one event loop.

    Args:
        loop: the watchers' event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._watchers: set[Watcher] = set()

    def tell(self, subject: str) -> None:
        """Something happened to an execution (its ARN), or to a log group (its name). From any thread."""
        if self._watchers and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._spread, subject)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Watch while the context lasts."""
        watcher = Watcher()
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

    def add(self, subject: str) -> None:
        """Something happened to this subject."""
        self._subjects.add(subject)
        self._news.set()

    async def next(self, gather_s: float) -> set[str]:
        """Wait for the next change, then as long as given for those that follow at once, and give their subjects."""
        await self._news.wait()
        await asyncio.sleep(gather_s)
        self._news.clear()
        subjects, self._subjects = self._subjects, set()
        return subjects
