"""One row of a list of executions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from durable_mi.operate.selection.places import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.executions.scope import ExecutionScope
    from durable_mi.operate.selection.filters import Filters, Sort
    from durable_mi.operate.selection.functions import DurableFunction
    from durable_mi.operate.selection.place import Place
    from durable_mi.operate.selection.summary import Summary

__all__ = ["Row", "read_rows"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An execution as a list shows it.

    Attributes:
        function: Its function.
        execution: The execution.
        place: Where it is; ``None`` if it succeeded or is gone.
        now: When it was read.
    """

    function: DurableFunction
    execution: Summary
    place: Place | None
    now: datetime


def read_rows(scope: ExecutionScope, filters: Filters, *, sort: Sort, limit: int | None) -> Sequence[Row]:
    """Read the executions that filters select, with their places.

    Args:
        scope: Where they are.
        filters: What they must have.
        sort: Their order.
        limit: How many at most.

    Raises:
        OperatorError: They cannot be read.
    """
    found = scope.selection().select(filters, sort=sort, limit=limit)
    places = Places(scope.caller).of_all(execution for _, execution in found)
    now = datetime.now(UTC)
    return [Row(function=function, execution=each, place=places[each.arn], now=now) for function, each in found]
