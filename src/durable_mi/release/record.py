"""What a pass must remember of a function's versions until the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from durable_mi.release.scaling import Scaling

__all__ = ["ReleaseRecord", "VersionRecord"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRecord:
    """What is remembered of one version. A lost record starts every window anew: the drain is slower, never faster.

    Attributes:
        unreferenced_since: When it was first seen without an alias; ``None`` while one names it.
        empty_since: When it was first seen without an open execution, and not otherwise since.
        before: Its numbers before the first step down, which waking gives back.
        requested: The numbers that were requested last, written before the request is made. A version whose numbers are
            neither these nor ``before`` was changed by somebody else.
        was_live: Whether an alias was ever seen to name it.
        orphaned: Whether the deployment that published it was rolled back.
        waking_since: When it was first woken and did not become active.
        seen: Its numbers when they were last known to be nobody else's. A pass that ended before it made its request
            leaves the version with them.
        woken_at: When an execution was last found on it while it was parked. Its windows start there anew.
        unlisted_since: When it was first seen parked and without an execution in any status, and not otherwise since.
    """

    unreferenced_since: datetime | None = None
    empty_since: datetime | None = None
    before: Scaling | None = None
    requested: Scaling | None = None
    was_live: bool = False
    orphaned: bool = False
    waking_since: datetime | None = None
    seen: Scaling | None = None
    woken_at: datetime | None = None
    unlisted_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseRecord:
    """What is remembered of one function.

    Attributes:
        versions: By version number.
        providers: ARNs of the capacity providers that its versions were on.
        passes: How many passes have finished. Nothing is lowered, parked or deleted in the first one.
        empty_providers: When a capacity provider that was left behind was first seen with nothing on it, by ARN.
        last_pass: When the last pass looked. After a long gap every window starts anew.
    """

    versions: Mapping[str, VersionRecord] = field(default_factory=dict)
    providers: tuple[str, ...] = ()
    passes: int = 0
    empty_providers: Mapping[str, datetime] = field(default_factory=dict)
    last_pass: datetime | None = None
