"""The planner: what to do with each version of a function, from what was seen and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi.release.decision import Decision, DeleteVersion, Plan, SetScaling, VersionState
from durable_mi.release.guards import may_change_function
from durable_mi.release.planner.left_providers import (
    decide_providers,
    note_providers,
    remember_empty_providers,
    remember_providers,
)
from durable_mi.release.planner.live_version import decide_live
from durable_mi.release.planner.numbers import is_ours
from durable_mi.release.planner.old_version import decide_old
from durable_mi.release.planner.parked_version import decide_parked
from durable_mi.release.planner.remember import forget_emptiness, remember, remember_request
from durable_mi.release.planner.situation import LONGEST_WAKE, Situation
from durable_mi.release.record import ReleaseRecord, VersionRecord
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from durable_mi.release.observed import ObservedFunction, ObservedVersion

__all__ = ["plan"]


def plan(observed: ObservedFunction, record: ReleaseRecord | None, now: datetime) -> Plan:
    """Decide what to do with each version of a function.

    Args:
        observed: What was seen of it.
        record: What is remembered; ``None`` if that was lost, or there is none yet.
        now: When the observation was complete. Two looks are then at least as far apart as they seem, if whoever
            applies the plan looks a last time before it parks or deletes.
    """
    record = record or ReleaseRecord()
    hold = may_change_function(observed)
    live = observed.live
    if live is None or observed.versions is None:
        return _without_knowledge(observed, record, hold or "")
    situation = Situation.of(observed, live, record, now, is_settled=hold is None)
    versions = [each for each in observed.versions if each.number.isdecimal()]
    known = {each.number: remember(each, record.versions.get(each.number), situation) for each in versions}
    kept = _kept(versions, known, situation)
    decisions = [_decide(each, known[each.number], situation, kept) for each in versions]
    empty_providers = remember_empty_providers(observed, record, situation)
    providers = decide_providers(empty_providers, situation)
    if hold is not None:
        decisions, providers = [_without_action(each, hold) for each in decisions], ()
    elif _restores(decisions, known, situation):
        decisions, providers = [_only_raising(each) for each in decisions], ()
    for each in decisions:
        if isinstance(each.action, SetScaling):
            known[each.version] = remember_request(known[each.version], each.action.scaling, now)
    after = ReleaseRecord(
        versions=known,
        providers=remember_providers(observed, record),
        passes=record.passes + 1,
        empty_providers=empty_providers,
        last_pass=now,
    )
    return Plan(
        function=observed.name,
        decisions=tuple(sorted(decisions, key=_order)),
        providers=providers,
        notes=tuple(_notes(observed, decisions, hold)),
        record=record if observed.policy is None else after,
    )


def _decide(version: ObservedVersion, record: VersionRecord, situation: Situation, kept: frozenset[str]) -> Decision:
    if situation.is_live(version):
        return decide_live(version, record, situation)
    if version.scaling is None or version.is_empty is None:
        what = "numbers" if version.scaling is None else "open executions"
        reason = f"its {what} are unknown: {version.problem or 'no answer'}"
        return Decision(version=version.number, state=VersionState.UNKNOWN, reason=reason)
    if version.scaling == PARKED:
        return decide_parked(version, record, situation, is_kept=version.number in kept)
    return decide_old(version, version.scaling, record, situation)


def _kept(
    versions: Sequence[ObservedVersion], known: Mapping[str, VersionRecord], situation: Situation
) -> frozenset[str]:
    """Return the newest parked versions, which are never deleted."""
    parked = [
        each.number
        for each in versions
        if not situation.is_live(each)
        and each.scaling == PARKED
        and not known[each.number].orphaned
        and is_ours(known[each.number], PARKED, situation)
    ]
    return frozenset(sorted(parked, key=int, reverse=True)[: situation.policy.keep])


def _restores(decisions: Sequence[Decision], known: Mapping[str, VersionRecord], situation: Situation) -> bool:
    """Return whether a version that an alias names gets its minimum, which comes before anything else.

    If it cannot be woken, the others go on: they may hold the capacity that it needs.
    """
    for each in decisions:
        since = known[each.version].waking_since
        is_late = since is not None and situation.now - since > LONGEST_WAKE
        if each.version in situation.live and not is_late and _raises(each):
            return True
    return False


def _raises(decision: Decision) -> bool:
    action = decision.action
    return (
        isinstance(action, SetScaling)
        and action.scaling != PARKED
        and (action.expected is None or action.scaling.minimum >= action.expected.minimum)
    )


def _only_raising(decision: Decision) -> Decision:
    if decision.action is None or _raises(decision):
        return decision
    return _without_action(decision, "a version that an alias names gets its minimum first")


def _without_action(decision: Decision, why: str) -> Decision:
    reason = decision.reason if decision.action is None else f"{decision.reason}; nothing is done: {why}"
    return replace(decision, action=None, reason=reason, next_change=None)


def _order(decision: Decision) -> tuple[int, int]:
    if _raises(decision):
        rank = 0
    elif isinstance(decision.action, DeleteVersion):
        rank = 2
    else:
        rank = 1
    return rank, int(decision.version)


def _without_knowledge(observed: ObservedFunction, record: ReleaseRecord, hold: str) -> Plan:
    seen = observed.versions or ()
    decisions = tuple(
        Decision(version=each.number, state=VersionState.UNKNOWN, reason=f"nothing is done: {hold}") for each in seen
    )
    numbers = {each.number: each for each in seen}
    versions = {
        number: forget_emptiness(numbers[number], each) if number in numbers else each
        for number, each in record.versions.items()
    }
    return Plan(
        function=observed.name,
        decisions=decisions,
        notes=(f"nothing is done: {hold}",),
        record=replace(record, versions=versions),
    )


def _notes(observed: ObservedFunction, decisions: Sequence[Decision], hold: str | None) -> Iterator[str]:
    if hold is not None:
        yield f"nothing is done: {hold}"
    for each in decisions:
        if each.woke:
            yield f"an execution is open on version {each.version}, which is parked"
        if each.state is VersionState.STUCK:
            yield f"version {each.version} is stuck: {each.reason}"
        elif each.by_hand:
            yield f"version {each.version}: {each.reason}"
    yield from note_providers(observed.providers)
