"""The metrics that Lambda publishes about a durable function on managed instances."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict, Unpack

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from durable_mi.checks import choice
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DurableManagedFunctionMetrics", "MetricOptions"]

_NAMESPACE: Final = "AWS/Lambda"


class MetricOptions(TypedDict, total=False):
    """Options of a metric, which override the defaults of the method; the same as CDK's metric options."""

    period: cdk.Duration
    statistic: str
    label: str
    color: str
    unit: cloudwatch.Unit
    account: str
    region: str
    dimensions_map: Mapping[str, str]


class _Scope(Enum):
    FUNCTION = "FunctionName"
    ACCOUNT = "no dimension"
    ENVIRONMENT = "CapacityProviderName and FunctionName"


class _Metric(NamedTuple):
    statistic: str
    scope: _Scope = _Scope.FUNCTION


_KNOWN: Final = {
    "ApproximateRunningDurableExecutions": _Metric("Maximum", _Scope.ACCOUNT),
    "ApproximateRunningDurableExecutionsUtilization": _Metric("Maximum", _Scope.ACCOUNT),
    "DurableExecutionDuration": _Metric("Average"),
    "DurableExecutionOperations": _Metric("Maximum"),
    "DurableExecutionStorageWrittenBytes": _Metric("Maximum"),
    "ExecutionEnvironmentConcurrency": _Metric("Maximum", _Scope.ENVIRONMENT),
    "ExecutionEnvironmentConcurrencyLimit": _Metric("Maximum", _Scope.ENVIRONMENT),
    "ExecutionEnvironmentCPUUtilization": _Metric("Average", _Scope.ENVIRONMENT),
    "ExecutionEnvironmentMemoryUtilization": _Metric("Average", _Scope.ENVIRONMENT),
    "Duration": _Metric("Average"),
}
_COUNT: Final = _Metric("Sum")


class DurableManagedFunctionMetrics:
    """The ``metric`` methods of a durable function; mixed into the construct, which provides the two names.

    Lambda publishes all of them at no charge, the metrics of execution environments every five minutes. The period
    defaults to five minutes. The statistic defaults to the sum for counts, to the maximum for values with a limit, and
    to the average for all others.

    Dimensions: AWS documents those of execution environments, ``CapacityProviderName`` and ``FunctionName``
    (DG [lambda-managed-instances-monitoring]), but none for durable executions (DG [durable-monitoring]). UNCONFIRMED,
    from third-party measurements: durable metrics have ``FunctionName``. The two metrics of running executions have no
    dimension, because they are for the whole account and Region. ``dimensions_map`` overrides the dimensions.
    """

    @property
    def metric_function_name(self) -> str:
        """The function's name, for the dimension ``FunctionName``."""
        raise NotImplementedError

    @property
    def metric_capacity_provider_name(self) -> str | None:
        """The capacity provider's name, for the dimension ``CapacityProviderName``; ``None`` if it is not known."""
        raise NotImplementedError

    @takes(
        metric_name=kinds.STRING,
        period=kinds.DURATION,
        statistic=kinds.STRING,
        label=kinds.STRING,
        color=kinds.STRING,
        account=kinds.STRING,
        region=kinds.STRING,
        dimensions_map=kinds.STRINGS_BY_NAME,
    )
    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return any metric of the function by its official name.

        Args:
            metric_name: The name in the namespace ``AWS/Lambda``, such as ``DurableExecutionFailed``. A name that this
                release does not know is treated as a count with the dimension ``FunctionName``.
            options: Overrides of the defaults.

        Raises:
            ValueError: An option is of the wrong kind, ``unit`` is no ``cloudwatch.Unit`` and no name of one, or the
                metric is of execution environments and the function was imported without the capacity provider's name.
        """
        known = _KNOWN.get(metric_name, _COUNT)
        if "unit" in options:
            options["unit"] = choice.take_member("unit", options["unit"], cloudwatch.Unit)
        merged: MetricOptions = {
            "period": cdk.Duration.minutes(5),
            "statistic": known.statistic,
            "dimensions_map": self._dimensions(metric_name, known.scope),
            **options,
        }
        return cloudwatch.Metric(namespace=_NAMESPACE, metric_name=metric_name, **merged)

    def metric_durable_execution_started(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the executions that started (``DurableExecutionStarted``)."""
        return self.metric("DurableExecutionStarted", **options)

    def metric_durable_execution_succeeded(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the executions that completed (``DurableExecutionSucceeded``)."""
        return self.metric("DurableExecutionSucceeded", **options)

    def metric_durable_execution_failed(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the executions that ended with an error (``DurableExecutionFailed``)."""
        return self.metric("DurableExecutionFailed", **options)

    def metric_durable_execution_timed_out(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the executions that reached their execution timeout (``DurableExecutionTimedOut``)."""
        return self.metric("DurableExecutionTimedOut", **options)

    def metric_durable_execution_stopped(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the executions that were stopped (``DurableExecutionStopped``)."""
        return self.metric("DurableExecutionStopped", **options)

    def metric_durable_execution_duration(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Measure the milliseconds from start to end, waits included (``DurableExecutionDuration``)."""
        return self.metric("DurableExecutionDuration", **options)

    def metric_durable_execution_operations(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the operations of one execution so far, at most 3,000 (``DurableExecutionOperations``).

        UNCONFIRMED: that each data point is one execution's running total. AWS calls the figure cumulative.
        """
        return self.metric("DurableExecutionOperations", **options)

    def metric_durable_execution_storage_written_bytes(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the bytes written by one execution, at most 100 MB (``DurableExecutionStorageWrittenBytes``).

        UNCONFIRMED: that each data point is one execution's running total. AWS calls the figure cumulative.
        """
        return self.metric("DurableExecutionStorageWrittenBytes", **options)

    def metric_approximate_running_durable_executions(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the running executions of the account and Region (``ApproximateRunningDurableExecutions``).

        UNCONFIRMED: that it has no dimension and is not also published for each function.
        """
        return self.metric("ApproximateRunningDurableExecutions", **options)

    def metric_approximate_running_durable_executions_utilization(
        self, **options: Unpack[MetricOptions]
    ) -> cloudwatch.Metric:
        """Measure the used percentage of the quota (``ApproximateRunningDurableExecutionsUtilization``).

        The account's quota of running executions is a million and can be raised. UNCONFIRMED: that the metric has no
        dimension.
        """
        return self.metric("ApproximateRunningDurableExecutionsUtilization", **options)

    def metric_execution_environment_concurrency(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the invocations that ran at once in an execution environment (``ExecutionEnvironmentConcurrency``)."""
        return self.metric("ExecutionEnvironmentConcurrency", **options)

    def metric_execution_environment_concurrency_limit(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the invocations that an environment may run at once (``ExecutionEnvironmentConcurrencyLimit``)."""
        return self.metric("ExecutionEnvironmentConcurrencyLimit", **options)

    def metric_execution_environment_cpu_utilization(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Measure the percentage of CPU that the environments use (``ExecutionEnvironmentCPUUtilization``)."""
        return self.metric("ExecutionEnvironmentCPUUtilization", **options)

    def metric_execution_environment_memory_utilization(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Measure the percentage of memory that the environments use (``ExecutionEnvironmentMemoryUtilization``)."""
        return self.metric("ExecutionEnvironmentMemoryUtilization", **options)

    def metric_invocations(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the invocations, of which one execution has several (``Invocations``)."""
        return self.metric("Invocations", **options)

    def metric_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the invocations that ended with an error (``Errors``); executions have ``DurableExecutionFailed``."""
        return self.metric("Errors", **options)

    def metric_duration(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Measure the milliseconds of one invocation (``Duration``); executions have ``DurableExecutionDuration``."""
        return self.metric("Duration", **options)

    def metric_throttles(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the invocations that Lambda throttled (``Throttles``)."""
        return self.metric("Throttles", **options)

    def metric_concurrency_throttles(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the throttles for lack of a free process (``ConcurrencyThrottles``; UNCONFIRMED: the dimensions)."""
        return self.metric("ConcurrencyThrottles", **options)

    def metric_cpu_throttles(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the throttles for lack of CPU (``CPUThrottles``; UNCONFIRMED: the dimensions)."""
        return self.metric("CPUThrottles", **options)

    def metric_memory_throttles(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the throttles for lack of memory (``MemoryThrottles``; UNCONFIRMED: the dimensions)."""
        return self.metric("MemoryThrottles", **options)

    def metric_disk_throttles(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Count the throttles for lack of disk (``DiskThrottles``; UNCONFIRMED: the dimensions)."""
        return self.metric("DiskThrottles", **options)

    def _dimensions(self, metric_name: str, scope: _Scope) -> dict[str, str]:
        if scope is _Scope.ACCOUNT:
            return {}
        function = {"FunctionName": self.metric_function_name}
        if scope is _Scope.FUNCTION:
            return function
        capacity_provider = self.metric_capacity_provider_name
        if capacity_provider is None:
            msg = (
                f"capacity_provider_name must be known for the metric {metric_name}, got none: import the function "
                "with from_attributes(..., capacity_provider_name=...)"
            )
            raise ValueError(msg)
        return {"CapacityProviderName": capacity_provider, **function}
