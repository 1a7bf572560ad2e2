"""The status of versions as JSON."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from durable_mi import limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.cli.release.version_status import FunctionStatus, ProviderStatus, VersionStatus
    from durable_mi.release.scaling import Scaling

__all__ = ["status_document"]


def status_document(functions: Sequence[FunctionStatus]) -> str:
    """Return the document: times are ISO 8601 in UTC; ``null`` is what is unknown or not there."""
    document = {
        "Draining": any(each.is_draining for each in functions),
        "Functions": [_function(each) for each in functions],
    }
    return json.dumps(document, indent=2)


def _function(function: FunctionStatus) -> dict[str, Any]:
    observed = function.seen.observed
    return {
        "FunctionName": observed.name,
        "Draining": function.is_draining,
        "StackName": None if observed.stack is None else observed.stack.name,
        "StackStatus": None if observed.stack is None else observed.stack.status,
        "Aliases": None
        if observed.aliases is None
        else [
            {"Name": each.name, "FunctionVersion": each.version, "AdditionalVersionWeights": dict(each.weights)}
            for each in observed.aliases
        ],
        "Versions": [_version(each, function.costs.saved.get(each.observed.number)) for each in function.versions],
        "CapacityProviders": [_provider(each) for each in function.providers],
        "MonthlyUsd": function.costs.total,
        "Notes": list(function.seen.plan.notes),
        "Unknown": list(function.unknown),
    }


def _version(version: VersionStatus, saved: float | None) -> dict[str, Any]:
    observed, ends, decision = version.observed, version.known_ends, version.decision
    return {
        "Version": observed.number,
        "ReleaseState": str(decision.state),
        "State": observed.state,
        "OpenExecutions": None if observed.open_executions is None else dict(observed.open_executions),
        "UnreferencedSince": _time(version.record.unreferenced_since),
        "EmptySince": _time(version.record.empty_since),
        "KnownUntil": None if ends is None else _time(ends.latest),
        "WaitsWithoutTime": [] if ends is None else sorted(ends.unknown),
        "ExecutionsRead": 0 if ends is None else ends.sampled,
        "FunctionScalingConfig": _scaling(observed.scaling),
        "FunctionScalingConfigBefore": _scaling(version.before),
        "MonthlyUsd": saved,
        "NextAction": None if decision.action is None else version.next,
        "Reason": decision.reason,
        "NextChange": _time(decision.next_change),
        "Problem": version.problem,
    }


def _provider(provider: ProviderStatus) -> dict[str, Any]:
    return {
        "CapacityProviderArn": provider.observed.arn,
        "Versions": provider.observed.versions,
        "MaxVersions": limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER,
        "MinVCpuCount": provider.vcpus,
        "MaxVCpuCount": None if provider.limits is None else provider.limits.max_vcpus,
        "Current": provider.observed.is_current,
    }


def _scaling(scaling: Scaling | None) -> dict[str, int] | None:
    if scaling is None:
        return None
    return {"MinExecutionEnvironments": scaling.minimum, "MaxExecutionEnvironments": scaling.maximum}


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat()
