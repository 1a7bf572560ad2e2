"""Where an execution is: the operation that it waits in, or the one that failed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from durable_mi.operate.formatting import deadline
from durable_mi.operate.selection.summary import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from durable_mi.operate.execution import Event, ExecutionError

__all__ = ["Place", "PlaceFinder", "PlaceState"]

_EVENT: Final = re.compile(
    r"(?P<kind>Step|Wait|Callback|Context|ChainedInvoke)(?P<what>Started|Succeeded|Failed|TimedOut|Cancelled|Stopped)"
)
_KINDS: Final = {
    "Step": "step",
    "Wait": "wait",
    "Callback": "callback",
    "Context": "context",
    "ChainedInvoke": "invoke",
}
_BAD: Final = frozenset({"Failed", "TimedOut", "Stopped"})


class PlaceState(StrEnum):
    """What an execution does, or did at its end, in an operation."""

    IN = "IN"
    """The operation has started and not ended."""

    RETRYING = "RETRYING"
    """An attempt at a step has ended, and the next one comes."""

    FAILED = "FAILED"
    """The operation failed, timed out or was stopped."""

    AFTER = "AFTER"
    """The operation is the last one that ended; the handler's own code is next."""

    START = "START"
    """There is no operation yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an execution is.

    Attributes:
        state: What it does there.
        kind: ``step``, ``wait``, ``callback``, ``invoke`` or ``context``; empty at the start.
        label: The operation's name; its sub-type if it has none; empty at the start.
        operation_id: The operation's id.
        since: Since when, with time zone.
        until: When the service continues by itself: the end of a wait, the next attempt, the timeout of a callback.
        attempt: The last attempt at a step.
        error: Why it failed, or why the last attempt did.
        callback_id: What a callback is answered with.
        function: The function that a chained invoke calls.
        others: How many other operations are open beside it, of those that were read.
    """

    state: PlaceState
    kind: str = ""
    label: str = ""
    operation_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    attempt: int | None = None
    error: ExecutionError | None = None
    callback_id: str | None = None
    function: str | None = None
    others: int = 0

    def text(self, now: datetime) -> str:
        """Return it in one short line.

        Args:
            now: The present, to say whether a time is of today.
        """
        operation = f"{self.kind} {self.label}" if self.label != self.kind else self.kind
        match self.state:
            case PlaceState.START:
                return "before its first operation" if self.error is None else str(self.error)
            case PlaceState.AFTER:
                return f"after {operation}" + ("" if self.error is None else f": {self.error}")
            case PlaceState.FAILED:
                return operation if self.error is None else f"{operation}: {self.error}"
            case PlaceState.RETRYING:
                count = "" if self.attempt is None else f" after attempt {self.attempt}"
                said = "" if self.error is None else f": {self.error}"
                at = "" if self.until is None else f" at {deadline(self.until, now)}"
                return f"{operation}, retried{at}{count}{said}"
            case PlaceState.IN:
                until = "" if self.until is None else f" until {deadline(self.until, now)}"
                more = f", and {self.others} more" if self.others else ""
                return f"{operation}{until}{more}"


@dataclass(slots=True)
class PlaceFinder:
    """Finds the place in a history that is read backwards, page by page.

    Attributes:
        status: The execution's status.
    """

    status: str
    _ended: set[str] = field(default_factory=set)
    _open: list[Place] = field(default_factory=list)
    _contexts: list[Place] = field(default_factory=list)
    _failed: Place | None = None
    _failed_context: Place | None = None
    _last: Place | None = None
    _error: ExecutionError | None = None

    def see(self, events: Iterable[Event]) -> bool:
        """Take the next page, newest event first.

        Returns:
            Whether the place is known, so that older events are not needed.
        """
        for event in events:
            self._see(event)
        return bool(self._failed) if self.status == "FAILED" else bool(self._open)

    def place(self) -> Place:
        """Return the place, as far as it is known."""
        if self.status == "FAILED":
            found = self._failed or self._failed_context
            if found is not None:
                return found
        elif self._open:
            first = self._open[0]
            return replace(first, others=len(self._open) - 1)
        error = None if self.status in OPEN else self._error
        if self._last is None:
            if self._contexts:
                return self._contexts[0]
            return Place(state=PlaceState.START, error=error)
        return replace(self._last, state=PlaceState.AFTER, error=error, until=None)

    def _see(self, event: Event) -> None:
        if event.type.startswith("Execution"):
            self._error = self._error or event.error
            return
        match = _EVENT.fullmatch(event.type)
        if match is None or event.operation_id is None or event.operation_id in self._ended:
            return  # Of an invocation, or older than what is known of the operation.
        self._ended.add(event.operation_id)
        what, kind = match["what"], match["kind"]
        is_context = kind == "Context"
        delay = event.retry_delay_s if kind == "Step" and what != "Started" else None
        if what == "Started" or delay:
            state = PlaceState.RETRYING if delay else PlaceState.IN
            (self._contexts if is_context else self._open).append(_place(event, _KINDS[kind], state))
        elif what in _BAD:
            failed = _place(event, _KINDS[kind], PlaceState.FAILED)
            if is_context:
                self._failed_context = self._failed_context or failed
            else:
                self._failed = self._failed or failed
                self._last = self._last or failed
        elif not is_context:
            self._last = self._last or _place(event, _KINDS[kind], PlaceState.AFTER)


def _place(event: Event, kind: str, state: PlaceState) -> Place:
    details = event.details
    until = details.get("ScheduledEndTimestamp") or event.deadline
    if state is PlaceState.RETRYING:
        until = event.timestamp + timedelta(seconds=event.retry_delay_s or 0)
    return Place(
        state=state,
        kind=kind,
        label=event.label or event.sub_type or kind,
        operation_id=event.operation_id,
        since=event.timestamp,
        until=until,
        attempt=event.attempt,
        error=event.error,
        callback_id=details.get("CallbackId"),
        function=details.get("FunctionName"),
    )
