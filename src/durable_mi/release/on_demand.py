"""What somebody asks for beside the schedule: parking, waking and deleting versions, each refused with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from durable_mi.release.decision import Decision, DeleteVersion, Plan, SetScaling, VersionState
from durable_mi.release.errors import RefusedError
from durable_mi.release.guards import may_change_function, may_delete, may_park, may_wake
from durable_mi.release.plan import plan
from durable_mi.release.planner.remember import remember_request
from durable_mi.release.planner.situation import LONGEST_GAP
from durable_mi.release.record import VersionRecord
from durable_mi.release.scaling import PARKED, Scaling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.release.observed import ObservedFunction, ObservedVersion
    from durable_mi.release.record import ReleaseRecord

__all__ = ["changeable", "only", "park", "prune_finished", "prune_orphans", "version_of", "wake", "warm_numbers"]


def version_of(observed: ObservedFunction, number: str) -> ObservedVersion:
    """Return a version of a function.

    Raises:
        RefusedError: It has no such version, or they are unknown.
    """
    if observed.versions is None:
        msg = f"the versions of {observed.name} are unknown: {observed.problem}"
        raise RefusedError(msg)
    for version in observed.versions:
        if version.number == number:
            return version
    known = ", ".join(each.number for each in observed.versions) or "none"
    msg = f"{observed.name} must have the version {number}; its versions are {known}"
    raise RefusedError(msg)


def changeable(observed: ObservedFunction) -> None:
    """Check that something of a function may be changed.

    Raises:
        RefusedError: It is not marked, its stack is not settled, or something is unknown.
    """
    if reason := may_change_function(observed):
        msg = f"nothing of {observed.name} is changed: {reason}"
        raise RefusedError(msg)


def park(observed: ObservedFunction, record: ReleaseRecord, now: datetime, number: str) -> Plan:
    """Return the plan that parks a version as soon as it is proven empty, without waiting for the rollback window.

    Raises:
        RefusedError: It is not proven empty, or must not be parked.
    """
    changeable(observed)
    version = version_of(observed, number)
    if version.scaling == PARKED:
        msg = f"version {number} is parked already"
        raise RefusedError(msg)
    if reason := may_park(version, observed.live):
        msg = f"version {number} is not parked: {reason}"
        raise RefusedError(msg)
    policy = observed.policy
    assert policy is not None  # noqa: S101 - checked by changeable()
    unhurried = plan(replace(observed, policy=replace(policy, rollback_window=timedelta(0))), record, now)
    decision = next(each for each in unhurried.decisions if each.version == number)
    if not (isinstance(decision.action, SetScaling) and decision.action.scaling == PARKED):
        when = (
            "" if decision.next_change is None else f"; at the earliest at {decision.next_change:%Y-%m-%d %H:%M:%S} UTC"
        )
        msg = f"version {number} is not parked: {decision.reason}{when}"
        raise RefusedError(msg)
    return only(unhurried, [decision])


def wake(observed: ObservedFunction, record: ReleaseRecord, now: datetime, number: str) -> Plan:
    """Return the plan that gives a version the numbers back that it had before it was stepped down or parked.

    Raises:
        RefusedError: It has them already, they are unknown, or it must not be changed.
    """
    changeable(observed)
    version = version_of(observed, number)
    if reason := may_wake(version):
        msg = f"version {number} is not woken: {reason}"
        raise RefusedError(msg)
    usual = plan(observed, record, now)
    numbers = warm_numbers(observed, usual.record, number)
    if version.scaling is not None and version.scaling.minimum >= numbers.minimum:
        msg = f"version {number} has {version.scaling} already"
        raise RefusedError(msg)
    known = replace(usual.record.versions.get(number, VersionRecord()), woken_at=now)
    versions = {**usual.record.versions, number: remember_request(known, numbers, now)}
    decision = Decision(
        version=number,
        state=VersionState.DRAINING,
        action=SetScaling(version=number, scaling=numbers, expected=version.scaling),
        reason="asked for",
    )
    return only(replace(usual, record=replace(usual.record, versions=versions)), [decision])


def warm_numbers(observed: ObservedFunction, record: ReleaseRecord, number: str) -> Scaling:
    """Return the numbers of a version when it is warm: its own before, else those of its stack.

    Raises:
        RefusedError: Neither is known.
    """
    before = record.versions.get(number, VersionRecord()).before
    for numbers in (before, observed.declared):
        if numbers is not None and numbers != PARKED:
            return numbers
    msg = f"the numbers of version {number} before it was parked are unknown: set them with PutFunctionScalingConfig"
    raise RefusedError(msg)


def prune_orphans(observed: ObservedFunction, record: ReleaseRecord, now: datetime) -> tuple[Plan, Plan]:
    """Return the plans that park, and then delete, what a rolled-back deployment left behind and nothing ever ran on.

    A pipeline runs both before the next deployment, which the version would make fail otherwise. When that was tried
    already, the stack has been rolled back once more, and the version is older than that.

    Raises:
        RefusedError: Nothing of the function may be changed.
    """
    changeable(observed)
    usual = plan(observed, record, now)
    left_behind = {number for number, known in usual.record.versions.items() if known.orphaned}
    left_behind |= {each.number for each in observed.versions or () if _is_in_the_way(each, observed, record, now)}
    orphans = [
        each
        for each in observed.versions or ()
        if each.number in left_behind
        and each.has_any_execution is False
        and (each.scaling == PARKED or may_park(each, observed.live) is None)
    ]
    reason = "its deployment was rolled back, and it has never run"
    versions = dict(usual.record.versions)
    parked = []
    for each in orphans:
        if each.scaling != PARKED:
            versions[each.number] = remember_request(versions[each.number], PARKED, now)
            action = SetScaling(version=each.number, scaling=PARKED, expected=each.scaling)
            parked.append(Decision(version=each.number, state=VersionState.ORPHAN, action=action, reason=reason))
    deleted = [
        Decision(
            version=each.number,
            state=VersionState.ORPHAN,
            action=DeleteVersion(version=each.number),
            reason=reason,
        )
        for each in orphans
    ]
    remembering = replace(usual, record=replace(usual.record, versions=versions))
    return only(remembering, parked), only(remembering, deleted)


def _is_in_the_way(version: ObservedVersion, observed: ObservedFunction, record: ReleaseRecord, now: datetime) -> bool:
    """Return whether a version is newer than what is live after a rollback, and no pass ever saw an alias name it.

    Without passes up to now, nobody knows whether the alias was moved back from it by hand.
    """
    stack, live = observed.stack, observed.live
    if stack is None or not live or not (stack.status or "").endswith("ROLLBACK_COMPLETE"):
        return False
    if record.last_pass is None or now - record.last_pass > LONGEST_GAP:
        return False
    known = record.versions.get(version.number)
    is_followed = known is not None or (version.published is not None and version.published > record.last_pass)
    is_newer = all(int(version.number) > int(each) for each in live if each.isdecimal())
    return is_newer and is_followed and not (known or VersionRecord()).was_live


def prune_finished(observed: ObservedFunction, record: ReleaseRecord, now: datetime) -> Plan:
    """Return the plan that deletes parked versions on which nothing is open, though ended executions are listed.

    The newest parked versions that the policy keeps stay.

    Raises:
        RefusedError: Nothing of the function may be changed.
    """
    changeable(observed)
    usual = plan(observed, record, now)
    policy = observed.policy
    assert policy is not None  # noqa: S101 - checked by changeable()
    live = observed.live or frozenset()
    parked = [each for each in observed.versions or () if each.scaling == PARKED and each.number not in live]
    old = sorted(parked, key=lambda each: int(each.number), reverse=True)[policy.keep :]
    decisions = [
        Decision(
            version=each.number,
            state=VersionState.PRUNABLE,
            action=DeleteVersion(version=each.number, with_histories=True),
            reason="every execution of it has ended",
        )
        for each in old
        if may_delete(replace(each, has_any_execution=False), observed.live) is None
    ]
    return only(usual, decisions)


def only(usual: Plan, decisions: Sequence[Decision]) -> Plan:
    """Return a plan with these decisions alone, and what is remembered beside."""
    return replace(usual, decisions=tuple(decisions), providers=(), notes=())
