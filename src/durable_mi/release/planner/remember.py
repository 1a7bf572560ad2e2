"""What a pass remembers of a version that it has seen, before it decides anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi.release.guards import ACTIVE, DEACTIVATED
from durable_mi.release.planner.numbers import is_lowered, is_ours, looks_lowered
from durable_mi.release.record import VersionRecord
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.release.observed import ObservedVersion
    from durable_mi.release.planner.situation import Situation
    from durable_mi.release.scaling import Scaling

__all__ = ["forget_emptiness", "remember", "remember_request"]


def remember(version: ObservedVersion, known: VersionRecord | None, situation: Situation) -> VersionRecord:
    """Return what is known of a version after this pass has seen it."""
    record = known or VersionRecord()
    is_live = situation.is_live(version)
    was_live = record.was_live or is_live
    record = replace(
        record,
        unreferenced_since=None if is_live else _unreferenced_since(record, situation),
        was_live=was_live,
        orphaned=not was_live and (record.orphaned or _is_rolled_back(version, situation)),
        woken_at=None if is_live else record.woken_at,
    )
    if version.scaling is not None:
        record = _with_numbers(record, version.scaling, situation, is_live=is_live)
        record = _with_waking(record, version, version.scaling, situation, is_live=is_live)
    return replace(
        record,
        empty_since=_empty_since(record, version, situation, is_live=is_live),
        unlisted_since=_unlisted_since(record, version, situation, is_live=is_live),
    )


def forget_emptiness(version: ObservedVersion, record: VersionRecord) -> VersionRecord:
    """Return what is known of a version when its aliases are unknown: that it was not empty is known nevertheless."""
    return record if version.is_empty is True else replace(record, empty_since=None, unlisted_since=None)


def remember_request(record: VersionRecord, scaling: Scaling, now: datetime) -> VersionRecord:
    """Return what is known of a version once other numbers are requested for it.

    It is written before the request is made. A command that changes a version on demand remembers that too, or the next
    pass takes the numbers for somebody else's.
    """
    is_raised = record.seen is not None and scaling.minimum > record.seen.minimum
    return replace(
        record,
        requested=scaling,
        before=record.before or (scaling if is_raised else None),
        waking_since=(record.waking_since or now) if is_raised else None,
    )


def _unreferenced_since(record: VersionRecord, situation: Situation) -> datetime:
    since = record.unreferenced_since
    if since is None or situation.starts_anew:
        return situation.now
    # Its alias can move onto it and back between two passes of one deployment.
    return since if record.was_live or situation.is_settled else situation.now


def _is_rolled_back(version: ObservedVersion, situation: Situation) -> bool:
    began, published = situation.rolled_back, version.published
    return began is not None and published is not None and published >= began


def _with_numbers(record: VersionRecord, scaling: Scaling, situation: Situation, *, is_live: bool) -> VersionRecord:
    if record.before is None and record.seen is None and record.requested is None:
        return replace(record, seen=scaling, before=None if looks_lowered(scaling, situation) else scaling)
    if is_live and not is_lowered(record, scaling, situation) and scaling != PARKED:
        # CloudFormation changes the numbers of the live version in place.
        return replace(record, seen=scaling, before=scaling, requested=None)
    return replace(record, seen=scaling) if is_ours(record, scaling, situation) else record


def _with_waking(
    record: VersionRecord, version: ObservedVersion, scaling: Scaling, situation: Situation, *, is_live: bool
) -> VersionRecord:
    if scaling == PARKED and not is_live:
        return replace(record, waking_since=None) if version.is_empty else replace(record, woken_at=situation.now)
    is_awake = version.state == ACTIVE and not (is_live and is_lowered(record, scaling, situation))
    return replace(record, waking_since=None) if is_awake else record


def _empty_since(
    record: VersionRecord, version: ObservedVersion, situation: Situation, *, is_live: bool
) -> datetime | None:
    if version.is_empty is not True:
        return None
    counts = is_live or situation.now >= situation.looks_count_from(record)
    return record.empty_since or situation.now if counts and not situation.starts_anew else situation.now


def _unlisted_since(
    record: VersionRecord, version: ObservedVersion, situation: Situation, *, is_live: bool
) -> datetime | None:
    is_parked = version.scaling == PARKED and version.state == DEACTIVATED
    if is_live or not is_parked or version.is_empty is not True or version.has_any_execution is not False:
        return None
    return situation.now if situation.starts_anew else record.unlisted_since or situation.now
