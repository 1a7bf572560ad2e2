"""What becomes of a version that no alias names and that is parked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi.release.decision import Decision, DeleteVersion, SetScaling, VersionState
from durable_mi.release.guards import may_delete, may_wake
from durable_mi.release.planner.numbers import is_ours, waking_numbers
from durable_mi.release.planner.situation import LONGEST_WAKE
from durable_mi.release.policy import SECOND_LOOK
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from durable_mi.release.observed import ObservedVersion
    from durable_mi.release.planner.situation import Situation
    from durable_mi.release.record import VersionRecord

__all__ = ["decide_parked"]


def decide_parked(version: ObservedVersion, record: VersionRecord, situation: Situation, *, is_kept: bool) -> Decision:
    """Return what to do with a version at 0/0 that no alias names and whose open executions are known.

    Args:
        version: What was seen of it.
        record: What is remembered of it.
        situation: What holds for all versions.
        is_kept: Whether it is among the newest parked ones, which are never deleted.
    """
    woke = version.is_empty is False
    decision = Decision(version=version.number, state=VersionState.PARKED, reason="", woke=woke)
    if not is_ours(record, PARKED, situation):
        open_on_it = ", although an execution is open on it" if woke else ""
        return replace(decision, reason=f"somebody else has parked it: left as it is{open_on_it}", by_hand=True)
    if woke:
        return _woken(decision, version, record, situation)
    refusal = may_delete(version, situation.live)
    if refusal is not None:
        return replace(decision, reason=f"parked; not deleted: {refusal}")
    if is_kept and not record.orphaned:
        return replace(decision, reason=f"parked; among the newest {situation.policy.keep}, which are kept")
    return _deleted(decision, record, situation)


def _woken(decision: Decision, version: ObservedVersion, record: VersionRecord, situation: Situation) -> Decision:
    refusal = may_wake(version)
    if refusal is not None:
        reason = f"an execution is open on it, but {refusal}"
        return replace(decision, state=VersionState.DRAINING, reason=reason)
    is_late = record.waking_since is not None and situation.now - record.waking_since > LONGEST_WAKE
    return replace(
        decision,
        state=VersionState.STUCK if is_late else VersionState.DRAINING,
        action=SetScaling(version=version.number, scaling=waking_numbers(record, situation), expected=PARKED),
        reason="an execution is open on it: woken",
    )


def _deleted(decision: Decision, record: VersionRecord, situation: Situation) -> Decision:
    state, reason = VersionState.PRUNABLE, "no execution of it is left"
    if record.orphaned:
        state, reason = VersionState.ORPHAN, "its deployment was rolled back, and it has never run"
    if situation.is_first or not _is_proven_unlisted(record, situation):
        return replace(decision, state=state, reason=f"{reason}; looked at again before it is deleted")
    return replace(decision, state=state, reason=reason, action=DeleteVersion(version=decision.version))


def _is_proven_unlisted(record: VersionRecord, situation: Situation) -> bool:
    looks_from, unlisted = situation.looks_count_from(record), record.unlisted_since
    return unlisted is not None and situation.now >= max(unlisted, looks_from) + SECOND_LOOK
