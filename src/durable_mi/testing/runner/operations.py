"""The operations of an execution, in the words of a workflow, such as ``step charge``."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.selection.callback_name import callback_name
from durable_mi.testing.runner._aws import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_durable_execution_sdk_python.lambda_service import Operation

__all__ = ["CONCURRENT", "RunOperation", "difference", "natural", "read_operations"]

_INDENT: Final = "  "
CONCURRENT: Final = frozenset({"Map", "Parallel"})
"""Sub types of the operations whose branches run in threads."""
_DIGITS: Final = re.compile(r"(\d+)")
_KINDS: Final = {
    "Map": "map",
    "MapIteration": "map item",
    "Parallel": "parallel",
    "ParallelBranch": "branch",
    "RunInChildContext": "child context",
    "WaitForCallback": "wait for callback",
    "WaitForCondition": "wait for condition",
    "ChainedInvoke": "invoke",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOperation:
    """One operation of a run.

    Attributes:
        id: Its id in the history.
        kind: ``step``, ``wait``, ``callback``, ``invoke``, ``map``, ``map item``, ``parallel``, ``branch``, ``child
            context``, ``wait for callback`` or ``wait for condition``.
        name: Its name; ``None`` if the workflow gives none.
        status: The service's status, such as ``SUCCEEDED``.
        depth: How many operations it is in.
        result: Its result as the history has it, in JSON text; ``None`` if there is none.
        callback_id: The id to answer a callback with.
        orphaned: Whether an operation that it is in has ended, as those of the branches that a parallel left behind.
    """

    id: str
    kind: str
    name: str | None
    status: str
    depth: int
    result: str | None = None
    callback_id: str | None = None
    orphaned: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self.status not in {"STARTED", "PENDING", "READY"}

    @property
    def label(self) -> str:
        """Kind and the name that the workflow gives, such as ``callback approval``."""
        return f"{self.kind} {callback_name(self.name)}".rstrip()

    def __str__(self) -> str:
        """Return kind and name, such as ``step charge``, indented by what it is in."""
        return f"{_INDENT * self.depth}{self.kind} {self.name or ''}".rstrip()


def read_operations(operations: Sequence[Operation]) -> list[RunOperation]:
    """Return operations in the order of the workflow, each before those that are in it.

    Args:
        operations: All operations of an execution.
    """
    known = {each.operation_id: each for each in operations}
    children: dict[str | None, list[Operation]] = {}
    for each in operations:
        children.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    for parent, each_of in children.items():
        # Branches start in whatever order their threads do; a workflow's author has the order of their names.
        if parent is not None and known[parent].sub_type in CONCURRENT:
            each_of.sort(key=lambda each: natural(each.name or ""))

    def below(parent: str | None, depth: int, *, orphaned: bool) -> Iterator[RunOperation]:
        for each in children.get(parent, ()):
            yield _read(each, depth, orphaned=orphaned)
            yield from below(each.operation_id, depth + 1, orphaned=orphaned or is_terminal(each))

    return list(below(None, 0, orphaned=False))


def difference(expected: Sequence[str], actual: Sequence[str]) -> str:
    """Return the lines that differ, with ``-`` for what must come and ``+`` for what came.

    Args:
        expected: What must come.
        actual: What came.
    """
    return "\n".join(line for line in difflib.ndiff(expected, actual) if not line.startswith("?"))


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that orders ``branch 10`` after ``branch 9``."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name)]


def _read(operation: Operation, depth: int, *, orphaned: bool) -> RunOperation:
    details: Any = (
        operation.step_details
        or operation.callback_details
        or operation.chained_invoke_details
        or operation.context_details
    )
    kind = _KINDS.get(operation.sub_type or "", operation.operation_type.value.lower().replace("_", " "))
    return RunOperation(
        id=operation.operation_id,
        kind=kind,
        name=operation.name,
        status=operation.status.value,
        depth=depth,
        result=getattr(details, "result", None),
        callback_id=getattr(operation.callback_details, "callback_id", None),
        orphaned=orphaned,
    )
