"""Answers that are made once for all who ask at the same time, and at a pace that follows their cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

__all__ = ["Answer", "ClosedError", "PacedAnswers"]

_SHARE: Final = 0.1
"""Of the time, an answer is in the making for so much at most."""
_LONGEST_PAUSE_S: Final = 10.0


class ClosedError(Exception):
    """No answers are made any more."""


class Answer(NamedTuple):
    """What was made.

    Attributes:
        body: The response's body.
        is_last: Whether it shows something that has ended.
    """

    body: bytes
    is_last: bool = False


class PacedAnswers:
    """Makes answers.

    Nobody gets one that was begun before they asked, so none is outdated. Who asks while one is made, or in the pause
    after it, waits for the next one, together with all others who do.
    """

    def __init__(self) -> None:
        self._views: dict[Hashable, _View] = {}
        self._is_closed = False

    def close(self) -> None:
        """Make no answers any more, nor those that are waited for."""
        self._is_closed = True
        for shown in self._views.values():
            for task in shown.tasks:
                task.cancel()

    async def get(
        self,
        view: Hashable,
        make: Callable[[], Awaitable[Answer]],
        until_end: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> bytes:
        """Return an answer that was begun after this call.

        Args:
            view: What is asked for: who asks for the same gets the same.
            make: Makes the answer.
            until_end: Waits for so many seconds, or until what the view shows has ended, which is shown at once.
                Defaults to something that has no end.

        Raises:
            ClosedError: No answers are made any more.
        """
        if self._is_closed:
            raise ClosedError
        shown = self._views.setdefault(view, _View())
        if shown.next is None:
            shown.next = asyncio.create_task(self._make(view, shown, make, until_end))
            shown.tasks.add(shown.next)
            shown.next.add_done_callback(shown.tasks.discard)
        task = shown.next
        try:
            # Whoever goes away leaves it to the others.
            return (await asyncio.shield(task)).body
        except asyncio.CancelledError:
            if task.cancelled():
                raise ClosedError from None
            raise

    async def _make(
        self,
        view: Hashable,
        shown: _View,
        make: Callable[[], Awaitable[Answer]],
        until_end: Callable[[float], Awaitable[object]],
    ) -> Answer:
        loop = asyncio.get_running_loop()
        async with shown.lock:
            pause = shown.paused_until - loop.time()
            if pause > 0:
                await (asyncio.sleep if shown.showed_end else until_end)(pause)
            shown.next = None
            began = loop.time()
            try:
                answer = await make()
                shown.showed_end = answer.is_last
                return answer
            finally:
                took = loop.time() - began
                pause = min(took / _SHARE - took, _LONGEST_PAUSE_S)
                shown.paused_until = loop.time() + pause
                if shown.forgetting is not None:
                    shown.forgetting.cancel()
                shown.forgetting = loop.call_later(pause, self._forget, view, shown)

    def _forget(self, view: Hashable, shown: _View) -> None:
        if shown.next is None and not shown.lock.locked() and self._views.get(view) is shown:
            del self._views[view]


class _View:
    """What is known of one view."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.next: asyncio.Task[Answer] | None = None
        self.tasks: set[asyncio.Task[Answer]] = set()
        self.paused_until = 0.0
        self.showed_end = False
        self.forgetting: asyncio.TimerHandle | None = None
