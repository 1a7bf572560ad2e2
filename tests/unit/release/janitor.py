"""A janitor for the model: it looks, plans, writes its record and applies, one call after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from durable_mi.release import guards
from durable_mi.release.decision import DeleteVersion, SetScaling
from durable_mi.release.observed import ObservedAlias, ObservedFunction, ObservedStack, ObservedVersion
from durable_mi.release.plan import plan
from durable_mi.release.scaling import PARKED, Scaling
from tests.unit.release.service import DECLARED, LAG, Execution, RefusedError, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.release.policy import DrainPolicy
    from durable_mi.release.record import ReleaseRecord

MONDAY: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
BY_HAND: Final = 2
"""A minimum that no pass and no stack gives."""
WHOLE: Final[frozenset[str]] = frozenset()


def moment(minutes: float) -> datetime:
    """Return a time of the model as the planner sees it."""
    return MONDAY + timedelta(minutes=minutes)


class Store:
    """Keeps the record, and refuses one that was made from an older one."""

    def __init__(self) -> None:
        """Begin without a record."""
        self.record: ReleaseRecord | None = None
        self.writes = 0


def look(service: Service, policy: DrainPolicy, faults: frozenset[str] = WHOLE) -> ObservedFunction:
    """Return what a pass sees; what has a fault is unknown."""
    alias = ObservedAlias(
        name="live",
        version=str(service.main),
        weights={str(number): weight for number, weight in service.weights.items()},
        revision="",
    )
    status = None if "stack" in faults else service.status
    return ObservedFunction(
        name="orders",
        policy=policy,
        declared=DECLARED,
        stack=ObservedStack(name="Orders", status=status, updated=moment(service.updated)),
        aliases=None if "aliases" in faults else (alias,),
        versions=None if "versions" in faults else tuple(_look_at(service, each, faults) for each in service.versions),
        event_age=timedelta(minutes=service.event_age),
    )


def _look_at(service: Service, number: int, faults: frozenset[str]) -> ObservedVersion:
    version = service.versions[number]
    return ObservedVersion(
        number=str(number),
        published=moment(version.published),
        state=version.state,
        scaling=None if "scaling" in faults else version.scaling,
        open_executions=None if "executions" in faults else service.listed_open(number),
        has_any_execution=None if faults & {"executions", "any"} else service.lists_any(number),
    )


class Pass:
    """One pass, call by call. It can be killed between any two: by not going on."""

    def __init__(self, service: Service, store: Store, policy: DrainPolicy, faults: frozenset[str] = WHOLE) -> None:
        """Look and plan."""
        self._service, self._store, self._policy, self._faults = service, store, policy, faults
        self._is_whole = not faults
        self._writes = store.writes
        self._spells = [] if faults & {"aliases", "versions"} else [service.spell, *service.weight_spells.values()]
        self._waiting = [
            each
            for number in service.versions
            for each in service.open_on(number)
            if service.versions[number].state == guards.DEACTIVATED
            and not service.versions[number].is_by_hand
            and each.is_listed_open(service.now)
        ]
        self.plan = plan(look(service, policy, faults), store.record, moment(service.now))

    def run(self) -> None:
        """Make all calls."""
        for _ in self.calls():
            pass

    def calls(self) -> Iterator[None]:
        """Make one call after the other."""
        if self._store.writes != self._writes:
            return
        self._store.record, self._store.writes = self.plan.record, self._writes + 1
        for spell in self._spells:
            spell.is_seen = True
        yield
        for decision in self.plan.decisions:
            if isinstance(decision.action, SetScaling | DeleteVersion):
                self._apply(decision.action)
                yield
        if self._is_whole and self._service.status.endswith("_COMPLETE"):
            self._count_missed()

    def _apply(self, action: SetScaling | DeleteVersion) -> None:
        service, number = self._service, int(action.version)
        if number not in service.versions:
            return
        fresh = look(service, self._policy, self._faults)
        version = next((each for each in fresh.versions or () if each.number == action.version), None)
        hours = self._policy.opening_hours
        is_closed = hours is not None and not hours.is_open(moment(service.now))
        if version is None or guards.may_change_function(fresh) is not None:
            return
        if guards.refusal(action, version, fresh.live, is_closed=is_closed) is not None:
            return
        self._hold_to_the_rules(action, is_closed=is_closed)
        try:
            if isinstance(action, DeleteVersion):
                service.delete(number)
            else:
                service.put_scaling(number, action.scaling)
        except RefusedError:
            return

    def _hold_to_the_rules(self, action: SetScaling | DeleteVersion, *, is_closed: bool) -> None:
        """Note each rule that a call breaks, knowing what no list shows."""
        service, number = self._service, int(action.version)
        version, violations = service.versions[number], service.violations
        is_delete = isinstance(action, DeleteVersion)
        is_parked = isinstance(action, SetScaling) and action.scaling == PARKED
        is_lowered = isinstance(action, SetScaling) and action.scaling.minimum < version.scaling.minimum
        if version.is_by_hand:
            violations.append(f"version {number} was set by hand, and changed")
        if (is_delete or is_lowered) and not service.status.endswith("_COMPLETE"):
            violations.append(f"version {number} was changed while its stack was in {service.status}")
        if number in service.live and (is_delete or (is_lowered and not (is_parked and is_closed))):
            violations.append(f"version {number} was lowered or deleted although the alias names it")
        if is_delete and (service.open_on(number) or service.lists_any(number)):
            violations.append(f"version {number} was deleted with executions on it")
        if is_parked and any(self._could_know(each, number) for each in service.open_on(number)):
            violations.append(f"version {number} was parked with executions on it")

    def _could_know(self, execution: Execution, number: int) -> bool:
        """Return whether an execution is one that parking must not hit.

        What started later than a list shows, by the number of the version or while the alias names it, is what nobody
        can know. The pass after wakes it.
        """
        service = self._service
        started, spell = execution.started, execution.spell
        came_by_alias = spell is not None and spell.is_seen and number not in service.live
        return came_by_alias or started <= service.now - LAG

    def _count_missed(self) -> None:
        """Take an execution for lost that a second whole pass leaves on a deactivated version."""
        for execution in self._waiting:
            version = self._service.versions.get(execution.version)
            if version is None or not execution.is_open or version.scaling != PARKED or not self._service.has_capacity:
                execution.missed = 0
                continue
            execution.missed += 1
            if execution.missed > 1:
                self._service.violations.append(f"version {execution.version} was not woken")


def lose_record(service: Service, store: Store) -> None:
    """Lose the record, and with it the knowledge of whose numbers a version has."""
    if store.record is not None:
        store.record, store.writes = None, store.writes + 1
    for version in service.versions.values():
        version.is_by_hand = False


def set_by_hand(service: Service, store: Store, number: int) -> None:
    """Give a version numbers that no pass gives it."""
    version = service.versions[number]
    if number in service.live or version.state != guards.ACTIVE:
        return
    service.put_scaling(number, Scaling(BY_HAND, version.scaling.maximum + 1))
    known = None if store.record is None else store.record.versions.get(str(number))
    version.is_by_hand = known is not None and known.seen is not None
