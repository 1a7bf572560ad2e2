"""Whose numbers a version has: those of its stack, those that a pass requested, or somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.release.scaling import PARKED, Scaling

if TYPE_CHECKING:
    from durable_mi.release.planner.situation import Situation
    from durable_mi.release.record import VersionRecord

__all__ = ["is_lowered", "is_ours", "looks_lowered", "waking_numbers"]


def is_ours(record: VersionRecord, scaling: Scaling, situation: Situation) -> bool:
    """Return whether nobody else has changed the numbers of a version that no alias names."""
    if scaling in (record.before, record.requested, record.seen):
        return True
    # A request of a pass that was slow can arrive after that of the next one.
    return record.before is not None and scaling == record.before.with_minimum(situation.policy.draining_min)


def is_lowered(record: VersionRecord, scaling: Scaling, situation: Situation) -> bool:
    """Return whether a pass gave a version less than its minimum.

    Without a record of its numbers, those that only a pass gives count as lowered: the version could have been woken or
    rolled back to after the record was lost.
    """
    if record.before is None:
        return looks_lowered(scaling, situation)
    is_less = scaling == PARKED or scaling.minimum < record.before.minimum
    return is_less and scaling in (record.requested, record.seen)


def looks_lowered(scaling: Scaling, situation: Situation) -> bool:
    """Return whether numbers are those that a pass gives a version, and not those of its stack."""
    if scaling == PARKED:
        return True
    declared = situation.declared
    return (
        declared is not None and scaling != declared and scaling == declared.with_minimum(situation.policy.draining_min)
    )


def waking_numbers(record: VersionRecord, situation: Situation) -> Scaling:
    """Return the numbers that wake a version: its own, else those of its stack, of the live version, or the least."""
    for numbers in (record.before, situation.declared, situation.fallback):
        if numbers is not None and numbers.maximum > 0:
            return numbers
    return Scaling(situation.policy.draining_min)
