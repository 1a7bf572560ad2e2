"""What becomes of a version that no alias names and that is not parked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi.release.decision import Decision, SetScaling, VersionState
from durable_mi.release.guards import ACTIVE, FAILED, may_park
from durable_mi.release.planner.numbers import is_ours
from durable_mi.release.planner.situation import LONGEST_WAKE
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from durable_mi.release.observed import ObservedVersion
    from durable_mi.release.planner.situation import Situation
    from durable_mi.release.record import VersionRecord
    from durable_mi.release.scaling import Scaling

__all__ = ["decide_old"]


def decide_old(version: ObservedVersion, scaling: Scaling, record: VersionRecord, situation: Situation) -> Decision:
    """Return what to do with a version that no alias names and whose numbers and open executions are known."""
    steps_down = situation.steps_down_at(record)
    decision = Decision(version=version.number, state=_state(version, record, situation), reason="")
    if not is_ours(record, scaling, situation):
        return replace(decision, reason=f"somebody else gave it {scaling}: left as it is", by_hand=True)
    if version.state != ACTIVE:
        because = f": {version.state_reason}" if version.state_reason else ""
        return replace(decision, reason=f"its state is {version.state or 'unknown'}{because}")
    if situation.now < steps_down:
        return replace(decision, reason="within the rollback window", next_change=steps_down)
    if situation.is_first:
        return replace(decision, reason="seen for the first time: nothing is lowered in the first pass")
    return _lowered(decision, version, scaling, record, situation)


def _lowered(
    decision: Decision, version: ObservedVersion, scaling: Scaling, record: VersionRecord, situation: Situation
) -> Decision:
    """Park a version that is proven empty, or step it down."""
    refusal = may_park(version, situation.live)
    parks = situation.parks_at(record)
    reason, next_change = refusal or "no execution is open, but one can still start or be listed", None
    if refusal is None and situation.now >= parks:
        requested, reason = PARKED, "no execution is open, in two looks after the grace"
    else:
        requested = scaling.with_minimum(situation.policy.draining_min)
        next_change = parks if refusal is None else None
    if requested == scaling:
        return replace(decision, reason=reason, next_change=next_change)
    action = SetScaling(version=version.number, scaling=requested, expected=scaling)
    return replace(decision, action=action, reason=reason, next_change=next_change)


def _state(version: ObservedVersion, record: VersionRecord, situation: Situation) -> VersionState:
    now = situation.now
    is_late = record.waking_since is not None and now - record.waking_since > LONGEST_WAKE
    if version.state == FAILED or is_late or _is_overdue(version, record, situation):
        return VersionState.STUCK
    if record.woken_at is None and now < situation.steps_down_at(record):
        return VersionState.STANDBY
    if version.is_empty and now >= situation.parks_at(record):
        return VersionState.DRAINED
    is_orphan = record.orphaned and version.is_empty is True and version.has_any_execution is not True
    return VersionState.ORPHAN if is_orphan else VersionState.DRAINING


def _is_overdue(version: ObservedVersion, record: VersionRecord, situation: Situation) -> bool:
    """Return whether every execution on it must have timed out. The clock of a paused one stands still."""
    if version.execution_timeout is None or version.is_empty is not False:
        return False
    if any((version.open_executions or {}).get(status) for status in ("PAUSING", "PAUSED")):
        return False
    # An event that waited can start one until the grace is over.
    return situation.now > situation.drains_since(record) + situation.grace + version.execution_timeout
