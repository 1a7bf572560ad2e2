"""Alarms and a dashboard for one durable function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from durable_mi import limits
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes, takes_fields
from durable_mi_constructs.monitoring.dashboard import dashboard_widgets
from durable_mi_constructs.monitoring.metrics import DurableManagedFunctionMetrics
from durable_mi_constructs.monitoring.release_metrics import ReleaseMetrics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_sqs as sqs

__all__ = ["ALARM_ACTIONS", "THRESHOLDS", "AlarmThresholds", "DurableManagedFunctionMonitoring"]

ALARM_ACTIONS: Final = kinds.ListOf(
    kinds.instance(
        cloudwatch.IAlarmAction,
        fix="wrap what gets the alarms, such as aws_cloudwatch_actions.SnsAction(topic)",
    )
)
"""The kind of ``actions``."""

_NEAR: Final = 0.8
_RELEASE_METRICS: Final = kinds.instance(ReleaseMetrics, fix="call workflow.monitor(...), which passes its own")
_METRICS: Final = kinds.instance(DurableManagedFunctionMetrics, fix="call workflow.monitor(...), which passes its own")


@takes_fields(
    failed=kinds.NUMBER,
    timed_out=kinds.NUMBER,
    throttles=kinds.NUMBER,
    dead_letters=kinds.NUMBER,
    running_percent=kinds.NUMBER,
    operations=kinds.NUMBER,
    storage_bytes=kinds.NUMBER,
    memory_percent=kinds.NUMBER,
    cpu_percent=kinds.NUMBER,
    versions=kinds.NUMBER,
    woken_versions=kinds.NUMBER,
    stuck_versions=kinds.NUMBER,
    release_failures=kinds.NUMBER,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmThresholds:
    """Thresholds of the alarms, over five minutes. ``None`` creates no such alarm.

    Attributes:
        failed: Executions that failed. Defaults to 1.
        timed_out: Executions that reached their execution timeout. Defaults to 1.
        throttles: Invocations that were throttled. Defaults to 1.
        dead_letters: Messages in the dead-letter queue. Defaults to 1. There is no such alarm without a queue.
        running_percent: Percentage of the account's quota of running executions, which all functions of the account
            share. Defaults to 80.
        operations: Operations of one execution, which ends at 3,000. Defaults to 2,400.
        storage_bytes: Bytes written by one execution, which ends at 100 MB. Defaults to 80 MB.
        memory_percent: Average memory of the execution environments, for three periods in a row. Defaults to 90.
        cpu_percent: Average CPU of the execution environments, for three periods in a row. Defaults to 90.
        versions: Versions of all functions on the capacity provider, of 100 that it can have. Defaults to 80. There is
            no such alarm, and none of the next three, for a function whose old versions do not drain.
        woken_versions: Versions that were turned off and on which an execution was found. Defaults to 1.
        stuck_versions: Versions that drain for longer than an execution can take, or that do not start again.
            Defaults to 1.
        release_failures: What failed in the best pass of the janitor within an hour. No pass within an hour raises the
            alarm too, so it is on in the minutes from the first deployment to the first pass. Defaults to 1.

    Raises:
        ValueError: A threshold is no number, not above 0, or one can never be reached.
    """

    failed: float | None = 1
    timed_out: float | None = 1
    throttles: float | None = 1
    dead_letters: float | None = 1
    running_percent: float | None = 80
    operations: float | None = _NEAR * limits.MAX_OPERATIONS
    storage_bytes: float | None = _NEAR * limits.MAX_STORAGE_WRITTEN_BYTES
    memory_percent: float | None = 90
    cpu_percent: float | None = 90
    versions: float | None = _NEAR * limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER
    woken_versions: float | None = 1
    stuck_versions: float | None = 1
    release_failures: float | None = 1

    def __post_init__(self) -> None:
        """Check each threshold that is not a token."""
        for name, most in (
            ("failed", None),
            ("timed_out", None),
            ("throttles", None),
            ("dead_letters", None),
            ("running_percent", 100),
            ("operations", limits.MAX_OPERATIONS),
            ("storage_bytes", limits.MAX_STORAGE_WRITTEN_BYTES),
            ("memory_percent", 100),
            ("cpu_percent", 100),
            ("versions", limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER),
            ("woken_versions", None),
            ("stuck_versions", None),
            ("release_failures", None),
        ):
            value = getattr(self, name)
            if value is None or cdk.Token.is_unresolved(value):
                continue
            if value <= 0:
                msg = f"{name} must be above 0, got {value}: pass None for no such alarm"
                raise ValueError(msg)
            if most is not None and value > most:
                msg = f"{name} must be at most {most}, got {value}: it would never be reached"
                raise ValueError(msg)


THRESHOLDS: Final = kinds.instance(AlarmThresholds, fix="pass AlarmThresholds(failed=..., timed_out=...)")
"""The kind of ``thresholds``."""


class DurableManagedFunctionMonitoring(Construct):
    """Alarms and a dashboard, created by ``workflow.monitor(...)``.

    Tree: an alarm for each threshold (``Failed``, ``TimedOut``, ``Throttles``, ``DeadLetters``, ``Running``,
    ``Operations``, ``Storage``, ``Memory``, ``Cpu``, ``Versions``, ``WokenVersions``, ``StuckVersions``,
    ``ReleaseFailures``) and ``Dashboard``.

    Missing data raises no alarm, apart from ``ReleaseFailures``: Lambda publishes no metrics of executions while there
    are none.

    Args:
        scope: The function.
        construct_id: The id in it.
        metrics: The function's metrics. Without the capacity provider's name there are no alarms and graphs of
            execution environments.
        name: The function's name on the dashboard and in the alarms.
        dead_letter_queue: The queue of failed executions' events; ``None`` if there is none.
        release_metrics: The metrics of the function's versions; ``None`` if its old versions do not drain.
        thresholds: Thresholds of the alarms.
        actions: Actions of every alarm.
        dashboard: Whether to create a dashboard.
    """

    @takes(
        scope=kinds.CONSTRUCT,
        construct_id=kinds.CONSTRUCT_ID,
        metrics=_METRICS,
        name=kinds.STRING,
        dead_letter_queue=kinds.QUEUE,
        release_metrics=_RELEASE_METRICS,
        thresholds=THRESHOLDS,
        actions=ALARM_ACTIONS,
        dashboard=kinds.BOOL,
    )
    def __init__(  # noqa: PLR0913 - made in one place
        self,
        scope: Construct,
        construct_id: str,
        *,
        metrics: DurableManagedFunctionMetrics,
        name: str,
        dead_letter_queue: sqs.IQueue | None,
        release_metrics: ReleaseMetrics | None,
        thresholds: AlarmThresholds,
        actions: Sequence[cloudwatch.IAlarmAction],
        dashboard: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name
        self._alarms: dict[str, cloudwatch.Alarm] = {}
        self._alarm_executions(metrics, thresholds)
        self._alarm_limits(metrics, thresholds)
        if metrics.metric_capacity_provider_name is not None:
            self._alarm_environments(metrics, thresholds)
        if release_metrics is not None:
            self._alarm_releases(release_metrics, thresholds)
        if dead_letter_queue is not None:
            waiting = dead_letter_queue.metric_approximate_number_of_messages_visible(statistic="Maximum")
            self._alarm(
                "DeadLetters", waiting, thresholds.dead_letters, "events of failed executions wait in the queue"
            )
        for alarm in self._alarms.values():
            alarm.add_alarm_action(*actions)
        self._dashboard = self._build_dashboard(metrics, dead_letter_queue) if dashboard else None

    @property
    def alarms(self) -> Mapping[str, cloudwatch.Alarm]:
        """The alarms by their ids, such as ``Failed``."""
        return self._alarms

    @property
    def dashboard(self) -> cloudwatch.Dashboard | None:
        """The dashboard, to which you can add widgets; ``None`` without a dashboard."""
        return self._dashboard

    def _alarm_executions(self, metrics: DurableManagedFunctionMetrics, thresholds: AlarmThresholds) -> None:
        self._alarm("Failed", metrics.metric_durable_execution_failed(), thresholds.failed, "executions failed")
        self._alarm(
            "TimedOut",
            metrics.metric_durable_execution_timed_out(),
            thresholds.timed_out,
            "executions reached their execution timeout",
        )
        self._alarm("Throttles", metrics.metric_throttles(), thresholds.throttles, "invocations are turned away")

    def _alarm_limits(self, metrics: DurableManagedFunctionMetrics, thresholds: AlarmThresholds) -> None:
        self._alarm(
            "Running",
            metrics.metric_approximate_running_durable_executions_utilization(),
            thresholds.running_percent,
            "the account comes near its quota of running executions",
        )
        self._alarm(
            "Operations",
            metrics.metric_durable_execution_operations(),
            thresholds.operations,
            f"an execution comes near {limits.MAX_OPERATIONS} operations, where it ends",
        )
        self._alarm(
            "Storage",
            metrics.metric_durable_execution_storage_written_bytes(),
            thresholds.storage_bytes,
            "an execution comes near 100 MB of written data, where it ends",
        )

    def _alarm_environments(self, metrics: DurableManagedFunctionMetrics, thresholds: AlarmThresholds) -> None:
        self._alarm(
            "Memory",
            metrics.metric_execution_environment_memory_utilization(),
            thresholds.memory_percent,
            "the execution environments run short of memory",
            periods=3,
        )
        self._alarm(
            "Cpu",
            metrics.metric_execution_environment_cpu_utilization(),
            thresholds.cpu_percent,
            "the execution environments run short of CPU",
            periods=3,
        )

    def _alarm_releases(self, metrics: ReleaseMetrics, thresholds: AlarmThresholds) -> None:
        most = limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER
        self._alarm(
            "Versions",
            metrics.versions_on_capacity_provider(),
            thresholds.versions,
            f"the capacity provider comes near {most} versions, with which no deployment works",
        )
        self._alarm(
            "WokenVersions",
            metrics.woken_while_parked(),
            thresholds.woken_versions,
            "an execution was found on a version that had been turned off",
        )
        self._alarm(
            "StuckVersions",
            metrics.stuck_versions(),
            thresholds.stuck_versions,
            "an old version does not drain: a person must look at it",
        )
        self._alarm(
            "ReleaseFailures",
            metrics.failures(),
            thresholds.release_failures,
            "the janitor of old versions had no success for an hour",
            missing=cloudwatch.TreatMissingData.BREACHING,
        )

    def _alarm(  # noqa: PLR0913 - what differs from alarm to alarm
        self,
        construct_id: str,
        metric: cloudwatch.Metric,
        threshold: float | None,
        what: str,
        *,
        periods: int = 1,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        if threshold is None:
            return
        self._alarms[construct_id] = metric.create_alarm(
            self,
            construct_id,
            alarm_description=f"{self._name}: {what}",
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=missing,
        )

    def _build_dashboard(
        self, metrics: DurableManagedFunctionMetrics, dead_letter_queue: sqs.IQueue | None
    ) -> cloudwatch.Dashboard:
        rows = dashboard_widgets(metrics, dead_letter_queue=dead_letter_queue, alarms=list(self._alarms.values()))
        return cloudwatch.Dashboard(self, "Dashboard", widgets=rows)
