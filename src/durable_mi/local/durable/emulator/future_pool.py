"""A pool without threads, in the place of the emulator's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from durable_mi.local.durable._sdk import DaemonThreadPool

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

__all__ = ["FuturePool"]


class FuturePool(DaemonThreadPool):
    """Has no threads: what is submitted starts something elsewhere and returns its future."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as in a pool
        """Call it, and return the future that it returns."""
        future: Future[Any] = fn(*args, **kwargs)
        return future
