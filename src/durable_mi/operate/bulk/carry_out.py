"""Changes of many executions: several at a time, at the pace of the API, each with its result."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import NotFoundError, OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from durable_mi.operate.bulk.chosen import Chosen
    from durable_mi.operate.bulk.verb import Verb

__all__ = ["Outcome", "Result", "Settled", "carry_out"]

_AT_ONCE: Final = 8
_GIVE_UP_AFTER: Final = 10
"""Failures in a row, without anything done between them, after which the rest is not tried: what is missing is then
hardly a matter of one execution."""


class Outcome(StrEnum):
    """What came of one change."""

    DONE = "DONE"
    """It was made."""

    NOT_NEEDED = "NOT_NEEDED"
    """There was nothing to do."""

    FAILED = "FAILED"
    """It could not be made."""

    NOT_TRIED = "NOT_TRIED"
    """Too many others failed before."""


class Settled(Exception):  # noqa: N818 - no error
    """There was nothing to do. ``str()`` is why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of the change of one execution.

    Attributes:
        chosen: The execution.
        outcome: What came of it.
        text: What was made, why there was nothing to do, or why it failed; can be empty.
    """

    chosen: Chosen
    outcome: Outcome
    text: str = ""


def carry_out(verb: Verb, chosen: Sequence[Chosen], change: Callable[[Chosen], str]) -> Generator[Result]:
    """Change executions, and yield each result when it is there.

    One that has ended or gone since it was chosen is looked at by its status, so that the same command can be run again
    after it broke off. If the caller goes away, the changes under way are completed and no other one begins.

    Args:
        verb: The change.
        chosen: The executions.
        change: Makes one change, and returns what was made. It raises :class:`Settled` if there is nothing to do, and
            an :class:`~durable_mi.operate.errors.OperatorError` if it fails.
    """
    waiting = iter(chosen)
    in_a_row = 0
    with ThreadPoolExecutor(_AT_ONCE, "changes") as threads:
        running: set[Future[Result]] = set()
        while True:
            if in_a_row < _GIVE_UP_AFTER:
                free = _AT_ONCE - len(running)
                running |= {threads.submit(_change, verb, each, change) for each in islice(waiting, free)}
            if not running:
                break
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                result = future.result()
                in_a_row = in_a_row + 1 if result.outcome is Outcome.FAILED else 0
                yield result
    for each in waiting:
        yield Result(chosen=each, outcome=Outcome.NOT_TRIED, text=f"{_GIVE_UP_AFTER} others failed in a row")


def _change(verb: Verb, chosen: Chosen, change: Callable[[Chosen], str]) -> Result:
    status = chosen.execution.status
    if status in verb.settled:
        return Result(chosen=chosen, outcome=Outcome.NOT_NEEDED, text=f"is {status}")
    if status not in verb.acts_on:
        text = f"must be {verb.statuses} to {verb.name}, is {status}"
        return Result(chosen=chosen, outcome=Outcome.FAILED, text=text)
    try:
        return Result(chosen=chosen, outcome=Outcome.DONE, text=change(chosen))
    except Settled as reason:
        return Result(chosen=chosen, outcome=Outcome.NOT_NEEDED, text=str(reason))
    except NotFoundError as error:
        is_gone = "DELETING" in verb.settled
        return Result(chosen=chosen, outcome=Outcome.NOT_NEEDED if is_gone else Outcome.FAILED, text=str(error))
    except OperatorError as error:
        return Result(chosen=chosen, outcome=Outcome.FAILED, text=str(error))
