"""What `durable-mi release status` shows of a function and its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.cli.release.known_ends import KnownEnds, read_known_ends
from durable_mi.cli.release.version_costs import VersionCosts, version_costs, version_vcpus
from durable_mi.operate.errors import OperatorError, ServiceError
from durable_mi.release.apply import describe
from durable_mi.release.record import VersionRecord
from durable_mi.release.run_pass import look
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.cli.release.scope import Scope
    from durable_mi.release.calls.provider_limits import ProviderLimits
    from durable_mi.release.decision import Decision
    from durable_mi.release.observed import ObservedFunction, ObservedProvider, ObservedVersion
    from durable_mi.release.run_pass import Pass
    from durable_mi.release.scaling import Scaling

__all__ = ["FunctionStatus", "ProviderStatus", "VersionStatus", "drains", "read_status"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionStatus:
    """One version.

    Attributes:
        observed: What was seen of it.
        decision: Its state, and what the next pass does.
        record: What is remembered of it.
        known_ends: What its open executions wait for; ``None`` if it has none, or if that is unknown.
        problem: Why something of it is unknown.
    """

    observed: ObservedVersion
    decision: Decision
    record: VersionRecord
    known_ends: KnownEnds | None
    problem: str | None

    @property
    def before(self) -> Scaling | None:
        """Its numbers before it was lowered; ``None`` if it was not."""
        return None if self.record.before == self.observed.scaling else self.record.before

    @property
    def next(self) -> str:
        """What the next pass does."""
        return "nothing" if self.decision.action is None else describe(self.decision.action)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderStatus:
    """A capacity provider.

    Attributes:
        observed: What was seen of it.
        limits: What it may run; ``None`` if that is unknown.
        vcpus: vCPUs of the minimum of this function's environments on it; ``None`` if that is unknown.
    """

    observed: ObservedProvider
    limits: ProviderLimits | None
    vcpus: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionStatus:
    """A function.

    Attributes:
        seen: The pass that was looked at.
        versions: Its versions, oldest first.
        providers: Its capacity providers.
        costs: What its versions cost.
        unknown: Why something is unknown, one line each.
    """

    seen: Pass
    versions: tuple[VersionStatus, ...]
    providers: tuple[ProviderStatus, ...]
    costs: VersionCosts
    unknown: tuple[str, ...]

    @property
    def now(self) -> datetime:
        """When it was looked at."""
        return self.seen.now

    @property
    def is_draining(self) -> bool:
        """Whether a version that no alias names is warm, or may be."""
        return bool(drains(self.seen.observed))


def drains(observed: ObservedFunction) -> str:
    """Return which versions are warm, or may be, although no alias names them; empty if there are none."""
    live = observed.live
    if live is None or observed.versions is None:
        return f"what is warm is unknown: {observed.problem}"
    warm = []
    for version in observed.versions:
        if version.number in live or version.scaling == PARKED:
            continue
        counts = version.open_executions
        what = "executions unknown" if counts is None else f"{sum(counts.values())} executions open"
        warm.append(f"version {version.number} ({'numbers unknown' if version.scaling is None else what})")
    return f"warm without an alias: {', '.join(warm)}" if warm else ""


def read_status(scope: Scope, function: str) -> FunctionStatus:
    """Read everything that is shown of a function.

    Raises:
        OperatorError: The function or its record cannot be read.
    """
    seen = look(scope.client, scope.store(function), function)
    unknown = [*seen.failures]
    if seen.stored.problem:
        unknown.append(seen.stored.problem)
    decisions = {each.version: each for each in seen.plan.decisions}
    versions = tuple(
        _version(scope, each, decisions[each.number], seen, unknown) for each in seen.observed.versions or ()
    )
    configurations = {}
    for each in seen.observed.versions or ():
        try:
            configurations[each.number] = scope.client.configuration(function, each.number)
        except ServiceError as error:
            unknown.append(str(error))
    limits = {each.arn: _limits(scope, each.arn, unknown) for each in seen.observed.providers}
    numbers = {each.number: each.scaling for each in seen.observed.versions or ()}
    providers = []
    for provider in seen.observed.providers:
        vcpus = [
            None
            if each.scaling is None
            else each.scaling.minimum * (version_vcpus(configurations.get(each.number)) or 0)
            for each in seen.observed.versions or ()
            if each.provider == provider.arn
        ]
        total = None if None in vcpus else sum(each or 0 for each in vcpus)
        providers.append(ProviderStatus(observed=provider, limits=limits[provider.arn], vcpus=total))
    current = next((limits[each.arn] for each in seen.observed.providers if each.is_current), None)
    return FunctionStatus(
        seen=seen,
        versions=versions,
        providers=tuple(providers),
        costs=version_costs(numbers, configurations, current),
        unknown=tuple(unknown),
    )


def _version(
    scope: Scope, version: ObservedVersion, decision: Decision, seen: Pass, unknown: list[str]
) -> VersionStatus:
    known_ends = None
    total = sum((version.open_executions or {}).values())
    if total:
        try:
            arns = [
                arn
                for status, count in (version.open_executions or {}).items()
                if count
                for arn in scope.client.executions(seen.observed.name, version.number, status)
            ]
            known_ends = read_known_ends(scope.history_client(), arns, total=total)
        except OperatorError as error:
            unknown.append(f"version {version.number}: {error}")
    return VersionStatus(
        observed=version,
        decision=decision,
        record=seen.plan.record.versions.get(version.number, VersionRecord()),
        known_ends=known_ends,
        problem=version.problem,
    )


def _limits(scope: Scope, arn: str, unknown: list[str]) -> ProviderLimits | None:
    try:
        return scope.client.provider_limits(arn)
    except ServiceError as error:
        unknown.append(str(error))
        return None
