"""Follow a durable execution to its end, without rendering and without boto3."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from durable_mi.operate.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from durable_mi.operate.execution import Event, Execution, HistoryPage

__all__ = ["PollingPolicy", "Reader", "Update", "follow", "read_history"]


class Reader(Protocol):
    """The calls that the loop needs."""

    def execution(self, arn: str, *, include_data: bool) -> Execution:
        """Read the execution's state.

        Raises:
            NotFoundError: The service does not know it, or not yet.
        """

    def history_page(self, arn: str, *, marker: str | None, newest_first: bool, max_items: int) -> HistoryPage:
        """Read one page of its history, with the execution data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PollingPolicy:
    """Polling intervals in seconds.

    The service allows an account 15 history requests a second (Developer Guide, gettingstarted-limits), shared by all
    clients. One follower uses at most ``1 / first_s`` of it, and soon much less.

    Attributes:
        first_s: Pause after a new event, and while the service does not know the execution yet.
        factor: Factor by which a pause grows if there was no new event.
        longest_s: Longest pause.
        not_found_s: How long the service may not know a new execution before that is an error.
    """

    first_s: float = 0.5
    factor: float = 1.5
    longest_s: float = 5.0
    not_found_s: float = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """The result of one poll.

    Attributes:
        execution: Its state, without input and result.
        events: The new events, oldest first.
        notices: What the local runtime reported meanwhile, oldest first.
    """

    execution: Execution
    events: Sequence[Event]
    notices: Sequence[str] = ()


def follow(  # noqa: PLR0913 - the last two are for tests
    reader: Reader,
    arn: str,
    *,
    pace: PollingPolicy | None = None,
    notices: Callable[[], Sequence[str]] = tuple,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Update]:
    """Yield an update for each poll, the last one when the execution has ended and its history is complete.

    The pauses grow while there are no new events. A poll also happens at the end of each wait and of each retry delay.

    Args:
        reader: Where to read.
        arn: The execution.
        pace: Polling intervals. Defaults to :class:`PollingPolicy` with its defaults.
        notices: Returns what the local runtime reported since the last call. Defaults to nothing.
        sleep: Waits this number of seconds.
        clock: Returns monotonic seconds.

    Raises:
        NotFoundError: The service still does not know the execution after ``pace.not_found_s``.
    """
    pace = pace or PollingPolicy()
    deadline: float | None = clock() + pace.not_found_s
    pause = pace.first_s
    seen: set[object] = set()
    due: list[float] = []
    while True:
        try:
            # The state before the history: once it has ended, the history that is read after it is complete.
            execution = reader.execution(arn, include_data=False)
            new = _new_events(reader, arn, seen)
        except NotFoundError:
            if deadline is None or clock() >= deadline:
                raise
            sleep(pace.first_s)
            continue
        deadline = None
        yield Update(execution=execution, events=new, notices=notices())
        if execution.has_ended:
            return
        now = clock()
        coming = [at for at in due if at > now]
        is_news = bool(new) or len(coming) < len(due)
        due = coming + [now + event.next_in_s for event in new if event.next_in_s]
        pause = pace.first_s if is_news else min(pause * pace.factor, pace.longest_s)
        sleep(min([pause, *(at - now + _MARGIN_S for at in due)]))


def read_history(reader: Reader, arn: str) -> list[Event]:
    """Read the whole history of an execution, oldest event first."""
    events: list[Event] = []
    marker: str | None = None
    while True:
        page = reader.history_page(arn, marker=marker, newest_first=False, max_items=_LARGE_PAGE)
        events += page.events
        marker = page.next_marker
        if marker is None:
            return events


# What the service does at a moment is seen a moment later.
_MARGIN_S = 0.1

# API ItemCount allows 1000. A look for news is small, since most looks find a handful.
_LARGE_PAGE = 1000
_SMALL_PAGE = 100


def _new_events(reader: Reader, arn: str, seen: set[object]) -> list[Event]:
    """Read backwards from the newest event until one is known, so that a long history is not read at each poll."""
    new: list[Event] = []
    marker: str | None = None
    while True:
        page = reader.history_page(arn, marker=marker, newest_first=True, max_items=_SMALL_PAGE)
        fresh = [event for event in page.events if event.identity not in seen]
        new += fresh
        marker = page.next_marker
        if marker is None or len(fresh) < len(page.events):
            break
    # Two pages may overlap when events arrive between the requests.
    unique = {event.identity: event for event in new}
    seen.update(unique)
    return sorted(unique.values(), key=lambda event: event.id)
