"""The execution that a dead letter comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from durable_mi.operate.bulk.restart import read_input
from durable_mi.operate.errors import ServiceError
from durable_mi.operate.selection.filters import ENDED_BADLY, Filters
from durable_mi.operate.selection.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.dead_letters.letter import DeadLetter
    from durable_mi.operate.selection.functions import DurableFunction
    from durable_mi.operate.selection.summary import Summary

__all__ = ["Origin", "find_origins"]

_BEFORE: Final = timedelta(minutes=5)
_AFTER: Final = timedelta(seconds=30)
"""An execution ends shortly before its event is sent to the queue; clocks differ a little."""


@dataclass(frozen=True, slots=True)
class Origin:
    """An execution that did not succeed, and whose input is the event of a dead letter.

    Attributes:
        function: Its function.
        execution: The execution.
    """

    function: DurableFunction
    execution: Summary


def find_origins(
    caller: Caller, functions: Sequence[DurableFunction], letters: Iterable[DeadLetter]
) -> Mapping[str, Origin]:
    """Return the origins by message id; a message does not name its execution, so input and time must fit one alone.

    Args:
        caller: The account and region.
        functions: Functions whose dead letters go to the queue.
        letters: The messages.

    Raises:
        OperatorError: The executions cannot be read.
    """
    dated = [each for each in letters if each.sent is not None]
    if not dated:
        return {}
    ended = [
        Origin(function, execution)
        for function, execution in Selection(caller, functions).each(Filters(statuses=frozenset(ENDED_BADLY)))
        if any(_fits(execution, each) for each in dated)
    ]
    inputs = {each.execution.arn: _input(caller, each.execution) for each in ended}
    found: dict[str, Origin] = {}
    for letter in dated:
        event = _parsed(letter.body)
        fitting = [
            each
            for each in ended
            if _fits(each.execution, letter) and event is not None and inputs[each.execution.arn] == event
        ]
        if len(fitting) == 1:
            found[letter.id] = fitting[0]
    return found


def _fits(execution: Summary, letter: DeadLetter) -> bool:
    if execution.ended is None or letter.sent is None:
        return False
    return execution.ended - _AFTER <= letter.sent <= execution.ended + _BEFORE


def _input(caller: Caller, execution: Summary) -> list[object] | None:
    try:
        return _parsed(read_input(caller, execution).decode())
    except ServiceError:
        return None  # Gone, or without data: it is no proof.


def _parsed(text: str) -> list[object] | None:
    """Return a JSON value in a list, as ``null`` is one too; ``None`` if it is none."""
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        return None
