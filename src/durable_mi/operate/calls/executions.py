"""Lists of executions, page by page to the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.calls.caller import Caller, given
from durable_mi.operate.errors import ServiceError
from durable_mi.operate.selection.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

__all__ = ["ExecutionLists"]

_MOST_ITEMS: Final = 1000
"""API: MaxItems of ListDurableExecutionsByFunction."""


@dataclass(frozen=True, slots=True)
class ExecutionLists:
    """Lists the executions of a function.

    Attributes:
        caller: The account and region, or the endpoint.
    """

    caller: Caller

    def of(  # noqa: PLR0913 - the filters of the API
        self,
        function: str,
        *,
        version: str | None = None,
        name: str | None = None,
        statuses: Collection[str] = (),
        after: datetime | None = None,
        before: datetime | None = None,
        newest_first: bool = True,
        page_items: int = _MOST_ITEMS,
    ) -> Iterator[Summary]:
        """Yield the executions, each once; a page is read when the one before it has been taken.

        Args:
            function: Name or ARN of the function.
            version: The version. Defaults to all versions.
            name: Whole name of the execution. Defaults to all names.
            statuses: Values of ``ExecutionStatus``. Defaults to all of them.
            after: Only executions that started after this time.
            before: Only executions that started before this time.
            newest_first: Whether the newest one is the first.
            page_items: How many to read at once, at most 1000.

        Raises:
            OperatorError: The list cannot be read to its end.
        """
        request = given(
            FunctionName=function,
            Qualifier=version,
            DurableExecutionName=name,
            Statuses=sorted(statuses) or None,
            StartedAfter=after,
            StartedBefore=before,
            ReverseOrder=newest_first,
            MaxItems=min(page_items, _MOST_ITEMS),
        )
        seen: set[str] = set()
        markers: set[str] = set()
        while True:
            page, marker = self._page(function, request)
            # What starts meanwhile can move an execution from one page to the next.
            yield from (each for each in page if each.arn not in seen)
            seen.update(each.arn for each in page)
            # A page can be empty and still have a marker.
            if not marker:
                return
            if marker in markers:
                msg = f"the executions of function {function} must be listed to the end, but a marker came twice"
                raise ServiceError(msg)
            markers.add(marker)
            request["Marker"] = marker

    def _page(self, function: str, request: dict[str, Any]) -> tuple[Sequence[Summary], str | None]:
        def read() -> tuple[Sequence[Summary], str | None]:
            answer = self.caller.functions.list_durable_executions_by_function(**request)
            return [Summary.from_api(each) for each in answer["DurableExecutions"]], answer.get("NextMarker")

        return self.caller.call(
            self.caller.lists, "lambda:ListDurableExecutionsByFunction", f"function {function}", read
        )
