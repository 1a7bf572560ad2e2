"""The executions of a stack in an account, as the dashboard asks for them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from durable_mi.dashboard.account.whereabouts import failure_in, open_operation_in
from durable_mi.dashboard.source import ExecutionList, ExecutionRow, Failure, FunctionChoice, OpenOperation, Place
from durable_mi.operate.errors import NotFoundError, OperatorError
from durable_mi.operate.target import Target
from durable_mi.timeline.read import read_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.dashboard.source import ExecutionQuery
    from durable_mi.operate.client import Client
    from durable_mi.operate.connection import Connection
    from durable_mi.timeline.timeline import Timeline

__all__ = ["AccountExecutions", "function_of"]

_MOST_LISTED: Final = 1000
"""The newest executions that are read of each function."""
_MOST_LOOKED_AT: Final = 40
"""Histories that one list reads; the rest comes with the next one."""
_NEWEST_EVENTS: Final = 50
_FAILED: Final = frozenset({"FAILED", "TIMED_OUT"})
_FUNCTIONS_KEPT_S: Final = 60.0
_OPEN_KEPT_S: Final = 20.0
_MOST_KEPT: Final = 5000


def function_of(arn: str) -> str:
    """Return the name of the function in an execution's ARN; empty if it names none."""
    return arn.partition(":function:")[2].partition(":")[0]


class AccountExecutions:
    """The dashboard's :class:`~durable_mi.dashboard.source.ExecutionSource` over boto3.

    Args:
        client: The calls of operators.
        connection: The same account, for the lists.
        stack: Name or ARN of the stack.
        place: Where the executions are.
    """

    def __init__(self, client: Client, connection: Connection, stack: str, place: Place) -> None:
        self._client = client
        self._connection = connection
        self._stack = stack
        self._place = place
        self._known: tuple[float, list[str]] | None = None
        self._failures: dict[str, Failure | None] = {}
        self._open: dict[str, tuple[float, OpenOperation | None]] = {}

    def now(self) -> float:
        """Return this machine's time."""
        return time.time() * 1000

    def place(self) -> Place:
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
        calls = self._connection.functions
        with self._connection.explained("lambda:ListAliases", f"function {function}"):
            aliases = [
                each["Name"]
                for page in calls.get_paginator("list_aliases").paginate(FunctionName=function)
                for each in page["Aliases"]
            ]
        with self._connection.explained("lambda:ListVersionsByFunction", f"function {function}"):
            pages = calls.get_paginator("list_versions_by_function").paginate(FunctionName=function)
            versions = [each["Version"] for page in pages for each in page["Versions"]]
        return [*aliases, *(each for each in reversed(versions) if each != "$LATEST" or len(versions) == 1)]

    async def find(self, query: ExecutionQuery) -> ExecutionList:
        """List the newest executions of each function that fit."""
        return await asyncio.to_thread(self._find, query)

    def _find(self, query: ExecutionQuery) -> ExecutionList:
        names = [name for name in self.read_functions() if query.function in {"", name}]
        notes: list[str] = []
        listed = [row for name in names for row in self._list(name, query, notes)]
        words = query.text.casefold().split()
        found = [each for each in listed if all(word in f"{each.name} {each.arn}".casefold() for word in words)]
        if query.error:
            found = [each for each in found if each.status in _FAILED]
        found.sort(key=lambda each: (each.start, each.arn), reverse=True)
        looks = [_MOST_LOOKED_AT]
        if query.error:
            found = [self._with_failure(each, looks, notes) for each in found]
            if looks[0] < 0:
                notes.append("not every failed execution has been read yet: the list is completed step by step")
            found = [each for each in found if _fails_with(each, query.error)]
        counts = Counter(each.status for each in found)
        if query.statuses:
            found = [each for each in found if each.status in query.statuses]
        rows = [self._placed(each, looks, notes) for each in found[: query.limit]]
        return ExecutionList(rows, matching=len(found), counts=counts, note="; ".join(dict.fromkeys(notes)))

    def _list(self, function: str, query: ExecutionQuery, notes: list[str]) -> Iterator[ExecutionRow]:
        request: dict[str, Any] = {"FunctionName": function, "ReverseOrder": True, "MaxItems": _MOST_LISTED}
        if query.version:
            request["Qualifier"] = query.version
        for name, moment in (("StartedAfter", query.since), ("StartedBefore", query.until)):
            if moment is not None:
                request[name] = moment / 1000
        read = 0
        while True:
            try:
                with self._connection.explained("lambda:ListDurableExecutionsByFunction", f"function {function}"):
                    answer = self._connection.functions.list_durable_executions_by_function(**request)
            except OperatorError as error:
                # A version that only another function of the stack has is nothing to report.
                if not (query.version and isinstance(error, NotFoundError)):
                    notes.append(str(error))
                return
            yield from (_row(each, function) for each in answer["DurableExecutions"])
            read += len(answer["DurableExecutions"])
            if not (marker := answer.get("NextMarker")):
                return
            if read >= _MOST_LISTED:
                notes.append(f"the newest {read} executions of {function} were read: filter by time to see older ones")
                return
            request["Marker"] = marker

    def _placed(self, row: ExecutionRow, looks: list[int], notes: list[str]) -> ExecutionRow:
        if row.status in _FAILED:
            return self._with_failure(row, looks, notes)
        if row.end is not None:
            return row
        kept = self._open.get(row.arn)
        if kept is None or time.monotonic() - kept[0] > _OPEN_KEPT_S:
            newest = self._newest(row.arn, looks, notes)
            if newest is None:
                return row
            if len(self._open) > _MOST_KEPT:
                self._open.clear()
            kept = self._open[row.arn] = time.monotonic(), open_operation_in(newest)
        return _replaced(row, at=kept[1])

    def _with_failure(self, row: ExecutionRow, looks: list[int], notes: list[str]) -> ExecutionRow:
        if row.arn not in self._failures:
            newest = self._newest(row.arn, looks, notes)
            if newest is None:
                return row
            if len(self._failures) > _MOST_KEPT:
                self._failures.clear()
            self._failures[row.arn] = failure_in(newest)
        return _replaced(row, failure=self._failures[row.arn])

    def _newest(self, arn: str, looks: list[int], notes: list[str]) -> Sequence[Any] | None:
        """Return the newest events; ``None`` if enough histories were read, or this one cannot be."""
        looks[0] -= 1
        if looks[0] < 0:
            return None
        try:
            return self._client.history_page(arn, marker=None, newest_first=True, max_items=_NEWEST_EVENTS).events
        except OperatorError as error:
            # One line for all of them, which would fail likewise.
            notes.append(str(error).replace(f"execution {arn}", "executions"))
            looks[0] = 0
            return None

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
        return _version_of(arn) if function_of(arn) in self.functions() else None


def _version_of(arn: str) -> str:
    return arn.partition(":function:")[2].partition(":")[2].partition("/")[0]


def _row(each: Any, function: str) -> ExecutionRow:  # noqa: ANN401 - the API's Execution
    end = each.get("EndTimestamp")
    return ExecutionRow(
        arn=each["DurableExecutionArn"],
        name=each["DurableExecutionName"],
        function=function,
        version=_version_of(each["DurableExecutionArn"]),
        status=each["Status"],
        start=each["StartTimestamp"].timestamp() * 1000,
        end=None if end is None else end.timestamp() * 1000,
        at=None,
    )


def _replaced(row: ExecutionRow, *, at: OpenOperation | None = None, failure: Failure | None = None) -> ExecutionRow:
    return replace(row, at=at, failure=failure)


def _fails_with(row: ExecutionRow, text: str) -> bool:
    said = "" if row.failure is None else f"{row.failure.operation} {row.failure.error}".casefold()
    return row.failure is not None and all(word in said for word in text.casefold().split())
