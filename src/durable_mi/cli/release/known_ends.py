"""When the executions of a version go on by themselves, as far as their histories say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from durable_mi.operate.client import Client
    from durable_mi.operate.execution import Event

__all__ = ["SAMPLE", "KnownEnds", "read_known_ends"]

SAMPLE: Final = 10
"""How many executions of a version are looked at; a version can have thousands."""

_PAGE: Final = 1000
_MOST_PAGES: Final = 20
_WAITS_FOR: Final = {"Wait": "wait", "Callback": "callback", "ChainedInvoke": "invocation", "Step": "step"}
_KINDS: Final = tuple(_WAITS_FOR)


@dataclass(frozen=True, slots=True)
class KnownEnds:
    """What open executions wait for.

    Attributes:
        latest: The latest wake-up, retry or timeout that a history names; ``None`` if none names one.
        unknown: What executions wait for without a time, such as ``callback``.
        sampled: How many executions were looked at.
        total: How many there are.
    """

    latest: datetime | None = None
    unknown: frozenset[str] = field(default_factory=frozenset)
    sampled: int = 0
    total: int = 0


def read_known_ends(client: Client, arns: Iterable[str], *, total: int) -> KnownEnds:
    """Read the histories of some executions.

    Args:
        client: Reads histories.
        arns: The executions; at most :data:`SAMPLE` of them are looked at.
        total: How many there are.

    Raises:
        OperatorError: A history cannot be read.
    """
    times: list[datetime] = []
    unknown: set[str] = set()
    sampled = 0
    for arn in arns:
        if sampled == SAMPLE:
            break
        sampled += 1
        for kind, time in _open_operations(_events(client, arn)):
            if time is None:
                unknown.add(kind)
            else:
                times.append(time)
    return KnownEnds(max(times, default=None), frozenset(unknown), sampled, total)


def _events(client: Client, arn: str) -> Iterable[Event]:
    marker: str | None = None
    for _ in range(_MOST_PAGES):
        page = client.history_page(arn, marker=marker, newest_first=False, max_items=_PAGE)
        yield from page.events
        marker = page.next_marker
        if marker is None:
            return


def _open_operations(events: Iterable[Event]) -> Iterable[tuple[str, datetime | None]]:
    """Yield what an execution waits for now, each with its time if that is known."""
    waiting: dict[str | None, tuple[str, datetime | None]] = {}
    for event in events:
        kind = next((each for each in _KINDS if event.type.startswith(each)), None)
        if kind is None:
            continue
        if event.is_start:
            waiting[event.operation_id] = _WAITS_FOR[kind], _time(event)
        elif event.retry_delay_s:
            waiting[event.operation_id] = "retry", _time(event)
        else:
            waiting.pop(event.operation_id, None)
    return waiting.values()


def _time(event: Event) -> datetime | None:
    scheduled: datetime | None = event.details.get("ScheduledEndTimestamp")
    if scheduled is not None:
        return scheduled
    if event.next_in_s is not None:
        return event.timestamp + timedelta(seconds=event.next_in_s)
    return event.deadline
