"""Notices, each said once on the terminal and kept for the executions that it is about."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Notice", "Notices"]

_MAX_EXECUTIONS: Final = 10_000
_MAX_FOR_EACH: Final = 100
_LONGEST: Final = 1000
"""Characters of a line. A handler can raise an exception with a message of any length."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One line about an execution.

    Attributes:
        at: The execution's time in epoch milliseconds.
        text: The line.
    """

    at: int
    text: str


class Notices:
    """Says each notice once, from any thread.

    Args:
        say: Takes one line for the terminal. Defaults to nothing.

    Attributes:
        now: Returns the time of an execution in epoch milliseconds, by its ARN. Defaults to the machine's.
        on_change: Called with the ARN of each execution that a notice is about. Defaults to nothing.
    """

    def __init__(self, say: Callable[[str], None] = lambda _: None) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, list[Notice]] = OrderedDict()
        self.now: Callable[[str], int] = lambda _: int(time.time() * 1000)
        self.on_change: Callable[[str], None] = lambda _: None

    def say(self, text: str) -> None:
        """Say a line on the terminal."""
        self._say(_line(text))

    def keep(self, text: str, executions: Iterable[str]) -> None:
        """Keep a line for the executions that it is about, unless it is the last one kept: the latest hundred of each.

        Args:
            text: The line.
            executions: Their ARNs.
        """
        line = _line(text)
        about = list(executions)
        with self._lock:
            for arn in about:
                kept = self._kept.setdefault(arn, [])
                if not kept or kept[-1].text != line:
                    kept.append(Notice(self.now(arn), line))
                del kept[:-_MAX_FOR_EACH]
                self._kept.move_to_end(arn)
            while len(self._kept) > _MAX_EXECUTIONS:
                self._kept.popitem(last=False)
        for arn in about:
            self.on_change(arn)

    def of(self, execution: str) -> tuple[Notice, ...]:
        """Return the notices about an execution, oldest first."""
        with self._lock:
            return tuple(self._kept.get(execution, ()))


def _line(text: str) -> str:
    whole = clean(" ".join(text.split()))
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 3]}..."
