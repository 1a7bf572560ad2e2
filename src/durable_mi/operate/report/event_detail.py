"""What an event of a history says beyond its type and name, on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.formatting import clean, clock, compact, deadline, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.operate.execution import Event

__all__ = ["event_detail"]

_SHOWN_BY_OUTCOME: Final = frozenset({"ExecutionStarted", "ExecutionSucceeded"})
"""Events whose input or result is shown in full elsewhere."""


def event_detail(event: Event, *, is_last: bool = False) -> str:
    """Return the event's detail on one line.

    Args:
        event: The event.
        is_last: Whether nothing of its operation followed and the execution has ended, so that no attempt is to come.
    """
    again = "" if is_last else _again("attempt" if event.error is not None else "poll", event)
    if event.error is not None:
        return clean(" ".join(str(event.error).splitlines())) + again
    if (said := _start(event)) is not None:
        return said
    if event.payload is None or event.type in _SHOWN_BY_OUTCOME:
        return ""
    return compact(event.payload) + again


def _start(event: Event) -> str | None:
    """Return the detail of an event that starts something; ``None`` if it has nothing of its own to say."""
    details = event.details
    match event.type:
        case "ExecutionStarted" if "ExecutionTimeout" in details:
            return f"times out after {duration(details['ExecutionTimeout'])}"
        case "WaitStarted" if "ScheduledEndTimestamp" in details:
            return f"until {clock(details['ScheduledEndTimestamp'])}"
        case "CallbackStarted":
            return "; ".join((*_limits(event), f"callback id {clean(details.get('CallbackId', ''))}"))
        case "ChainedInvokeStarted":
            return _target(details)
    return None


def _again(what: str, event: Event) -> str:
    """Return when the next attempt or poll is; nothing if there is none."""
    return f"; next {what} in {duration(event.retry_delay_s)}" if event.retry_delay_s else ""


def _limits(event: Event) -> Iterator[str]:
    """Return until when a callback must be answered, and how often its heartbeat must come."""
    if event.deadline is not None:
        yield f"times out at {deadline(event.deadline, event.timestamp)}"
    if heartbeat := event.details.get("HeartbeatTimeout"):
        yield f"heartbeat every {duration(heartbeat)}"


def _target(details: Mapping[str, Any]) -> str:
    """Return the function that a chained invoke calls, and the version that runs."""
    named = (("version", details.get("ExecutedVersion")), ("tenant", details.get("TenantId")))
    parts = ", ".join(f"{label} {clean(value)}" for label, value in named if value)
    return clean(details.get("FunctionName", "")) + (f" ({parts})" if parts else "")
