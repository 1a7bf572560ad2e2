"""Carrying out a plan: the record first, then one action after the other, each checked again right before.

A pass can end between any two calls, because its time is over or it is stopped. That leaves a record that says at most
what was about to be requested, and versions that the next pass reads anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from durable_mi.operate.errors import ServiceError
from durable_mi.release.decision import DeleteProvider, DeleteVersion, SetScaling
from durable_mi.release.guards import may_change_function, refusal
from durable_mi.release.observe import observe_again, observe_provider
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from durable_mi.release.client import ReleaseClient
    from durable_mi.release.decision import Action, Plan
    from durable_mi.release.observed import ObservedFunction, ObservedProvider
    from durable_mi.release.record_store import RecordStore, StoredRecord

__all__ = ["Result", "apply", "describe"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one action.

    Attributes:
        subject: The version's number, or the ARN of the capacity provider.
        action: What was to be done.
        reason: Why it was decided.
        refused: Why it was not done after all, because something had changed meanwhile; ``None`` otherwise.
        failed: The error of its call, in one line; ``None`` if there was none.
    """

    subject: str
    action: Action
    reason: str
    refused: str | None = None
    failed: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether the service accepted it."""
        return self.refused is None and self.failed is None

    def __str__(self) -> str:
        """Return what was done and why, in one line."""
        what = describe(self.action)
        if self.failed is not None:
            return f"{what} failed: {self.failed}"
        return f"{what}: {self.reason}" if self.refused is None else f"{what} not done: {self.refused}"


def describe(action: Action) -> str:
    """Return an action in words."""
    match action:
        case SetScaling(version=version, scaling=scaling) if scaling == PARKED:
            return f"park version {version}"
        case SetScaling(version=version, scaling=scaling):
            return f"set version {version} to {scaling}"
        case DeleteVersion(version=version):
            return f"delete version {version}"
        case DeleteProvider(arn=arn):
            return f"delete capacity provider {arn}"


def apply(  # noqa: PLR0913 - all that a pass has
    client: ReleaseClient,
    store: RecordStore,
    stored: StoredRecord,
    observed: ObservedFunction,
    plan: Plan,
    *,
    now: datetime,
) -> Iterator[Result]:
    """Write the record, then carry out what was decided, one result at a time.

    Args:
        client: The calls.
        store: Keeps the record.
        stored: The record as this pass read it.
        observed: What the plan was made from.
        plan: What to do.
        now: The moment that the plan was made for.

    Raises:
        RecordConflictError: Another pass wrote the record meanwhile; nothing was done.
        OperatorError: The record cannot be written, so that nothing was done; or no time is left for the rest.
    """
    store.write(plan.function, plan.record, stored)
    for decision in plan.decisions:
        if decision.action is not None:
            yield _carry_out(client, observed, decision.action, decision.reason, now)
    for provider in plan.providers:
        yield _carry_out(client, observed, provider, "nothing is on it any more", now)


def _carry_out(client: ReleaseClient, observed: ObservedFunction, action: Action, reason: str, now: datetime) -> Result:
    refused = failed = None
    try:
        refused = _refused(client, observed, action, now)
        if refused is None:
            _request(client, observed.name, action)
    except ServiceError as error:
        failed = str(error)
    return Result(
        subject=action.arn if isinstance(action, DeleteProvider) else action.version,
        action=action,
        reason=reason,
        refused=refused,
        failed=failed,
    )


def _refused(client: ReleaseClient, observed: ObservedFunction, action: Action, now: datetime) -> str | None:
    """Read again what an action depends on, and return why it must not be done."""
    if isinstance(action, DeleteProvider):
        return _in_use(observe_provider(client, observed.name, action.arn))
    fresh = observe_again(client, observed, action.version)
    version = next(each for each in fresh.versions or () if each.number == action.version)
    if isinstance(action, DeleteVersion) and action.with_histories:
        version = replace(version, has_any_execution=False)
    hours = None if observed.policy is None else observed.policy.opening_hours
    raises = (
        isinstance(action, SetScaling)
        and version.scaling is not None
        and action.scaling.minimum >= version.scaling.minimum
        and action.scaling.maximum >= version.scaling.maximum
    )
    # More environments lose nothing, so they do not wait for the end of a deployment.
    reason = None if raises else may_change_function(fresh)
    return reason or refusal(action, version, fresh.live, is_closed=hours is not None and not hours.is_open(now))


def _in_use(provider: ObservedProvider | None) -> str | None:
    """Return why a capacity provider must not be deleted."""
    if provider is None:
        return "it is gone"
    if not provider.is_ours:
        return "it is not marked as ours"
    if provider.versions is None:
        return "it is unknown which versions are on it"
    if provider.versions:
        return f"{provider.versions} versions are on it"
    return "a function or a stack has it" if provider.is_current else None


def _request(client: ReleaseClient, function: str, action: Action) -> None:
    match action:
        case SetScaling(version=version, scaling=scaling):
            client.put_scaling(function, version, scaling)
        case DeleteVersion(version=version):
            client.delete_version(function, version)
        case DeleteProvider(arn=arn):
            client.delete_provider(arn)
