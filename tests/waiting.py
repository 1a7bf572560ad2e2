"""Waiting for what a test observes, instead of for a time that a busy machine does not keep."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["eventually"]

T = TypeVar("T")


def eventually(check: Callable[[], T], what: str = "", *, seconds: float = 60) -> T:
    """Wait until a check is true, and return what it gave.

    Args:
        check: Looks at the state that is waited for.
        what: What must become true; told if it does not.
        seconds: How long to wait. Nothing that works needs as long, on however busy a machine.

    Raises:
        AssertionError: It did not become true in time.
    """
    deadline = time.monotonic() + seconds
    pause = 0.02
    while not (answer := check()):
        if time.monotonic() > deadline:
            msg = f"this must become true within {seconds:g} s: {what or check}; the last look gave {answer!r}"
            raise AssertionError(msg)
        time.sleep(pause)
        # What takes long is not hurried by questions, which cost the machine what it needs for the answer.
        pause = min(1.3 * pause, 0.5)
    return answer
