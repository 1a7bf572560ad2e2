"""What becomes of a version that an alias names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi.release.decision import Decision, SetScaling, VersionState
from durable_mi.release.guards import DEACTIVATING, FAILED, may_park
from durable_mi.release.planner.numbers import is_lowered, waking_numbers
from durable_mi.release.planner.situation import LONGEST_WAKE
from durable_mi.release.policy import SECOND_LOOK
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from durable_mi.release.observed import ObservedVersion
    from durable_mi.release.planner.situation import Situation
    from durable_mi.release.record import VersionRecord
    from durable_mi.release.scaling import Scaling

__all__ = ["decide_live"]


def decide_live(version: ObservedVersion, record: VersionRecord, situation: Situation) -> Decision:
    """Return what to do with a version that an alias or a weight names: it has its minimum, or closes for the night."""
    scaling = version.scaling
    if scaling is None:
        return _left(version, f"an alias names it; its numbers are unknown: {version.problem or 'no answer'}")
    if scaling == PARKED:
        return _decide_parked(version, record, situation)
    if situation.is_closed:
        refusal = _may_close(version, record, situation)
        if refusal is None:
            return _requested(version, PARKED, "outside of the opening hours, and no execution is open")
        if not is_lowered(record, scaling, situation):
            return _left(version, f"outside of the opening hours, but {refusal}")
    return _decide_running(version, scaling, record, situation)


def _decide_parked(version: ObservedVersion, record: VersionRecord, situation: Situation) -> Decision:
    woke = version.is_empty is False
    if not is_lowered(record, PARKED, situation):
        decision = _left(version, "an alias names it, and somebody else has parked it: left as it is")
        return replace(decision, by_hand=True, woke=woke)
    if situation.is_closed and not woke:
        return _left(version, "closed until the opening hours")
    if version.state == DEACTIVATING:
        return replace(_left(version, "an alias names it; it is being deactivated, and woken after that"), woke=woke)
    decision = _requested(version, waking_numbers(record, situation), "an alias names it, and it is parked: woken")
    state = VersionState.STUCK if _is_late(record, situation) else VersionState.LIVE
    return replace(decision, state=state, woke=woke)


def _decide_running(
    version: ObservedVersion, scaling: Scaling, record: VersionRecord, situation: Situation
) -> Decision:
    is_late = _is_late(record, situation)
    if is_lowered(record, scaling, situation):
        own = waking_numbers(record, situation)
        decision = _requested(version, own, f"an alias names it; it has {scaling}, and must have {own}")
    elif version.state == FAILED or is_late:
        because = version.state_reason or "Lambda gives no reason"
        decision = _left(version, f"an alias names it; its state is {version.state or 'unknown'}: {because}")
    else:
        decision = _left(version, f"an alias names it; {scaling}")
    is_stuck = version.state == FAILED or is_late
    return replace(decision, state=VersionState.STUCK) if is_stuck else decision


def _may_close(version: ObservedVersion, record: VersionRecord, situation: Situation) -> str | None:
    refusal = may_park(version, situation.live, is_closed=True)
    if refusal is not None:
        return refusal
    if situation.is_first:
        return "nothing is parked in the first pass"
    if record.empty_since is None or situation.now < record.empty_since + SECOND_LOOK:
        return "it is not yet proven empty"
    return None


def _is_late(record: VersionRecord, situation: Situation) -> bool:
    return record.waking_since is not None and situation.now - record.waking_since > LONGEST_WAKE


def _left(version: ObservedVersion, reason: str) -> Decision:
    return Decision(version=version.number, state=VersionState.LIVE, reason=reason)


def _requested(version: ObservedVersion, scaling: Scaling, reason: str) -> Decision:
    action = SetScaling(version=version.number, scaling=scaling, expected=version.scaling)
    return replace(_left(version, reason), action=action)
