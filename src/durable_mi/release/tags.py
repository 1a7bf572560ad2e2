"""The tags that mark a function as ours, and carry what its owner wants to become of its old versions.

The construct writes them and every pass reads them, so that a command line and a janitor follow the same policy. A
changed tag publishes no version.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from durable_mi.release.opening_hours import OpeningHours
from durable_mi.release.policy import DrainPolicy
from durable_mi.release.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ENVIRONMENTS",
    "OPENING_HOURS",
    "RECORDS",
    "RELEASES",
    "read_declared",
    "read_policy",
    "write_declared",
    "write_policy",
]

RELEASES: Final = "durable-mi:releases"
"""``drain`` and the numbers of the policy. Without this tag a function is not touched."""

ENVIRONMENTS: Final = "durable-mi:environments"
"""Minimum, and maximum where there is one, of a new version: ``3`` or ``3-10``."""

OPENING_HOURS: Final = "durable-mi:opening-hours"
"""When the live version runs, as :class:`~durable_mi.release.opening_hours.OpeningHours` writes it."""

RECORDS: Final = "durable-mi:release-records"
"""Name of the DynamoDB table that keeps the function's record."""

_DRAIN: Final = re.compile(
    r"drain rollback-window=(?P<window>\d{1,9}) draining-min=(?P<least>\d{1,5}) keep=(?P<keep>\d{1,5})"
    r"(?: grace=(?P<grace>\d{1,9}))?"
)
_ENVIRONMENTS: Final = re.compile(r"(?P<least>\d{1,5})(?:-(?P<most>\d{1,5}))?")


def write_policy(policy: DrainPolicy) -> dict[str, str]:
    """Return the tags of a policy. Durations are whole seconds."""
    grace = "" if policy.grace is None else f" grace={_seconds(policy.grace)}"
    tags = {
        RELEASES: f"drain rollback-window={_seconds(policy.rollback_window)} draining-min={policy.draining_min} "
        f"keep={policy.keep}{grace}"
    }
    if policy.opening_hours is not None:
        tags[OPENING_HOURS] = str(policy.opening_hours)
    return tags


def read_policy(tags: Mapping[str, str]) -> DrainPolicy | None:
    """Return the policy of a function's tags; ``None`` if they ask for none.

    Raises:
        ValueError: A tag is there but not of the form that :func:`write_policy` gives it, so that nothing can be done.
    """
    text = tags.get(RELEASES)
    if text is None:
        return None
    match = _DRAIN.fullmatch(text)
    if match is None:
        msg = f"the tag {RELEASES} must be like 'drain rollback-window=1800 draining-min=1 keep=3', got {text!r}"
        raise ValueError(msg)
    hours = tags.get(OPENING_HOURS)
    return DrainPolicy(
        rollback_window=timedelta(seconds=int(match["window"])),
        draining_min=int(match["least"]),
        grace=None if match["grace"] is None else timedelta(seconds=int(match["grace"])),
        keep=int(match["keep"]),
        opening_hours=None if hours is None else OpeningHours.parse(hours),
    )


def write_declared(scaling: Scaling, *, has_maximum: bool) -> dict[str, str]:
    """Return the tag of the numbers that a new version gets."""
    return {ENVIRONMENTS: f"{scaling.minimum}-{scaling.maximum}" if has_maximum else str(scaling.minimum)}


def read_declared(tags: Mapping[str, str]) -> Scaling | None:
    """Return the numbers that a new version gets; ``None`` if the tags do not name them."""
    match = _ENVIRONMENTS.fullmatch(tags.get(ENVIRONMENTS, ""))
    if match is None:
        return None
    return Scaling(int(match["least"])) if match["most"] is None else Scaling(int(match["least"]), int(match["most"]))


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
