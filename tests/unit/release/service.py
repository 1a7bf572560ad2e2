"""A model of the service with hostile lags: versions, aliases, executions, queued events and a stack.

Time is in minutes.

What it assumes, and the planner may rely on:

- A list shows an execution at the latest ``LAG`` after its start. After a change of its status a list can miss it for
  ``LAG`` again, at most once in ``RARELY``.
- An event that an alias sent to a version starts an execution at the latest ``event_age`` later.
- Whoever calls a version by its number can start one whenever the version is active.
- An execution on a deactivated version loses nothing as long as it is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from durable_mi.release.guards import ACTIVE, DEACTIVATED, DEACTIVATING
from durable_mi.release.scaling import PARKED, Scaling

LAG: Final = 4.0
RARELY: Final = 180.0
DECLARED: Final = Scaling(3, 10)
_DEACTIVATES: Final = 2.0
_ACTIVATES: Final = 3.0


class RefusedError(Exception):
    """The service refuses a call."""


@dataclass
class Spell:
    """A time in which the alias names a version."""

    is_seen: bool = False


@dataclass
class Execution:
    """An execution, which needs a time with environments to end."""

    version: int
    started: float
    remaining: float
    lag: float
    spell: Spell | None
    is_paused: bool = False
    changed: float = field(default=0.0)
    ended: float | None = None
    missed: int = 0
    waits_since: float | None = None
    is_lost: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether it is in no terminal status."""
        return self.ended is None and not self.is_lost

    @property
    def status(self) -> str:
        """Return its status while it is open."""
        return "PAUSED" if self.is_paused else "RUNNING"

    def is_listed_open(self, now: float) -> bool:
        """Return whether a list of open executions shows it."""
        return self.is_open and now >= max(self.started, self.changed) + self.lag


@dataclass
class Event:
    """An asynchronous event that waits for its version."""

    version: int
    queued: float
    due: float
    length: float
    spell: Spell


@dataclass
class Version:
    """A published version."""

    number: int
    published: float
    scaling: Scaling = DECLARED
    state: str = ACTIVE
    changes_at: float | None = None
    parked_at: float | None = None
    was_closed: bool = False
    is_by_hand: bool = False


class Service:
    """All that the account has of one function."""

    def __init__(self, *, event_age: float = 30.0, retention: float = 120.0, retries: float | None = None) -> None:
        """Publish version 1 and let the alias name it.

        Args:
            event_age: How long an event can wait.
            retention: How long an execution is listed after its end.
            retries: After which an execution on a deactivated version is lost; ``None`` for never.
        """
        self.now = 0.0
        self.event_age, self.retention, self.retries = event_age, retention, retries
        self.versions: dict[int, Version] = {}
        self.executions: list[Execution] = []
        self.events: list[Event] = []
        self.has_capacity = True
        self.status, self.updated = "UPDATE_COMPLETE", 0.0
        self.violations: list[str] = []
        self.warm, self.dropped = 0.0, 0
        self.newest = 0
        self.main, self.weights = self.publish(), dict[int, float]()
        self.spell = Spell()
        self.weight_spells: dict[int, Spell] = {}

    @property
    def live(self) -> frozenset[int]:
        """Return the versions that the alias names."""
        return frozenset((self.main, *self.weights))

    def publish(self) -> int:
        """Publish a version and return its number."""
        self.newest += 1
        self.versions[self.newest] = Version(self.newest, self.now)
        return self.newest

    def move(self, number: int, weights: dict[int, float] | None = None) -> None:
        """Let the alias name other versions."""
        if number != self.main:
            self.spell = Spell()
        self.main, self.weights = number, weights or {}
        self.weight_spells = {each: Spell() for each in self.weights}
        for each in self.live:
            self.versions[each].is_by_hand = False

    def start(self, number: int, length: float, lag: float = 0.0, spell: Spell | None = None) -> None:
        """Start an execution, unless the version does not run."""
        version = self.versions.get(number)
        if version is not None and version.state == ACTIVE:
            self.executions.append(Execution(number, self.now, length, lag, spell, changed=self.now))

    def start_by_alias(self, length: float, lag: float = 0.0) -> None:
        """Start an execution on each version that the alias names."""
        self.start(self.main, length, lag, self.spell)
        for number, spell in self.weight_spells.items():
            self.start(number, length, lag, spell)

    def queue(self, delay: float, length: float) -> None:
        """Send an event to the alias."""
        due = self.now + min(delay, self.event_age)
        self.events.append(Event(self.main, self.now, due, length, self.spell))

    def pause_or_resume(self, execution: Execution) -> bool:
        """Change the status of an execution, unless it has changed lately."""
        if not execution.is_open or self.now < execution.changed + RARELY:
            return False
        execution.is_paused, execution.changed = not execution.is_paused, self.now
        return True

    def put_scaling(self, number: int, scaling: Scaling) -> None:
        """Give a version other numbers."""
        version = self.versions[number]
        if version.state == DEACTIVATING or (version.scaling == PARKED and not self.has_capacity):
            raise RefusedError
        if scaling == PARKED and version.scaling != PARKED:
            version.state, version.changes_at, version.parked_at = DEACTIVATING, self.now + _DEACTIVATES, self.now
            version.was_closed = number in self.live
        elif scaling != PARKED and version.scaling == PARKED:
            version.state, version.changes_at = "Pending", self.now + _ACTIVATES
        version.scaling = scaling

    def delete(self, number: int) -> None:
        """Delete a version, with all that is open on it."""
        if number in self.live:
            raise RefusedError
        del self.versions[number]
        for each in self.executions:
            if each.version == number and each.is_open:
                each.is_lost = True

    def open_on(self, number: int) -> list[Execution]:
        """Return the executions that are open on a version, whatever a list shows."""
        return [each for each in self.executions if each.version == number and each.is_open]

    def listed_open(self, number: int) -> dict[str, int]:
        """Return what a list of open executions shows now, by status."""
        counts = dict[str, int]()
        for each in self.open_on(number):
            if each.is_listed_open(self.now):
                counts[each.status] = counts.get(each.status, 0) + 1
        return counts

    def lists_any(self, number: int) -> bool:
        """Return whether an execution is listed in any status."""
        return any(
            each.version == number
            and (each.ended is None or self.now < each.ended + self.retention)
            and self.now >= each.started + each.lag
            for each in self.executions
        )

    def advance(self, minutes: float) -> None:
        """Let time go by."""
        while minutes > 0:
            self._tick(min(minutes, 1.0))
            minutes -= 1.0

    def _tick(self, minutes: float) -> None:
        self.now += minutes
        for version in self.versions.values():
            is_due = version.changes_at is not None and self.now >= version.changes_at
            if is_due and version.scaling == PARKED:
                version.state, version.changes_at = DEACTIVATED, None
            elif is_due and self.has_capacity:
                version.state, version.changes_at = ACTIVE, None
            self.warm += version.scaling.minimum * minutes / 60
        for execution in self.executions:
            if execution.is_open and not execution.is_paused:
                self._run(execution, minutes)
        for event in [each for each in self.events if each.due <= self.now]:
            self._deliver(event)

    def _run(self, execution: Execution, minutes: float) -> None:
        if self.versions[execution.version].state == ACTIVE:
            execution.remaining -= minutes
            execution.waits_since = None
            if execution.remaining <= 0:
                execution.ended = self.now
            return
        execution.waits_since = execution.waits_since or self.now
        if self.retries is not None and self.now - execution.waits_since > self.retries:
            execution.is_lost = True

    def _deliver(self, event: Event) -> None:
        self.events.remove(event)
        version = self.versions.get(event.version)
        if version is not None and version.state == ACTIVE:
            self.start(event.version, event.length, LAG, event.spell)
            return
        self.dropped += 1
        was_parked = version is None or ((version.parked_at or -1) > event.queued and not version.was_closed)
        if event.spell.is_seen and event.version not in self.live and was_parked:
            self.violations.append(f"version {event.version} was parked before its last event")
