"""What holds for all versions of a function in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from durable_mi.release.policy import SECOND_LOOK, DrainPolicy

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.release.observed import ObservedFunction, ObservedVersion
    from durable_mi.release.record import ReleaseRecord, VersionRecord
    from durable_mi.release.scaling import Scaling

__all__ = ["LONGEST_GAP", "LONGEST_WAKE", "Situation"]

LONGEST_GAP: Final = timedelta(hours=2)
"""Passes that are further apart do not prove anything together: what was between them, nobody has seen."""

LONGEST_WAKE: Final = timedelta(minutes=15)
"""After which a version that was woken and is not active is stuck."""

_LONGEST_EVENT_AGE: Final = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What a pass knows besides the version that it looks at.

    Attributes:
        policy: What the owner wants.
        live: The versions that aliases and weights name.
        declared: The numbers that the stack gives a new version.
        fallback: The numbers of the newest live version that runs.
        grace: Least time between the move of the alias and the looks that count.
        now: When the observation was complete.
        is_first: Whether this is the first pass, which lowers, parks and deletes nothing.
        starts_anew: Whether the pass before is too long ago, or not known.
        is_closed: Whether the opening hours exclude this moment.
        is_settled: Whether the stack is known and nothing happens to it.
        rolled_back: When the stack's last update began, if that was rolled back.
    """

    policy: DrainPolicy
    live: frozenset[str]
    declared: Scaling | None
    fallback: Scaling | None
    grace: timedelta
    now: datetime
    is_first: bool
    starts_anew: bool
    is_closed: bool
    is_settled: bool
    rolled_back: datetime | None

    @classmethod
    def of(
        cls,
        observed: ObservedFunction,
        live: frozenset[str],
        record: ReleaseRecord,
        now: datetime,
        *,
        is_settled: bool,
    ) -> Situation:
        """Return what a pass knows of a function whose aliases are known."""
        policy, stack = observed.policy or DrainPolicy(), observed.stack
        hours = policy.opening_hours
        was_rolled_back = is_settled and stack is not None and (stack.status or "").endswith("ROLLBACK_COMPLETE")
        running = [
            each.scaling
            for each in observed.versions or ()
            if each.number in live and each.scaling is not None and each.scaling.maximum > 0
        ]
        return cls(
            policy=policy,
            live=live,
            declared=observed.declared,
            fallback=running[-1] if running else None,
            grace=policy.grace if policy.grace is not None else observed.event_age or _LONGEST_EVENT_AGE,
            now=now,
            is_first=record.passes == 0,
            starts_anew=record.last_pass is None or now - record.last_pass > LONGEST_GAP,
            is_closed=hours is not None and not hours.is_open(now),
            is_settled=is_settled,
            rolled_back=stack.updated if was_rolled_back and stack is not None else None,
        )

    def is_live(self, version: ObservedVersion) -> bool:
        """Return whether an alias names a version."""
        return version.number in self.live

    def drains_since(self, record: VersionRecord) -> datetime:
        """Return when a version's windows began: when it lost its alias, or when it woke after that."""
        return max(filter(None, (record.unreferenced_since, record.woken_at)), default=self.now)

    def looks_count_from(self, record: VersionRecord) -> datetime:
        """Return from when on a look can prove a version empty for good.

        After the grace nothing starts on it any more, and what started last is listed a lag later.
        """
        return self.drains_since(record) + self.grace + SECOND_LOOK

    def steps_down_at(self, record: VersionRecord) -> datetime:
        """Return when the rollback window of a version is over."""
        return (record.unreferenced_since or self.now) + self.policy.rollback_window

    def parks_at(self, record: VersionRecord) -> datetime:
        """Return when a version that no alias names is proven empty, if it stays empty until then."""
        first_look = max(record.empty_since or self.now, self.looks_count_from(record))
        return max(first_look + SECOND_LOOK, self.steps_down_at(record))
