"""Reads where executions are from the ends of their histories."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.calls.caller import Caller, given
from durable_mi.operate.errors import NotFoundError
from durable_mi.operate.execution import Event, HistoryPage
from durable_mi.operate.selection.place import Place, PlaceFinder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from durable_mi.operate.selection.summary import Summary

__all__ = ["Places"]

_WITHOUT_PLACE: Final = frozenset({"SUCCEEDED", "DELETING"})

_PAGES: Final = (25, 200, 1000)
"""Events to read, newest first, until the place is known. What is older than these is hardly where an execution is; one
between two operations would otherwise be read to its start."""

_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Places:
    """Reads the places of executions.

    Attributes:
        caller: The account and region, or the endpoint.
    """

    caller: Caller

    def of(self, execution: Summary) -> Place | None:
        """Return where an execution is; ``None`` for one that succeeded, or that is gone.

        Raises:
            OperatorError: Its history cannot be read.
        """
        if execution.status in _WITHOUT_PLACE:
            return None
        finder = PlaceFinder(execution.status)
        marker: str | None = None
        for items in _PAGES:
            try:
                page = self._page(execution.arn, marker, items)
            except NotFoundError:
                return None  # Deleted since it was listed.
            marker = page.next_marker
            if finder.see(page.events) or marker is None:
                break
        return finder.place()

    def of_all(self, executions: Iterable[Summary]) -> Mapping[str, Place | None]:
        """Return the places by ARN; the histories are read at the same time, at the pace of the API.

        Raises:
            OperatorError: A history cannot be read.
        """
        rows = list(executions)
        with ThreadPoolExecutor(_AT_ONCE, "places") as threads:
            return dict(zip((each.arn for each in rows), threads.map(self.of, rows), strict=True))

    def _page(self, arn: str, marker: str | None, items: int) -> HistoryPage:
        request: dict[str, Any] = given(
            DurableExecutionArn=arn, IncludeExecutionData=True, ReverseOrder=True, MaxItems=items, Marker=marker
        )

        def read() -> HistoryPage:
            answer = self.caller.functions.get_durable_execution_history(**request)
            events = tuple(Event.from_api(event) for event in answer["Events"])
            return HistoryPage(events=events, next_marker=answer.get("NextMarker") or None)

        return self.caller.call(self.caller.histories, "lambda:GetDurableExecutionHistory", f"execution {arn}", read)
