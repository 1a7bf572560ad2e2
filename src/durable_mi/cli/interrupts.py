"""What Ctrl-C does to the command, from its first line to its last."""

from __future__ import annotations

import os
import signal

# Not imported from `typing`: until this module is loaded, Ctrl-C is Python's own, with a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

__all__ = ["INTERRUPTED", "end_at_once", "end_in_order", "heeded"]

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells return it."""


def end_at_once() -> None:
    """Let SIGINT end the process without a word, also where its parent ignores it.

    For whatever has nothing to clean up: imports, and the interpreter's own end, where an exception would be printed.
    Shells let background jobs ignore SIGINT (`make test &`), and then nothing else could end a server.
    """
    signal.signal(signal.SIGINT, _end)


def end_in_order(*numbers: signal.Signals) -> None:
    """Let the next signal raise :class:`KeyboardInterrupt`, and ignore those that follow while the command cleans up.

    Args:
        numbers: The signals. A SIGHUP that the parent ignores stays ignored, as `nohup` asks for.
    """
    for number in heeded(*numbers):
        signal.signal(number, _interrupt)


def heeded(*numbers: signal.Signals) -> list[signal.Signals]:
    """Return the signals but SIGHUP where the parent ignores it."""
    return [each for each in numbers if each != signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN]


def _end(_: int, __: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def _interrupt(_: int, __: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, _ignore)
    raise KeyboardInterrupt


def _ignore(_: int, __: FrameType | None) -> None:
    """Do nothing; unlike SIG_IGN, programs that are started do not inherit it."""
