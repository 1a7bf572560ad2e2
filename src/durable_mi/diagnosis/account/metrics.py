"""The metrics that support a diagnosis. None is the only reason for one: not every dimension is documented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.diagnosis.account.calls import Calls

__all__ = ["WINDOW", "Metrics", "read_metrics"]

WINDOW: Final = timedelta(minutes=15)
"""How far back they are read: three of Lambda's periods of five minutes."""

_PERIOD_S: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """What CloudWatch has of the last :data:`WINDOW`; ``None`` where it has no data.

    Attributes:
        throttles: ``Throttles`` of the function, summed.
        concurrency: ``ExecutionEnvironmentConcurrency`` of the function on its capacity provider, at most.
        concurrency_limit: ``ExecutionEnvironmentConcurrencyLimit``, likewise.
        executions_used: ``ApproximateRunningDurableExecutionsUtilization`` of the account, in percent, at most.
    """

    throttles: float | None = None
    concurrency: float | None = None
    concurrency_limit: float | None = None
    executions_used: float | None = None

    @property
    def is_full(self) -> bool:
        """Whether every execution environment ran as many invocations as it may."""
        return bool(self.concurrency_limit) and (self.concurrency or 0) >= (self.concurrency_limit or 0)


def read_metrics(calls: Calls, function: str, provider: str | None, *, now: datetime) -> Metrics:
    """Read the metrics of a function."""
    of_function = {"FunctionName": function}
    queries = [
        _query("throttles", "Throttles", "Sum", of_function),
        _query("used", "ApproximateRunningDurableExecutionsUtilization", "Maximum", {}),
    ]
    if provider is not None:
        on_provider = {"CapacityProviderName": provider.rpartition(":")[2], **of_function}
        queries += [
            _query("concurrency", "ExecutionEnvironmentConcurrency", "Maximum", on_provider),
            _query("limit", "ExecutionEnvironmentConcurrencyLimit", "Maximum", on_provider),
        ]
    results = calls.every(
        "cloudwatch:GetMetricData",
        f"function {function}",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=now - WINDOW,
        EndTime=now,
    )
    values: dict[str, list[float]] = {}
    for each in results:
        values.setdefault(each["Id"], []).extend(each.get("Values") or [])
    return Metrics(
        throttles=sum(values["throttles"]) if values.get("throttles") else None,
        concurrency=max(values.get("concurrency") or [], default=None),
        concurrency_limit=max(values.get("limit") or [], default=None),
        executions_used=max(values.get("used") or [], default=None),
    )


def _query(id_: str, name: str, statistic: str, dimensions: dict[str, str]) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": _PERIOD_S, "Stat": statistic}}
