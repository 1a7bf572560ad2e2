"""The metrics that the janitor of a stack writes about a function's versions."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from durable_mi.release import metrics as names

__all__ = ["ReleaseMetrics"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseMetrics:
    """The metrics of one function, which are in its janitor's log.

    Attributes:
        stack_name: The name of the stack with the function and the janitor.
        function_name: The function's name.
    """

    stack_name: str
    function_name: str

    def versions_on_capacity_provider(self) -> cloudwatch.Metric:
        """Count the versions of all functions on the function's capacity provider, of 100 that it can have."""
        return self._metric(names.VERSIONS_ON_PROVIDER, "Maximum")

    def woken_while_parked(self) -> cloudwatch.Metric:
        """Count the versions on which an execution was found although they had been turned off."""
        return self._metric(names.WOKEN_WHILE_PARKED, "Sum")

    def stuck_versions(self) -> cloudwatch.Metric:
        """Count the versions that drain for longer than an execution can take, or that do not start again."""
        return self._metric(names.STUCK_VERSIONS, "Maximum")

    def failures(self) -> cloudwatch.Metric:
        """Count what failed in the best pass of an hour: 0 if one succeeded."""
        return self._metric(names.FAILURES, "Minimum", cdk.Duration.hours(1))

    def _metric(self, name: str, statistic: str, period: cdk.Duration | None = None) -> cloudwatch.Metric:
        values = (self.stack_name, self.function_name)
        return cloudwatch.Metric(
            namespace=names.NAMESPACE,
            metric_name=name,
            dimensions_map=dict(zip(names.DIMENSIONS, values, strict=True)),
            statistic=statistic,
            period=cdk.Duration.minutes(5) if period is None else period,
        )
