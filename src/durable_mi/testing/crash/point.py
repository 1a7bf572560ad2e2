"""A place where a process can end: a checkpoint, before the service keeps it or after, or the end of the handler."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from durable_mi.operate.selection.callback_name import callback_name
from durable_mi.testing.runner.operations import CONCURRENT, natural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_durable_execution_sdk_python.lambda_service import OperationUpdate

__all__ = ["ROOT", "CrashPoint", "ExecutionKey", "UpdateCounter", "crash_points_of"]

_UNNAMED: Final = "without a name"


class ExecutionKey(NamedTuple):
    """Which execution of a run it is, by what is the same in each run.

    Attributes:
        function: The function, as the workflow names it; empty for the workflow itself.
        payload: Its input; ``None`` for any, where a run has one execution of the function.
        occurrence: Which of the executions of this function with this input, from 1.
    """

    function: str
    payload: str | None
    occurrence: int

    def includes(self, other: ExecutionKey) -> bool:
        """Return whether an execution is the one that is meant."""
        return self == other or (self.payload is None and self.function == other.function)


ROOT: Final = ExecutionKey("", "", 1)
"""The workflow itself, of which a run has one execution."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashPoint:
    """A place where the process ends.

    Attributes:
        operation_id: The operation whose checkpoint it is; empty for the end of the handler.
        action: The checkpoint's action, such as ``SUCCEED``.
        occurrence: Which of the checkpoints with this action, from 1: a step that retries starts several times.
        kept: Whether the service keeps the checkpoint and the answer is lost; otherwise the service never gets it.
        label: The place in words.
        execution: The execution that it is in. Defaults to that of the workflow itself.
    """

    operation_id: str
    action: str
    occurrence: int
    kept: bool
    label: str
    execution: ExecutionKey = ROOT

    @property
    def is_end(self) -> bool:
        """Whether the handler has returned, and what it returned is lost."""
        return not self.operation_id

    def __str__(self) -> str:
        """Return the place in words, such as ``step charge SUCCEED, kept``."""
        return self.label


class UpdateCounter:
    """Numbers the checkpoints of one execution, so that each is found again in another one."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def number(self, update: OperationUpdate) -> tuple[str, str, int]:
        """Return operation, action and occurrence of the next update."""
        key = (update.operation_id, update.action.value)
        self._counts[key] += 1
        return (*key, self._counts[key])


def crash_points_of(
    updates: Sequence[OperationUpdate], execution: ExecutionKey = ROOT, function: str = ""
) -> list[CrashPoint]:
    """Return all places where an execution with these checkpoints can end: each checkpoint twice, then the end.

    What is in a map or parallel is in the order of its labels, since threads checkpoint in any order.

    Args:
        updates: What an execution without a crash has checkpointed, in this order.
        execution: Which execution it is. Defaults to that of the workflow itself.
        function: What its places are named by. Defaults to nothing.
    """
    prefix = f"{function} > " if function else ""
    named = {each.operation_id: each for each in updates}
    roots = list(dict.fromkeys(_root(each, named) for each in updates))
    concurrent = {_root(each, named) for each in updates if each.sub_type in CONCURRENT}
    counter = UpdateCounter()
    places = [(_place(each, number, named), each, number) for each in updates for number in [counter.number(each)]]

    def order(place: tuple[str, OperationUpdate, tuple[str, str, int]]) -> tuple[int, Any]:
        root = _root(place[1], named)
        return roots.index(root), (natural(place[0]), place[2]) if root in concurrent else ()

    seen: Counter[str] = Counter()
    points = []
    for label, _, (operation_id, action, occurrence) in sorted(places, key=order):
        seen[label] += 1
        # Operations of a loop have one name.
        known = label if seen[label] == 1 else f"{label} ({seen[label]})"
        points += [
            CrashPoint(
                operation_id=operation_id,
                action=action,
                occurrence=occurrence,
                kept=kept,
                label=prefix + known + side,
                execution=execution,
            )
            for kept, side in ((False, ", not kept"), (True, ", kept, answer lost"))
        ]
    label = f"{prefix}end of the handler, result lost"
    end = CrashPoint(operation_id="", action="", occurrence=1, kept=False, label=label, execution=execution)
    return [*points, end]


def _root(update: OperationUpdate, named: Mapping[str, OperationUpdate]) -> str:
    parent = named.get(update.parent_id or "")
    return update.operation_id if parent is None else _root(parent, named)


def _place(update: OperationUpdate, number: tuple[str, str, int], named: Mapping[str, OperationUpdate]) -> str:
    name = callback_name(update.name) or _UNNAMED
    path = [f"{update.operation_type.value.lower().replace('_', ' ')} {name}"]
    parent = named.get(update.parent_id or "")
    while parent is not None:
        path.insert(0, parent.name or _UNNAMED)
        parent = named.get(parent.parent_id or "")
    again = f" {number[2]}" if number[2] > 1 else ""
    return f"{' > '.join(path)} {number[1]}{again}"
