"""What becomes of capacity providers that a replacement left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.release.decision import DeleteProvider
from durable_mi.release.policy import SECOND_LOOK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from durable_mi.release.observed import ObservedFunction, ObservedProvider
    from durable_mi.release.planner.situation import Situation
    from durable_mi.release.record import ReleaseRecord

__all__ = ["decide_providers", "note_providers", "remember_empty_providers", "remember_providers"]

_MANY_VERSIONS = 80


def remember_providers(observed: ObservedFunction, record: ReleaseRecord) -> tuple[str, ...]:
    """Return the ARNs of all providers that versions were on, without those that were deleted."""
    seen = {each.arn for each in observed.providers} | {each.provider for each in observed.versions or ()}
    known = {arn for arn in record.providers if arn not in record.empty_providers}
    return tuple(sorted(arn for arn in seen | known if arn is not None))


def remember_empty_providers(
    observed: ObservedFunction, record: ReleaseRecord, situation: Situation
) -> dict[str, datetime]:
    """Return since when nothing is on providers that were left behind."""
    known: Mapping[str, datetime] = {} if situation.starts_anew else record.empty_providers
    return {each.arn: known.get(each.arn, situation.now) for each in observed.providers if _is_left(each, observed)}


def decide_providers(empty: Mapping[str, datetime], situation: Situation) -> tuple[DeleteProvider, ...]:
    """Return the providers to delete: nothing was on them in two looks."""
    if situation.is_first:
        return ()
    return tuple(DeleteProvider(arn=arn) for arn, since in empty.items() if situation.now >= since + SECOND_LOOK)


def note_providers(providers: Iterable[ObservedProvider]) -> Iterator[str]:
    """Yield what somebody must know of capacity providers."""
    most = limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER
    for each in providers:
        name = each.arn.rsplit(":", 1)[-1]
        if each.versions is not None and each.versions >= _MANY_VERSIONS:
            yield f"capacity provider {name} has {each.versions} of {most} versions: at {most} no deployment works"
        if not each.is_current and each.is_ours:
            count = "an unknown number of" if each.versions is None else each.versions
            yield f"capacity provider {name} was left behind by a replacement, with {count} versions on it"


def _is_left(provider: ObservedProvider, observed: ObservedFunction) -> bool:
    is_used = any(each.provider in (provider.arn, None) for each in observed.versions or ())
    return provider.is_ours and not provider.is_current and provider.versions == 0 and not is_used
