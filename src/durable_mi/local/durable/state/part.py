"""Entries of the lists and tables of an execution, which the state file keeps one by one."""

from __future__ import annotations

from itertools import compress
from operator import ne
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Part", "WrittenTable"]


class Part(NamedTuple):
    """One entry of a list or table.

    Attributes:
        kind: The list or table.
        place: The entry's index or key.
        value: The entry, in JSON types.
    """

    kind: str
    place: int | str
    value: Any


class WrittenTable:
    """The entries of a table that are written, to find those that changed since. Entries are not removed.

    Args:
        kind: The table.
        to_json: Returns an entry in JSON types. Defaults to the entry.
    """

    def __init__(self, kind: str, to_json: Callable[[Any], Any] = lambda entry: entry) -> None:
        self._kind = kind
        self._to_json = to_json
        self._known: dict[str, Any] = {}

    def changed(self, table: Mapping[str, Any]) -> Iterator[Part]:
        """Yield the entries that are new or changed, and take them for written.

        Args:
            table: The entries as they are now.
        """
        if table == self._known:
            return
        # Without a step of Python for each entry: there are as many as the execution has operations.
        is_new = map(ne, table.values(), map(self._known.get, table))
        for key in list(compress(table, is_new)):
            self._known[key] = table[key]
            yield Part(self._kind, key, self._to_json(table[key]))
