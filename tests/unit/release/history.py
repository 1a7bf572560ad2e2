"""A history: what happens to the model, one event after the other, and what must hold after each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from durable_mi.release.guards import ACTIVE
from durable_mi.release.opening_hours import OpeningHours
from durable_mi.release.policy import DrainPolicy
from durable_mi.release.scaling import PARKED
from tests.unit.release.janitor import BY_HAND, WHOLE, Pass, Store, lose_record, set_by_hand
from tests.unit.release.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

POLICIES: Final = (
    DrainPolicy(rollback_window=timedelta(minutes=10), keep=1),
    DrainPolicy(rollback_window=timedelta(0), keep=0),
    DrainPolicy(
        rollback_window=timedelta(minutes=10), keep=0, opening_hours=OpeningHours.parse("Mo-Su 10:00-15:00 UTC")
    ),
)
LENGTHS: Final = (1.0, 20.0, 400.0)
OUTCOMES: Final = ("moved", "failed", "rolled back")
PASSES: Final = (1, 3, 12)
FAULTS: Final = ("aliases", "versions", "stack", "scaling", "executions", "any")
EVERY: Final = 5.0


class History:
    """The service, the janitor's record and the other janitor."""

    def __init__(self, policy: DrainPolicy, service: Service | None = None) -> None:
        """Begin with version 1 live."""
        self.policy, self.service, self.store = policy, service or Service(), Store()
        self._other: Iterator[None] | None = None

    def passes(self, count: int, faults: frozenset[str] = WHOLE) -> None:
        """Let so many passes run, one each five minutes."""
        for _ in range(count):
            Pass(self.service, self.store, self.policy, faults).run()
            self.service.advance(EVERY)

    def killed_pass(self, calls: int) -> None:
        """Let a pass make so many calls and no more."""
        pending = Pass(self.service, self.store, self.policy).calls()
        for _ in range(calls):
            next(pending, None)

    def other_looks(self) -> None:
        """Let another janitor look and plan, and stop there."""
        self._other = Pass(self.service, self.store, self.policy).calls()

    def other_goes_on(self) -> None:
        """Let the other janitor make one more call."""
        if self._other is not None:
            next(self._other, None)

    def wait(self, minutes: float) -> None:
        """Let time go by without a pass."""
        self.service.advance(minutes)

    def start(self, length: float, lag: float) -> None:
        """Start executions by the alias."""
        self.service.start_by_alias(length, lag)

    def call_by_number(self, which: int, length: float, lag: float) -> None:
        """Start an execution by a version's number."""
        self.service.start(self._number(which), length, lag)

    def queue(self, delay: float, length: float) -> None:
        """Send an event to the alias."""
        self.service.queue(delay, length)

    def change_status(self) -> None:
        """Pause, or resume, all executions that have not changed for long."""
        for execution in self.service.executions:
            self.service.pause_or_resume(execution)

    def deploy(self, outcome: str, passes: int) -> None:
        """Deploy a new version, with passes before and after the alias moves."""
        service, before = self.service, self.service.main
        service.status, service.updated = "UPDATE_IN_PROGRESS", service.now
        number = service.publish()
        self.passes(passes)
        if outcome != "failed":
            service.move(number)
            self.passes(passes)
        if outcome == "moved":
            service.status = "UPDATE_COMPLETE"
            return
        service.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        self.passes(passes)
        service.move(before)
        service.status = "UPDATE_ROLLBACK_COMPLETE"

    def move_alias(self, which: int) -> None:
        """Move the alias to a version that there is, as a rollback by hand does."""
        self.service.move(self._number(which))

    def weight(self, which: int, weight: float) -> None:
        """Give a further version a weight, which can be 0."""
        number = self._number(which)
        if number != self.service.main:
            self.service.move(self.service.main, {number: weight})

    def set_by_hand(self, which: int) -> None:
        """Give a version other numbers by hand."""
        set_by_hand(self.service, self.store, self._number(which))

    def lose_record(self) -> None:
        """Lose the record."""
        lose_record(self.service, self.store)

    def capacity(self, *, has: bool) -> None:
        """Let there be capacity for waking, or none."""
        self.service.has_capacity = has

    def check(self) -> None:
        """Raise if a rule was broken.

        Raises:
            AssertionError: One was.
        """
        assert [] == self.service.violations

    def end(self) -> None:
        """Let all faults be over: every execution ends, and every version that nobody needs is parked."""
        service = self.service
        self._other, service.has_capacity = None, True
        self.passes(3)
        for execution in service.executions:
            execution.is_paused = False
        while service.events or any(each.is_open for each in service.executions):
            Pass(service, self.store, self.policy).run()
            self.check()
            service.advance(60.0)
        self.passes(12)
        self.check()
        assert [] == [each for each in service.executions if each.is_open or each.is_lost]
        warm = [
            each for each in service.versions.values() if each.scaling != PARKED and each.number not in service.live
        ]
        assert [] == [each.number for each in warm if each.scaling.minimum != BY_HAND]
        hours = self.policy.opening_hours
        if hours is None:
            assert {ACTIVE} == {service.versions[number].state for number in service.live}

    def _number(self, which: int) -> int:
        numbers = sorted(self.service.versions)
        return numbers[which % len(numbers)]


def random_event(random: Random, history: History) -> None:
    """Let something happen, as a seed says."""
    which, length, lag = random.randrange(4), random.choice(LENGTHS), random.choice((0.0, 4.0))
    events: dict[str, tuple[Callable[[], None], int]] = {
        "passes": (lambda: history.passes(random.choice(PASSES)), 8),
        "fault": (lambda: history.passes(random.randrange(1, 5), frozenset({random.choice(FAULTS)})), 2),
        "killed": (lambda: history.killed_pass(random.randrange(3)), 2),
        "looks": (history.other_looks, 1),
        "goes on": (history.other_goes_on, 2),
        "wait": (lambda: history.wait(random.choice((1.0, 6.0, 40.0))), 2),
        "start": (lambda: history.start(length, lag), 5),
        "number": (lambda: history.call_by_number(which, length, lag), 2),
        "queue": (lambda: history.queue(random.choice((5.0, 29.0)), length), 4),
        "pause": (history.change_status, 4),
        "deploy": (lambda: history.deploy(random.choice(OUTCOMES), random.randrange(2)), 4),
        "move": (lambda: history.move_alias(which), 2),
        "weight": (lambda: history.weight(which, random.choice((0.0, 0.1))), 2),
        "by hand": (lambda: history.set_by_hand(which), 1),
        "lost": (history.lose_record, 1),
        "capacity": (lambda: history.capacity(has=random.random() < 0.5), 1),
    }
    event, _ = random.choices(list(events.values()), [weight for _, weight in events.values()])[0]
    event()


def random_history(random: Random, *, events: int = 30, policy: DrainPolicy | None = None) -> History:
    """Return a history that a seed decides."""
    history = History(policy or random.choice(POLICIES))
    for _ in range(events):
        random_event(random, history)
        history.check()
    history.end()
    return history
