"""The executions of functions that filters select, in order, as far as they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.calls.executions import ExecutionLists
from durable_mi.operate.errors import NotFoundError
from durable_mi.operate.selection.filters import Filters, Sort
from durable_mi.operate.selection.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.selection.functions import DurableFunction
    from durable_mi.operate.selection.summary import Summary

__all__ = ["Selection"]

_LARGE_PAGE: Final = 1000
_A_MOMENT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Selection:
    """Selects executions.

    Attributes:
        caller: The account and region, or the endpoint.
        functions: Whose executions.
    """

    caller: Caller
    functions: Sequence[DurableFunction]

    def select(
        self, filters: Filters, *, sort: Sort = Sort.NEWEST, limit: int | None = None
    ) -> Sequence[tuple[DurableFunction, Summary]]:
        """Return the executions with their functions.

        Newest or oldest first, no more is read than the limit needs; any other order needs all that the filters
        select.

        Args:
            filters: What they must have.
            sort: Their order.
            limit: How many at most. Defaults to all.

        Raises:
            OperatorError: They cannot be listed to the end.
        """
        return list(islice(self.each(filters, sort=sort, page_items=limit), limit))

    def each(
        self, filters: Filters, *, sort: Sort = Sort.NEWEST, page_items: int | None = None
    ) -> Iterator[tuple[DurableFunction, Summary]]:
        """Yield the executions as :meth:`select` returns them, all of them."""
        newest_first = sort is not Sort.OLDEST
        size = min(page_items or _LARGE_PAGE, _LARGE_PAGE) if filters.is_exact and sort in _BY_START else _LARGE_PAGE
        lists = [self._of(function, filters, newest_first=newest_first, size=size) for function in self.functions]
        found: Iterable[tuple[DurableFunction, Summary]] = merge(
            *lists, key=lambda row: row[1].started, reverse=newest_first
        )
        if sort not in _BY_START:
            now = datetime.now(UTC)
            found = sorted(found, key=lambda row: _key(sort, *row, now=now))
        yield from found

    def _of(
        self, function: DurableFunction, filters: Filters, *, newest_first: bool, size: int
    ) -> Iterator[tuple[DurableFunction, Summary]]:
        listed = ExecutionLists(self.caller).of(
            function.name,
            version=filters.version,
            name=filters.whole_name,
            statuses=filters.wanted_statuses,
            # The API's bounds are exclusive, or it does not say. The exact ones are applied below.
            after=None if filters.since is None else filters.since - _A_MOMENT,
            before=None if filters.until is None else filters.until + _A_MOMENT,
            newest_first=newest_first,
            page_items=size,
        )
        for execution in listed:
            if filters.admit(execution) and (filters.error is None or self._has_error(execution, filters)):
                yield function, execution

    def _has_error(self, execution: Summary, filters: Filters) -> bool:
        if not execution.is_open:
            try:
                if filters.admit_error(self.caller.execution(execution.arn, include_data=True).error):
                    return True
            except NotFoundError:
                return False  # Deleted since it was listed.
        place = Places(self.caller).of(execution)
        return filters.admit_error(None if place is None else place.error)


_BY_START: Final = frozenset({Sort.NEWEST, Sort.OLDEST})


def _key(sort: Sort, function: DurableFunction, execution: Summary, *, now: datetime) -> Any:  # noqa: ANN401 - comparable
    if sort is Sort.LONGEST:
        return -execution.took_s(now)
    return {
        Sort.NAME: execution.name,
        Sort.STATUS: execution.status,
        Sort.FUNCTION: function.label,
    }[sort]
