"""An execution of AWS's emulator in parts, so that a change of one part does not cost a copy of the whole."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.durable._sdk import Execution
from durable_mi.local.durable._sdk_operations import operations_of
from durable_mi.local.durable.state.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["WrittenParts", "head_of", "whole"]

_START: Final = "StartInput"
_OPERATIONS: Final = "Operations"
# By their names in the emulator's JSON. These only grow.
_LISTS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "Updates": ("updates", lambda each: each.to_dict()),
    "UpdateTimestamps": ("update_timestamps", lambda each: each.isoformat()),
    "InvocationCompletions": ("invocation_completions", lambda each: each.to_json_dict()),
}
_TABLES: Final = {
    "OperationLastTouchedSeq": "operation_last_touched_seq",
    "OperationSizeBytes": "operation_size_bytes",
    "ChainedInvokeChildren": "chained_invoke_children",
}


class WrittenParts:
    """Which parts of one execution are written, to find those that changed since."""

    def __init__(self) -> None:
        self._is_new = True
        self._lengths: dict[str, int] = dict.fromkeys(_LISTS, 0)

    def changed(self, execution: Execution) -> Iterator[Part]:
        """Yield the parts that are new or changed, and take them for written.

        Args:
            execution: The execution, which is not changed meanwhile.
        """
        operations = operations_of(execution)
        if self._is_new:
            yield Part(_START, 0, execution.start_input.to_dict())
        for place in range(len(operations)) if self._is_new else sorted(operations.changed):
            yield Part(_OPERATIONS, place, operations[place].to_json_dict())
        operations.changed.clear()
        for name, (attribute, to_json) in _LISTS.items():
            entries = getattr(execution, attribute)
            for place in range(self._lengths[name], len(entries)):
                yield Part(name, place, to_json(entries[place]))
            self._lengths[name] = len(entries)
        for name, attribute in _TABLES.items():
            table = getattr(execution, attribute)
            for key in list(table if self._is_new else table.changed):
                yield Part(name, key, table[key])
            table.changed.clear()
        self._is_new = False


def head_of(execution: Execution) -> dict[str, Any]:
    """Return the rest of an execution, in JSON types: what is of one size however long the execution is."""
    head = copy.copy(execution)
    head.operations = []
    for attribute, _ in _LISTS.values():
        setattr(head, attribute, [])
    for attribute in _TABLES.values():
        setattr(head, attribute, {})
    written = head.to_json_dict()
    del written[_START]
    return written


def whole(head: Mapping[str, Any], parts: Iterable[Part]) -> Execution:
    """Put an execution together again.

    Args:
        head: What `head_of` returned.
        parts: All of its parts, those of a list in its order. Parts of other things are passed over.

    Raises:
        KeyError: A part is missing.
        ValueError: A value is none of an execution.
    """
    data: dict[str, Any] = {**head, _OPERATIONS: [], **{name: [] for name in _LISTS}, **{name: {} for name in _TABLES}}
    for part in parts:
        if part.kind == _START:
            data[_START] = part.value
        elif part.kind in _TABLES:
            data[part.kind][part.place] = part.value
        elif part.kind == _OPERATIONS or part.kind in _LISTS:
            data[part.kind].append(part.value)
    return Execution.from_json_dict(data)
