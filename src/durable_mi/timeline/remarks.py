"""What a terminal shows below an operation: its deadline, its target, what a condition saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.operate.formatting import clean, compact, deadline, duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from durable_mi.timeline.span import Span

__all__ = ["remarks"]

_MOST_POLLS: Final = 5
_LONGEST: Final = 80


def remarks(span: Span, now: datetime) -> Iterator[str]:
    """Return the lines about an operation that its bar does not show.

    Args:
        span: The operation.
        now: The time that the timeline shows, with time zone.
    """
    if span.kind == "ChainedInvoke" and span.function_name:
        version = f", version {clean(span.executed_version)}" if span.executed_version else ""
        tenant = f", tenant {clean(span.tenant_id)}" if span.tenant_id else ""
        yield f"{clean(span.function_name)}{version}{tenant}"
    if span.kind == "Callback" and span.ended is None:
        if span.deadline is not None:
            yield f"times out at {deadline(span.deadline, now)}"
        if span.heartbeat_s is not None:
            yield f"needs a heartbeat every {duration(span.heartbeat_s)}"
    if span.sub_type == "WaitForCondition":
        yield from _polls(span)


def _polls(span: Span) -> Iterator[str]:
    """Return what a condition saw, the last polls only if there were many."""
    seen = [attempt for attempt in span.attempts if attempt.result is not None]
    if (earlier := len(seen) - _MOST_POLLS) > 0:
        yield f"{earlier} earlier poll{'' if earlier == 1 else 's'}"
    for attempt in seen[-_MOST_POLLS:]:
        state = compact(attempt.result or "")
        yield f"poll {attempt.number}: {state if len(state) <= _LONGEST else state[: _LONGEST - 3] + '...'}"
