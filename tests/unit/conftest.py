"""Time that passes at once, for what waits in an event loop."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


class VirtualTime(asyncio.SelectorEventLoop):
    """An event loop that moves its clock to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        self._now = 0.0
        selector = selectors.DefaultSelector()
        self._select = selector.select
        selector.select = self._skip  # type: ignore[method-assign] # the one place where a loop waits
        super().__init__(selector)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def _skip(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._select(0)
        if not ready and timeout is None:
            msg = "nothing in the event loop would ever happen"
            raise RuntimeError(msg)
        self._now += 0 if ready else timeout or 0
        return ready


@pytest.fixture
def in_virtual_time() -> Callable[[Coroutine[Any, Any, T]], T]:
    """Run a coroutine to its end without waiting for any timer."""

    def run(work: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=VirtualTime) as runner:
            return runner.run(work)

    return run
