"""The metrics of a pass, as CloudWatch's embedded metric format: log lines that become metrics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = [
    "DIMENSIONS",
    "FAILURES",
    "NAMESPACE",
    "STUCK_VERSIONS",
    "UNSUPPORTED_OPERATIONS",
    "VERSIONS_ON_PROVIDER",
    "WARM_VERSIONS",
    "WOKEN_WHILE_PARKED",
    "metric_line",
]

NAMESPACE: Final = "DurableManagedInstances/Releases"
DIMENSIONS: Final = ("StackName", "FunctionName")

WARM_VERSIONS: Final = "WarmVersions"
"""Versions that are not parked, live ones included."""

VERSIONS_ON_PROVIDER: Final = "VersionsOnCapacityProvider"
"""Versions of all functions on the fullest of the function's capacity providers, of 100 that it can have."""

FAILURES: Final = "ReleaseFailures"
"""What could not be read or done in a pass; each is a log line too."""

WOKEN_WHILE_PARKED: Final = "WokenWhileParked"
"""Versions on which an execution was open although they were parked."""

STUCK_VERSIONS: Final = "StuckVersions"
"""Versions that drain for longer than an execution can take, or that do not start again: a person must look."""

UNSUPPORTED_OPERATIONS: Final = "UnsupportedOperations"
"""Operations that the runtime's boto3 does not know, so that nothing is done."""


def metric_line(values: Mapping[str, int], *, stack: str, function: str, now: datetime) -> str:
    """Return the log line of a function's metrics.

    Args:
        values: Counts by name.
        stack: The stack's name.
        function: The function's name.
        now: When they were counted.
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(DIMENSIONS)],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    return json.dumps(
        {
            "_aws": {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [directive]},
            "StackName": stack,
            "FunctionName": function,
            **values,
        }
    )
