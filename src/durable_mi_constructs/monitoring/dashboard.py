"""The dashboard of a durable function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cloudwatch as cloudwatch

from durable_mi import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sqs as sqs

    from durable_mi_constructs.monitoring.metrics import DurableManagedFunctionMetrics

__all__ = ["dashboard_widgets"]

_WIDTH: Final = 12
_HEIGHT: Final = 6
_PERCENT: Final = cloudwatch.YAxisProps(min=0, max=100, label="percent", show_units=False)
_FROM_ZERO: Final = cloudwatch.YAxisProps(min=0, show_units=False)


def dashboard_widgets(
    metrics: DurableManagedFunctionMetrics,
    *,
    dead_letter_queue: sqs.IQueue | None,
    alarms: Sequence[cloudwatch.IAlarm],
) -> list[list[cloudwatch.IWidget]]:
    """Build the widgets, row by row: alarms, executions, limits, environments, throttles.

    Args:
        metrics: The function's metrics. Without the capacity provider's name the environments are omitted.
        dead_letter_queue: The queue of failed executions' events; ``None`` omits it.
        alarms: The alarms for the first row, which is omitted if there are none.
    """
    rows: list[list[cloudwatch.IWidget]] = []
    if alarms:
        rows.append([cloudwatch.AlarmStatusWidget(alarms=list(alarms), title="Alarms", width=2 * _WIDTH, height=3)])
    rows.append([_executions(metrics), _durations(metrics)])
    rows.append([_operations(metrics), _storage(metrics)])
    if metrics.metric_capacity_provider_name is not None:
        rows.append([_environments(metrics), _concurrency(metrics)])
    rows.append([_throttles(metrics), _running(metrics)])
    if dead_letter_queue is not None:
        waiting = dead_letter_queue.metric_approximate_number_of_messages_visible(statistic="Maximum")
        rows.append([_graph("Events of failed executions in the dead-letter queue", [waiting])])
    return rows


def _executions(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Durable executions",
        [
            metrics.metric_durable_execution_started(label="started"),
            metrics.metric_durable_execution_succeeded(label="succeeded", color=cloudwatch.Color.GREEN),
            metrics.metric_durable_execution_failed(label="failed", color=cloudwatch.Color.RED),
            metrics.metric_durable_execution_timed_out(label="timed out", color=cloudwatch.Color.ORANGE),
            metrics.metric_durable_execution_stopped(label="stopped", color=cloudwatch.Color.GREY),
        ],
    )


def _durations(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Duration of executions, waits included (ms)",
        [
            metrics.metric_durable_execution_duration(statistic=statistic, label=statistic)
            for statistic in ("p50", "p90", "Maximum")
        ],
    )


def _operations(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Operations of one execution",
        [metrics.metric_durable_execution_operations(label="most")],
        limit=limits.MAX_OPERATIONS,
    )


def _storage(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Bytes written by one execution",
        [metrics.metric_durable_execution_storage_written_bytes(label="most")],
        limit=limits.MAX_STORAGE_WRITTEN_BYTES,
    )


def _environments(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Execution environments: CPU and memory",
        [
            metrics.metric_execution_environment_cpu_utilization(label="CPU"),
            metrics.metric_execution_environment_memory_utilization(label="memory"),
        ],
        axis=_PERCENT,
    )


def _concurrency(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Execution environments: invocations at once",
        [
            metrics.metric_execution_environment_concurrency(label="running"),
            metrics.metric_execution_environment_concurrency_limit(label="limit", color=cloudwatch.Color.GREY),
        ],
    )


def _throttles(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Throttles and their reasons",
        [
            metrics.metric_throttles(label="throttles", color=cloudwatch.Color.RED),
            metrics.metric_concurrency_throttles(label="concurrency"),
            metrics.metric_cpu_throttles(label="CPU"),
            metrics.metric_memory_throttles(label="memory"),
            metrics.metric_disk_throttles(label="disk"),
        ],
    )


def _running(metrics: DurableManagedFunctionMetrics) -> cloudwatch.GraphWidget:
    return _graph(
        "Running executions of the account, of its quota",
        [metrics.metric_approximate_running_durable_executions_utilization(label="percent of the quota")],
        axis=_PERCENT,
    )


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    *,
    axis: cloudwatch.YAxisProps = _FROM_ZERO,
    limit: float | None = None,
) -> cloudwatch.GraphWidget:
    lines = [] if limit is None else [cloudwatch.HorizontalAnnotation(value=limit, label="limit")]
    return cloudwatch.GraphWidget(
        title=title, left=list(left), left_y_axis=axis, left_annotations=lines, width=_WIDTH, height=_HEIGHT
    )
