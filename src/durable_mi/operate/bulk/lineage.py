"""Where an execution that was started again comes from, and what was started again from one: names lead there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from durable_mi.operate.calls.executions import ExecutionLists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.selection.summary import Summary

__all__ = ["Lineage", "RestartMark", "read_lineage", "short_id"]

_SUFFIX: Final = re.compile(r"-again-(?P<id>[0-9a-zA-Z]{8})(?:-[0-9a-z]+)?\Z")
_NO_LETTER: Final = re.compile(r"[^0-9a-zA-Z]")
_MOST_READ: Final = 2000
"""Executions to look at, nearest in time first: what is further away is not found, and nothing is claimed of it."""
_A_MOMENT: Final = timedelta(seconds=1)
"""The API's bounds are exclusive, or it does not say."""


@dataclass(frozen=True, slots=True)
class RestartMark:
    """What the name of an execution that was started again says. The page's ``origin.js`` reads the same.

    Attributes:
        stem: The beginning of the name of the one that it repeats.
        origin: The beginning of that one's id.
    """

    stem: str
    origin: str

    @classmethod
    def of(cls, name: str) -> RestartMark | None:
        """Read a name; ``None`` if it is not that of an execution that was started again."""
        match = _SUFFIX.search(name)
        return None if match is None else cls(name[: match.start()], match["id"])

    def is_of(self, execution: Summary) -> bool:
        """Return whether an execution is the one that the name leads to."""
        return _stem(execution.name).startswith(self.stem) and short_id(execution) == self.origin


def _stem(name: str) -> str:
    return _SUFFIX.sub("", name)


def short_id(execution: Summary) -> str:
    """Return the beginning of an execution's id as names have it: eight letters and digits."""
    return f"{_NO_LETTER.sub('', execution.id.id)[:8]:0<8}"


@dataclass(frozen=True, slots=True)
class Lineage:
    """What an execution repeats, and what repeats it.

    Attributes:
        origin: The execution that it repeats; ``None`` if it repeats none, or that one was not found.
        restarts: The executions that repeat it, oldest first, as far as they were found.
    """

    origin: Summary | None
    restarts: Sequence[Summary]


def read_lineage(caller: Caller, execution: Summary) -> Lineage:
    """Find both among the executions of the same function.

    Args:
        caller: The account and region, or the endpoint.
        execution: The execution.

    Raises:
        OperatorError: The executions cannot be listed.
    """
    mark = RestartMark.of(execution.name)
    lists, function = ExecutionLists(caller), execution.id.function

    def before() -> Iterator[Summary]:
        if mark is not None:
            yield from lists.of(function, name=mark.stem)
            until = execution.started + _A_MOMENT
            yield from islice(lists.of(function, before=until), _MOST_READ)

    origin = next((each for each in before() if mark is not None and mark.is_of(each) and each != execution), None)
    later = lists.of(function, after=execution.started - _A_MOMENT, newest_first=False)
    restarts = [each for each in islice(later, _MOST_READ) if _repeats(each, execution)]
    return Lineage(origin, restarts)


def _repeats(execution: Summary, origin: Summary) -> bool:
    mark = RestartMark.of(execution.name)
    return mark is not None and execution.arn != origin.arn and mark.is_of(origin)
