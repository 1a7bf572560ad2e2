"""The executions that a command changes: those that are named, or those that filters select."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from durable_mi.operate.errors import UsageError
from durable_mi.operate.selection.functions import DurableFunction
from durable_mi.operate.selection.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.bulk.verb import Verb
    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.selection.execution_arn import ExecutionArn
    from durable_mi.operate.selection.filters import Filters, Sort
    from durable_mi.operate.selection.selection import Selection

__all__ = ["Chosen", "choose_by_filters", "read_chosen"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An execution that is to be changed.

    Attributes:
        function: Its function.
        execution: The execution, as it was when it was chosen.
    """

    function: DurableFunction
    execution: Summary


def choose_by_filters(
    selection: Selection, verb: Verb, filters: Filters, *, sort: Sort, limit: int | None
) -> Sequence[Chosen]:
    """Return the executions that filters select, of the statuses in which the change can be made.

    Args:
        selection: Where to look.
        verb: The change.
        filters: What the executions must have.
        sort: Their order.
        limit: How many at most.

    Raises:
        UsageError: The filters name only statuses in which it cannot be made.
        OperatorError: The executions cannot be listed to the end.
    """
    statuses = filters.statuses & verb.acts_on if filters.statuses else verb.acts_on
    if not statuses:
        msg = f"--status must be of {verb.statuses} to {verb.name}, got {', '.join(sorted(filters.statuses))}"
        raise UsageError(msg)
    found = selection.select(replace(filters, statuses=statuses), sort=sort, limit=limit)
    return [Chosen(function, execution) for function, execution in found]


def read_chosen(caller: Caller, arn: ExecutionArn) -> Chosen:
    """Read the execution that a user named.

    Args:
        caller: The account and region, or the endpoint.
        arn: The execution.

    Raises:
        OperatorError: It is not there, or cannot be read.
    """

    def read() -> Summary:
        return Summary.from_api(
            caller.functions.get_durable_execution(DurableExecutionArn=arn.text, IncludeExecutionData=False)
        )

    execution = caller.call(caller.reads, "lambda:GetDurableExecution", f"execution {arn}", read)
    return Chosen(DurableFunction(arn.target.function, arn.function), execution)
