"""What can be done to executions, and to which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from durable_mi.operate.selection.filters import ENDED_BADLY
from durable_mi.operate.selection.summary import OPEN, STATUSES

__all__ = ["ANSWER", "DELETE", "PAUSE", "RESTART", "RESUME", "STOP", "Verb"]

_ENDED: Final = frozenset({"SUCCEEDED", *ENDED_BADLY})


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """What a command does to an execution.

    Attributes:
        name: What the command is called, such as ``stop``.
        done: What has happened afterwards, such as ``stopped``.
        acts_on: The statuses in which it can be done.
        settled: The statuses in which there is nothing left to do. In all others it is an error.
    """

    name: str
    done: str
    acts_on: frozenset[str]
    settled: frozenset[str] = frozenset()

    @property
    def statuses(self) -> str:
        """The statuses in which it can be done, for a sentence."""
        *others, last = [each for each in STATUSES if each in self.acts_on]
        return f"{', '.join(others)} or {last}" if others else last


STOP: Final = Verb(name="stop", done="stopped", acts_on=frozenset(OPEN), settled=_ENDED | {"DELETING"})
PAUSE: Final = Verb(
    name="pause", done="paused", acts_on=frozenset({"RUNNING"}), settled=frozenset({"PAUSING", "PAUSED"})
)
RESUME: Final = Verb(
    name="resume", done="resumed", acts_on=frozenset({"PAUSING", "PAUSED"}), settled=frozenset({"RUNNING"})
)
DELETE: Final = Verb(name="delete", done="deleted", acts_on=_ENDED, settled=frozenset({"DELETING"}))
RESTART: Final = Verb(name="restart", done="started again", acts_on=_ENDED)
ANSWER: Final = Verb(name="answer", done="answered", acts_on=frozenset(OPEN))
