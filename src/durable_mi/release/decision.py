"""What a pass decided about a version, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.release.record import ReleaseRecord
    from durable_mi.release.scaling import Scaling

__all__ = ["Action", "Decision", "DeleteProvider", "DeleteVersion", "Plan", "SetScaling", "VersionState"]


class VersionState(StrEnum):
    """Where a version is between its release and its end."""

    LIVE = "live"
    STANDBY = "standby"
    DRAINING = "draining"
    DRAINED = "drained"
    PARKED = "parked"
    PRUNABLE = "prunable"
    ORPHAN = "orphan"
    STUCK = "stuck"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class SetScaling:
    """Give a version other numbers: step it down, park it, or wake it.

    Attributes:
        version: The version's number.
        scaling: The numbers to request.
        expected: Its numbers when this was decided. If it has others right before the request, somebody else changed
            them, and nothing is requested. ``None`` to request it whatever they are.
    """

    version: str
    scaling: Scaling
    expected: Scaling | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeleteVersion:
    """Delete one version of the function.

    Attributes:
        version: The version's number.
        with_histories: Whether it may go although executions that have ended are still listed. Only somebody who
            accepts that their histories may go asks for it; a plan never does.
    """

    version: str
    with_histories: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeleteProvider:
    """Delete a capacity provider that nothing is on any more.

    Attributes:
        arn: Its ARN.
    """

    arn: str


Action = SetScaling | DeleteVersion | DeleteProvider


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One version's state, what is done about it now, and the reason in words.

    Attributes:
        version: The version's number.
        state: Where it is.
        action: What to do in this pass; ``None`` for nothing.
        reason: Why, in one sentence without a final full stop.
        next_change: When a later pass can do more, if nothing happens until then; ``None`` if that is unknown.
        woke: Whether an execution is open on it although it is parked. An alarm counts these.
        by_hand: Whether somebody else gave it its numbers, so that they are left.
    """

    version: str
    state: VersionState
    action: Action | None = None
    reason: str
    next_change: datetime | None = None
    woke: bool = False
    by_hand: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All decisions of a pass, in the order in which to apply them, and the record to write before that.

    Attributes:
        function: The function's name.
        decisions: One for each version. Waking comes first, deleting last.
        providers: What to do with capacity providers that a replacement left behind.
        notes: What somebody must know that belongs to no version, one line each.
        record: What to remember. It is written before anything is applied, under the condition that no other pass has
            written since; when that fails, nothing is applied.
    """

    function: str
    decisions: tuple[Decision, ...]
    providers: tuple[DeleteProvider, ...] = ()
    notes: tuple[str, ...] = ()
    record: ReleaseRecord
