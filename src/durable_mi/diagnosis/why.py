"""The rules in their order: what has ended, what stops everything, what fails, what is late, what is waited for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.rules.blocked import (
    no_checkpoint,
    no_network_path,
    no_permission,
    no_progress,
    not_invoked,
    operations_near_quota,
    quota_near,
    throttled,
    workers_busy,
)
from durable_mi.diagnosis.rules.chained import chained_invoke
from durable_mi.diagnosis.rules.ended import ended
from durable_mi.diagnosis.rules.invocations import failing_initialization, invocation_fails, invocation_timeout
from durable_mi.diagnosis.rules.version import parked_version, version_failed
from durable_mi.diagnosis.rules.waiting import callback, paused, retry, step_runs, wait
from durable_mi.diagnosis.unread import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence

__all__ = ["why"]


def _chained(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    child = None if evidence.child is None else why(evidence.child, commands)
    return chained_invoke(evidence, commands, child)


_RULES: Final[Sequence[Callable[[Evidence, Commands], Diagnosis | None]]] = (
    ended,
    paused,
    parked_version,
    version_failed,
    invocation_timeout,
    invocation_fails,
    failing_initialization,
    no_permission,
    no_network_path,
    workers_busy,
    throttled,
    quota_near,
    not_invoked,
    # What a person can do comes before what comes by itself.
    callback,
    _chained,
    step_runs,
    retry,
    wait,
    no_checkpoint,
    no_progress,
)


def why(evidence: Evidence, commands: Commands) -> Diagnosis:
    """Return why an execution is where it is.

    Args:
        evidence: What is known of it.
        commands: Builds the commands to run next.
    """
    found = next(each for each in (rule(evidence, commands) for rule in _RULES) if each is not None)
    quota = operations_near_quota(evidence)
    if quota is not None and found.kind in {Kind.STEP_RUNS, Kind.HANDLER_RUNS, Kind.NO_PROGRESS}:
        found = replace(found, kind=Kind.QUOTA_NEAR, found=f"{quota} {found.found}")
    elif quota is not None:
        found = replace(found, also=(*found.also, quota))
    unread = tuple(dict.fromkeys((*listed(evidence.unread), *found.unread)))
    return replace(found, unread=unread)
