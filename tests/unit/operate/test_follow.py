"""The follow loop, without a service, a clock or a terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from durable_mi.operate.errors import NotFoundError
from durable_mi.operate.execution import Event, Execution, HistoryPage
from durable_mi.operate.follow import PollingPolicy, follow, read_history

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:1/durable-execution/name/id"
T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def events(count: int) -> list[Event]:
    """Return that many events, a second apart."""
    return [
        Event(id=n, type="StepStarted", timestamp=T0 + timedelta(seconds=n), operation_id=f"op-{n}")
        for n in range(1, count + 1)
    ]


@dataclass
class Script:
    """A service that shows the next scene at each look, and a clock that only sleeping moves.

    A scene is a status with the history at that moment, or ``None`` while the execution is not known.
    """

    scenes: list[tuple[str, list[Event]] | None]
    slept: list[float] = field(default_factory=list)
    pages_read: int = 0
    largest_page: int = 1000

    @property
    def scene(self) -> tuple[str, list[Event]]:
        """The scene that is on."""
        scene = self.scenes[0]
        if scene is None:
            msg = "not known"
            raise NotFoundError(msg)
        return scene

    def execution(self, arn: str, *, include_data: bool) -> Execution:
        """Return the state; following needs no data."""
        assert not include_data
        return Execution(arn=arn, name="name", status=self.scene[0], started=T0)

    def history_page(self, arn: str, *, marker: str | None, newest_first: bool, max_items: int) -> HistoryPage:
        """Return a page."""
        assert ARN == arn
        self.pages_read += 1
        history = self.scene[1][::-1] if newest_first else self.scene[1]
        first = int(marker or 0)
        last = first + min(max_items, self.largest_page)
        return HistoryPage(events=history[first:last], next_marker=str(last) if last < len(history) else None)

    def sleep(self, seconds: float) -> None:
        """Move on to the next scene."""
        self.slept.append(seconds)
        if len(self.scenes) > 1:
            self.scenes.pop(0)

    def clock(self) -> float:
        """Seconds slept so far."""
        return sum(self.slept)

    def told(self, pace: PollingPolicy | None = None) -> list[tuple[str, list[int]]]:
        """Follow to the end; status and numbers of the new events of each update."""
        updates = follow(self, ARN, pace=pace, sleep=self.sleep, clock=self.clock)
        return [(update.execution.status, [event.id for event in update.events]) for update in updates]


def test_tells_each_event_once_and_in_order() -> None:
    """What was told is not told again."""
    history = events(4)
    script = Script([("RUNNING", history[:1]), ("RUNNING", history[:3]), ("SUCCEEDED", history)])

    assert [("RUNNING", [1]), ("RUNNING", [2, 3]), ("SUCCEEDED", [4])] == script.told()


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING"])
def test_ends_with_the_execution(status: str) -> None:
    """Every way to end is an end."""
    assert [(status, [1])] == Script([(status, events(1))]).told()


@pytest.mark.parametrize("status", ["RUNNING", "PAUSING", "PAUSED", "SOMETHING_NEW"])
def test_goes_on_while_it_may_go_on(status: str) -> None:
    """A pause is no end, and neither is a status that is not known yet."""
    assert [status, "STOPPED"] == [told for told, _ in Script([(status, []), ("STOPPED", [])]).told()]


def test_asks_less_often_while_nothing_happens() -> None:
    """The pause grows to its limit and is short again after an event."""
    history = events(2)
    quiet = ("RUNNING", history[:1])
    script = Script([quiet, quiet, quiet, quiet, ("RUNNING", history), ("SUCCEEDED", history)])
    script.told(PollingPolicy(first_s=1, factor=2, longest_s=3))

    assert [1, 2, 3, 3, 1] == script.slept


def test_looks_when_a_wait_ends() -> None:
    """The end of a wait is not missed for a long pause, and neither is the next attempt at a step."""
    wait = Event(id=1, type="WaitStarted", timestamp=T0, operation_id="w", details={"Duration": 6})
    retry = {"RetryDetails": {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 2}}
    failed = Event(id=2, type="StepFailed", timestamp=T0, operation_id="s", details=retry)
    waiting, failing = ("RUNNING", [wait]), ("RUNNING", [wait, failed])
    script = Script([waiting, waiting, waiting, waiting, failing, failing, ("SUCCEEDED", [wait, failed])])
    script.told(PollingPolicy(first_s=1, factor=2, longest_s=8))

    assert pytest.approx([1, 2, 3.1, 1, 1, 1.1]) == script.slept


def test_stays_within_the_rate_limit() -> None:
    """One follower takes a small part of the 15 history requests a second that an account has."""
    assert PollingPolicy().first_s >= 0.2


def test_reads_only_the_newest_page_of_a_long_history() -> None:
    """A look at a history of which all but the end is known costs one request."""
    history = events(950)
    script = Script([("RUNNING", history[:940]), ("SUCCEEDED", history)])
    told = script.told()

    assert [("RUNNING", list(range(1, 941))), ("SUCCEEDED", list(range(941, 951)))] == told
    assert 10 + 1 == script.pages_read


def test_finds_a_late_event_that_moves_the_numbers() -> None:
    """An event that appears before known ones is told, and those are not told again."""
    first, last = events(2)
    late = Event(id=2, type="InvocationCompleted", timestamp=T0 + timedelta(seconds=1.5))
    moved = Event(id=3, type=last.type, timestamp=last.timestamp, operation_id=last.operation_id)
    script = Script([("RUNNING", [first, last]), ("SUCCEEDED", [first, late, moved])])

    assert [("RUNNING", [1, 2]), ("SUCCEEDED", [2])] == script.told()


def test_waits_for_an_execution_that_is_not_known_yet() -> None:
    """The service answers the start before its other parts know of it."""
    script = Script([None, None, ("SUCCEEDED", events(1))])

    assert [("SUCCEEDED", [1])] == script.told()


def test_rejects_an_execution_that_stays_unknown() -> None:
    """After a while an unknown execution is an error."""
    script = Script([None])
    with pytest.raises(NotFoundError):
        script.told(PollingPolicy(first_s=1, not_found_s=3))

    assert [1, 1, 1] == script.slept


def test_rejects_an_execution_that_vanishes() -> None:
    """An execution that was known does not get that time again."""
    script = Script([("RUNNING", []), None])
    with pytest.raises(NotFoundError):
        script.told()

    assert 1 == len(script.slept)


def test_reads_a_whole_history() -> None:
    """Page after page, oldest first."""
    script = Script([("SUCCEEDED", events(25))], largest_page=10)

    assert events(25) == read_history(script, ARN)
    assert 3 == script.pages_read


def test_each_update_has_what_the_runtime_reported_meanwhile() -> None:
    """Also the last one."""
    reported = [["a"], [], ["b", "c"]]
    script = Script([("RUNNING", events(1)), ("RUNNING", events(1)), ("SUCCEEDED", events(2))])
    updates = follow(script, ARN, sleep=script.sleep, clock=script.clock, notices=lambda: reported.pop(0))
    assert [["a"], [], ["b", "c"]] == [update.notices for update in updates]
