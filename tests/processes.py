"""How tests start processes."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["interruptible", "untraced"]


def untraced() -> dict[str, str]:
    """Return this process's environment without what lets coverage trace a process that gets it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


@contextmanager
def interruptible() -> Iterator[None]:
    """Let processes that are started meanwhile end on SIGINT, also where the tests themselves must ignore it.

    A shell lets its background jobs ignore Ctrl-C (`make test &`), and so would every process that they start.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        # A handler, unlike an ignored signal, is not passed on to another program.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
