"""The executions of a stack in an account, as the dashboard asks for them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from durable_mi.dashboard.account.whereabouts import FAILED, failure_of, open_operation_of, row_of
from durable_mi.dashboard.source import ExecutionList, FunctionChoice
from durable_mi.operate.errors import NotFoundError, OperatorError
from durable_mi.operate.selection.execution_arn import ExecutionArn
from durable_mi.operate.selection.filters import Filters
from durable_mi.operate.selection.functions import DurableFunction
from durable_mi.operate.selection.places import Places
from durable_mi.operate.selection.selection import Selection
from durable_mi.operate.target import Target
from durable_mi.timeline.read import read_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.dashboard.source import ExecutionQuery, ExecutionRow, Failure, OpenOperation
    from durable_mi.dashboard.source import Place as DashboardPlace
    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.client import Client
    from durable_mi.operate.selection.place import Place
    from durable_mi.operate.selection.summary import Summary
    from durable_mi.timeline.timeline import Timeline

__all__ = ["AccountExecutions", "function_of"]

_MOST_LISTED: Final = 1000
"""The newest executions that are read of each function."""
_MOST_LOOKED_AT: Final = 40
"""Histories that one list reads; the rest comes with the next one."""
_FUNCTIONS_KEPT_S: Final = 60.0
_OPEN_KEPT_S: Final = 20.0
_MOST_KEPT: Final = 5000


def function_of(arn: str) -> str:
    """Return the name of the function in an execution's ARN; empty if it names none."""
    return arn.partition(":function:")[2].partition(":")[0]


class AccountExecutions:
    """The dashboard's :class:`~durable_mi.dashboard.source.ExecutionSource` over boto3.

    Args:
        client: The calls about one execution.
        caller: Those about many.
        stack: Name or ARN of the stack.
        place: Where the executions are.
    """

    def __init__(self, client: Client, caller: Caller, stack: str, place: DashboardPlace) -> None:
        self._client = client
        self._caller = caller
        self._places = Places(caller)
        self._stack = stack
        self._place = place
        self._known: tuple[float, list[str]] | None = None
        self._failures: dict[str, Failure | None] = {}
        self._open: dict[str, tuple[float, OpenOperation | None]] = {}

    def now(self) -> float:
        """Return this machine's time."""
        return time.time() * 1000

    def place(self) -> DashboardPlace:
        """Return the stack and its account's region."""
        return self._place

    def functions(self) -> Sequence[str]:
        """Return the names of the stack's durable functions that were read last."""
        return [] if self._known is None else self._known[1]

    def read_functions(self) -> Sequence[str]:
        """Read the names of the stack's durable functions, at most once a minute.

        Raises:
            OperatorError: The stack cannot be read.
        """
        if self._known is None or time.monotonic() - self._known[0] > _FUNCTIONS_KEPT_S:
            names = [each.name for each in self._client.stack_functions(self._stack)]
            self._known = time.monotonic(), sorted(name for name in names if self._client.is_durable(name))
        return self._known[1]

    async def choices(self) -> Sequence[FunctionChoice]:
        """Read the functions with their aliases and versions."""
        return await asyncio.to_thread(
            lambda: [FunctionChoice(name, self._qualifiers(name)) for name in self.read_functions()]
        )

    def _qualifiers(self, function: str) -> list[str]:
        calls, connection = self._caller.functions, self._caller.connection
        with connection.explained("lambda:ListAliases", f"function {function}"):
            aliases = [
                each["Name"]
                for page in calls.get_paginator("list_aliases").paginate(FunctionName=function)
                for each in page["Aliases"]
            ]
        with connection.explained("lambda:ListVersionsByFunction", f"function {function}"):
            pages = calls.get_paginator("list_versions_by_function").paginate(FunctionName=function)
            versions = [each["Version"] for page in pages for each in page["Versions"]]
        return [*aliases, *(each for each in reversed(versions) if each != "$LATEST" or len(versions) == 1)]

    async def find(self, query: ExecutionQuery) -> ExecutionList:
        """List the newest executions of each function that fit."""
        return await asyncio.to_thread(self._find, query)

    def _find(self, query: ExecutionQuery) -> ExecutionList:
        names = [name for name in self.read_functions() if query.function in {"", name}]
        notes: list[str] = []
        listed = [each for name in names for each in self._list(name, query, notes)]
        words = query.text.casefold().split()
        found = [each for each in listed if all(word in f"{each.name} {each.arn}".casefold() for word in words)]
        found.sort(key=lambda each: (each.started, each.arn), reverse=True)
        looks = _Looks(_MOST_LOOKED_AT)
        if query.error:
            found = [each for each in found if each.status in FAILED]
            self._look(found, looks, notes)
            if looks.left < 0:
                notes.append("not every failed execution has been read yet: the list is completed step by step")
            found = [each for each in found if _fails_with(self._failures.get(each.arn), query.error)]
        counts = Counter(each.status for each in found)
        if query.statuses:
            found = [each for each in found if each.status in query.statuses]
        shown = found[: query.limit]
        self._look(shown, looks, notes)
        rows = [self._row(each) for each in shown]
        return ExecutionList(rows, matching=len(found), counts=counts, note="; ".join(dict.fromkeys(notes)))

    def _list(self, function: str, query: ExecutionQuery, notes: list[str]) -> Iterator[Summary]:
        since, until = (None if each is None else _moment(each) for each in (query.since, query.until))
        filters = Filters(since=since, until=until, version=query.version or None)
        every = Selection(self._caller, [DurableFunction(function, function)]).each(filters)
        read = 0
        try:
            for _, execution in islice(every, _MOST_LISTED):
                read += 1
                yield execution
        except NotFoundError as error:
            # A version that only another function of the stack has is nothing to report.
            if not query.version:
                notes.append(str(error))
        except OperatorError as error:
            notes.append(str(error))
        if read == _MOST_LISTED:
            notes.append(f"the newest {read} executions of {function} were read: filter by time to see older ones")

    def _look(self, executions: Sequence[Summary], looks: _Looks, notes: list[str]) -> None:
        """Read the places of executions that are not known, as far as there are looks left."""
        wanted = [each for each in executions if self._is_unknown(each)]
        chosen, looks.left = wanted[: max(looks.left, 0)], looks.left - len(wanted)
        for execution in chosen:
            try:
                place = self._places.of(execution)
            except OperatorError as error:
                # One line for all of them, which would fail likewise.
                notes.append(str(error).replace(f"execution {execution.arn}", "executions"))
                looks.left = 0
                return
            self._keep(execution, place)

    def _is_unknown(self, execution: Summary) -> bool:
        if execution.status in FAILED:
            return execution.arn not in self._failures
        if not execution.is_open:
            return False
        kept = self._open.get(execution.arn)
        return kept is None or time.monotonic() - kept[0] > _OPEN_KEPT_S

    def _keep(self, execution: Summary, place: Place | None) -> None:
        for kept in (self._failures, self._open):
            if len(kept) > _MOST_KEPT:
                kept.clear()
        if execution.status in FAILED:
            self._failures[execution.arn] = failure_of(place)
        else:
            self._open[execution.arn] = time.monotonic(), open_operation_of(place)

    def _row(self, execution: Summary) -> ExecutionRow:
        row = row_of(execution, execution.id.function)
        if execution.status in FAILED:
            return replace(row, failure=self._failures.get(execution.arn))
        kept = self._open.get(execution.arn)
        return row if kept is None or not execution.is_open else replace(row, at=kept[1])

    async def timeline(self, arn: str) -> Timeline:
        """Read the timeline of one execution of the stack."""
        return await asyncio.to_thread(self._timeline, arn)

    def _timeline(self, arn: str) -> Timeline:
        self.check(arn)
        return read_timeline(self._client, arn, Target.parse(arn.partition("/durable-execution/")[0]))

    def check(self, arn: str) -> None:
        """Check that an execution is one of the stack's.

        Raises:
            NotFoundError: It is not.
        """
        if function_of(arn) not in self.read_functions():
            msg = f"stack {self._stack} has no execution {arn}"
            raise NotFoundError(msg)

    async def wait_for_end(self, arn: str, seconds: float) -> None:  # noqa: ARG002 - nothing reports an end here
        """Wait so many seconds."""
        await asyncio.sleep(seconds)

    def restart_qualifier(self, arn: str) -> str | None:
        """Return the version that ran it, if its function is there: the reader may choose an alias."""
        return ExecutionArn.parse(arn).version if function_of(arn) in self.functions() else None


@dataclass(slots=True)
class _Looks:
    """Histories that one list may still read; fewer than none if some were left out."""

    left: int


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _fails_with(failure: Failure | None, text: str) -> bool:
    said = "" if failure is None else f"{failure.operation} {failure.error}".casefold()
    return failure is not None and all(word in said for word in text.casefold().split())
