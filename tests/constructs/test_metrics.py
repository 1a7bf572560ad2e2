"""Metrics: the official name, statistic and dimensions of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction

FUNCTION = {"FunctionName"}
ENVIRONMENT = {"FunctionName", "CapacityProviderName"}
METRICS = [
    ("metric_durable_execution_started", "DurableExecutionStarted", "Sum", FUNCTION),
    ("metric_durable_execution_succeeded", "DurableExecutionSucceeded", "Sum", FUNCTION),
    ("metric_durable_execution_failed", "DurableExecutionFailed", "Sum", FUNCTION),
    ("metric_durable_execution_timed_out", "DurableExecutionTimedOut", "Sum", FUNCTION),
    ("metric_durable_execution_stopped", "DurableExecutionStopped", "Sum", FUNCTION),
    ("metric_durable_execution_duration", "DurableExecutionDuration", "Average", FUNCTION),
    ("metric_durable_execution_operations", "DurableExecutionOperations", "Maximum", FUNCTION),
    (
        "metric_durable_execution_storage_written_bytes",
        "DurableExecutionStorageWrittenBytes",
        "Maximum",
        FUNCTION,
    ),
    ("metric_approximate_running_durable_executions", "ApproximateRunningDurableExecutions", "Maximum", set()),
    (
        "metric_approximate_running_durable_executions_utilization",
        "ApproximateRunningDurableExecutionsUtilization",
        "Maximum",
        set(),
    ),
    ("metric_execution_environment_concurrency", "ExecutionEnvironmentConcurrency", "Maximum", ENVIRONMENT),
    ("metric_execution_environment_concurrency_limit", "ExecutionEnvironmentConcurrencyLimit", "Maximum", ENVIRONMENT),
    ("metric_execution_environment_cpu_utilization", "ExecutionEnvironmentCPUUtilization", "Average", ENVIRONMENT),
    (
        "metric_execution_environment_memory_utilization",
        "ExecutionEnvironmentMemoryUtilization",
        "Average",
        ENVIRONMENT,
    ),
    ("metric_invocations", "Invocations", "Sum", FUNCTION),
    ("metric_errors", "Errors", "Sum", FUNCTION),
    ("metric_duration", "Duration", "Average", FUNCTION),
    ("metric_throttles", "Throttles", "Sum", FUNCTION),
    ("metric_concurrency_throttles", "ConcurrencyThrottles", "Sum", FUNCTION),
    ("metric_cpu_throttles", "CPUThrottles", "Sum", FUNCTION),
    ("metric_memory_throttles", "MemoryThrottles", "Sum", FUNCTION),
    ("metric_disk_throttles", "DiskThrottles", "Sum", FUNCTION),
]


@pytest.fixture(scope="module")
def made(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> DurableManagedFunction:
    """Return a function whose metrics are asked for."""
    return workflow(strict_stack())


@pytest.mark.parametrize(("method", "name", "statistic", "dimensions"), METRICS, ids=[name for _, name, *_ in METRICS])
def test_metric(made: DurableManagedFunction, method: str, name: str, statistic: str, dimensions: set[str]) -> None:
    """The method and the name lead to the same metric, every five minutes."""
    values = {"FunctionName": made.function.function_name, "CapacityProviderName": made.capacity.capacity_provider_name}
    for metric in (getattr(made, method)(), made.metric(name)):
        assert "AWS/Lambda" == metric.namespace
        assert metric.metric_name == name
        assert metric.statistic == statistic
        assert 5 == metric.period.to_minutes()
        assert (metric.dimensions or {}) == {dimension: values[dimension] for dimension in dimensions}


def test_every_method_is_listed(made: DurableManagedFunction) -> None:
    """The table above is complete."""
    methods = {name for name in dir(made) if name.startswith("metric_")}

    assert methods - {"metric_function_name", "metric_capacity_provider_name"} == {method for method, *_ in METRICS}


def test_options(made: DurableManagedFunction) -> None:
    """Whatever the method chose can be chosen otherwise, dimensions included."""
    metric = made.metric_durable_execution_duration(
        period=cdk.Duration.minutes(1), statistic="p99", label="slowest", color="#112233", dimensions_map={"A": "b"}
    )

    assert 60 == metric.period.to_seconds()
    assert "p99" == metric.statistic
    assert ("slowest", "#112233", {"A": "b"}) == (metric.label, metric.color, metric.dimensions)


def test_unknown_name_is_a_count_of_the_function(made: DurableManagedFunction) -> None:
    """A metric that AWS adds later can be had at once."""
    metric = made.metric("DurableExecutionPaused")

    assert ("DurableExecutionPaused", "Sum") == (metric.metric_name, metric.statistic)
    assert {"FunctionName": made.function.function_name} == metric.dimensions
