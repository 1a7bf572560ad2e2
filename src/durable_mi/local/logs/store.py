"""What the functions wrote, by log group, in memory."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from durable_mi.local.logs.filter.pattern import FilterPattern

__all__ = ["LogEvent", "LogStore"]


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line that a process wrote.

    Attributes:
        number: Position among all events of the runtime, from 0.
        timestamp: Epoch milliseconds.
        stream: Name of the log stream, one for each process.
        message: The line, without its line end.
    """

    number: int
    timestamp: int
    stream: str
    message: str


class LogStore:
    """Log events of all groups.

    Args:
        on_event: Called with the group and each new event.
    """

    def __init__(self, on_event: Callable[[str, LogEvent], None] | None = None) -> None:
        self._groups: dict[str, list[LogEvent]] = defaultdict(list)
        self._listeners = [] if on_event is None else [on_event]
        self._count = 0

    def listen(self, on_event: Callable[[str, LogEvent], None]) -> None:
        """Add a listener, which is called with the group and each new event."""
        self._listeners.append(on_event)

    @property
    def latest(self) -> int:
        """Return the number of the newest event of all groups, -1 before the first."""
        return self._count - 1

    def create_group(self, group: str) -> None:
        """Make a group known, so that searching it before its first line finds nothing rather than failing."""
        _ = self._groups[group]

    def has_group(self, group: str) -> bool:
        """Return whether a function writes to this group."""
        return group in self._groups

    def groups(self) -> list[str]:
        """Return the names of the groups, in order."""
        return sorted(self._groups)

    def streams(self, group: str) -> dict[str, tuple[LogEvent, LogEvent]]:
        """Return the first and the last event of each stream of a group."""
        streams: dict[str, tuple[LogEvent, LogEvent]] = {}
        for event in self._groups.get(group, ()):
            first, _ = streams.get(event.stream, (event, event))
            streams[event.stream] = (first, event)
        return streams

    def append(self, group: str, stream: str, timestamp: int, message: str) -> None:
        """Add one line."""
        event = LogEvent(self._count, timestamp, stream, message)
        self._count += 1
        self._groups[group].append(event)
        for listener in self._listeners:
            listener(group, event)

    def search(  # noqa: PLR0913 - the parameters of FilterLogEvents
        self,
        group: str,
        pattern: FilterPattern,
        *,
        start: int | None = None,
        end: int | None = None,
        streams: Iterable[str] | None = None,
        stream_prefix: str = "",
        beyond: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[LogEvent]:
        """Return the group's matching events in the order they were written, or in the opposite order.

        Args:
            group: Name of the log group.
            pattern: What the message must match.
            start: Earliest timestamp in epoch milliseconds.
            end: Latest timestamp in epoch milliseconds.
            streams: Names of the streams to search. Defaults to all.
            stream_prefix: How the stream's name must begin.
            beyond: Number of the event after which, in this order, the wanted ones begin. Defaults to all.
            newest_first: Return the event that was written last first.
        """
        names = None if streams is None else set(streams)
        written = self._groups.get(group, [])
        if beyond is not None:
            place = bisect_left(written, beyond, key=lambda event: event.number)
            past = place + 1 if place < len(written) and written[place].number == beyond else place
            written = written[:place] if newest_first else written[past:]
        return (
            event
            for event in (reversed(written) if newest_first else written)
            if (start is None or event.timestamp >= start)
            and (end is None or event.timestamp <= end)
            and (names is None or event.stream in names)
            and event.stream.startswith(stream_prefix)
            and pattern.matches(event.message)
        )
