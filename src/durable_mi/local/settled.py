"""Results of other threads, which are often there already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["settled"]

T = TypeVar("T")


async def settled(future: Future[T]) -> T:
    """Return a future's result; at once where it is there, which spares the event loop a turn.

    Args:
        future: Done in any thread. It is cancelled if the caller is.
    """
    return future.result() if future.done() else await asyncio.wrap_future(future)
