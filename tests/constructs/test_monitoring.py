"""Alarms and the dashboard."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from durable_mi_constructs import AlarmThresholds, DeadLetters

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resource, Resources

NAMES = [
    "Failed",
    "TimedOut",
    "Throttles",
    "Running",
    "Operations",
    "Storage",
    "Memory",
    "Cpu",
    "DeadLetters",
    "Versions",
    "WokenVersions",
    "StuckVersions",
    "ReleaseFailures",
]


@pytest.fixture(scope="session")
def workflow(draining_workflow: Callable[..., DurableManagedFunction]) -> Callable[..., DurableManagedFunction]:
    """Have a janitor in each stack."""
    return draining_workflow


@pytest.fixture(scope="module")
def monitored(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> tuple[Resources, dict[str, Resource]]:
    """Return a function with all alarms, a topic they go to, and the alarms by name."""
    stack = strict_stack()
    topic = sns.Topic(stack, "Topic", enforce_ssl=True)
    monitoring = workflow(stack).monitor(actions=[actions.SnsAction(topic)])
    ids = {
        name: stack.get_logical_id(cast("cdk.CfnElement", alarm.node.default_child))
        for name, alarm in monitoring.alarms.items()
    }
    resources = synthesize(stack)
    alarms = {alarm.logical_id: alarm for alarm in resources.of_type("AWS::CloudWatch::Alarm")}
    return resources, {name: alarms.pop(logical_id) for name, logical_id in ids.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Failed", ("DurableExecutionFailed", 1, 1, ["FunctionName"])),
        ("TimedOut", ("DurableExecutionTimedOut", 1, 1, ["FunctionName"])),
        ("Throttles", ("Throttles", 1, 1, ["FunctionName"])),
        ("Running", ("ApproximateRunningDurableExecutionsUtilization", 80, 1, [])),
        ("Operations", ("DurableExecutionOperations", 2400, 1, ["FunctionName"])),
        ("Storage", ("DurableExecutionStorageWrittenBytes", 83886080, 1, ["FunctionName"])),
        ("Memory", ("ExecutionEnvironmentMemoryUtilization", 90, 3, ["CapacityProviderName", "FunctionName"])),
        ("Cpu", ("ExecutionEnvironmentCPUUtilization", 90, 3, ["CapacityProviderName", "FunctionName"])),
        ("DeadLetters", ("ApproximateNumberOfMessagesVisible", 1, 1, ["QueueName"])),
        ("Versions", ("VersionsOnCapacityProvider", 80, 1, ["FunctionName", "StackName"])),
        ("WokenVersions", ("WokenWhileParked", 1, 1, ["FunctionName", "StackName"])),
        ("StuckVersions", ("StuckVersions", 1, 1, ["FunctionName", "StackName"])),
        ("ReleaseFailures", ("ReleaseFailures", 1, 1, ["FunctionName", "StackName"])),
    ],
)
def test_alarm(
    monitored: tuple[Resources, dict[str, Resource]], name: str, expected: tuple[str, float, int, list[str]]
) -> None:
    """Each alarm is on its metric, from its threshold on, with the action; no data is one for the janitor alone."""
    resources, alarms = monitored
    properties = alarms[name].properties

    assert expected == (
        properties["MetricName"],
        properties["Threshold"],
        properties["EvaluationPeriods"],
        [dimension["Name"] for dimension in properties.get("Dimensions", [])],
    )
    assert "GreaterThanOrEqualToThreshold" == properties["ComparisonOperator"]
    assert ("breaching" if name == "ReleaseFailures" else "notBreaching") == properties["TreatMissingData"]
    assert (3600 if name == "ReleaseFailures" else 300) == properties["Period"]
    assert [{"Ref": resources.only("AWS::SNS::Topic").logical_id}] == properties["AlarmActions"]
    assert properties["AlarmDescription"].startswith("Orders/Workflow: ")


def test_there_is_no_other_alarm(monitored: tuple[Resources, dict[str, Resource]]) -> None:
    """Twelve thresholds, twelve alarms."""
    resources, alarms = monitored

    assert sorted(NAMES) == sorted(alarms)
    assert len(fields(AlarmThresholds)) == len(resources.of_type("AWS::CloudWatch::Alarm"))


def test_dashboard(monitored: tuple[Resources, dict[str, Resource]]) -> None:
    """One dashboard shows the alarms, all durable metrics and all metrics of execution environments."""
    resources, _ = monitored
    dashboard = resources.only("AWS::CloudWatch::Dashboard").properties
    body = "".join(part if isinstance(part, str) else "x" for part in dashboard["DashboardBody"]["Fn::Join"][1])
    widgets = json.loads(body)["widgets"]
    shown = {metric[1] for widget in widgets for metric in widget["properties"].get("metrics", [])}

    assert "DashboardName" not in dashboard
    assert 13 == len(widgets[0]["properties"]["alarms"])
    assert {
        "DurableExecutionStarted",
        "DurableExecutionSucceeded",
        "DurableExecutionFailed",
        "DurableExecutionTimedOut",
        "DurableExecutionStopped",
        "DurableExecutionDuration",
        "DurableExecutionOperations",
        "DurableExecutionStorageWrittenBytes",
        "ApproximateRunningDurableExecutionsUtilization",
        "ExecutionEnvironmentCPUUtilization",
        "ExecutionEnvironmentMemoryUtilization",
        "ExecutionEnvironmentConcurrency",
        "ExecutionEnvironmentConcurrencyLimit",
        "Throttles",
        "ApproximateNumberOfMessagesVisible",
    } <= shown


def test_alarms_can_be_left_out(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """``None`` makes no alarm, no dead-letter queue makes none for it, and other thresholds are taken."""
    stack = strict_stack()
    none: dict[str, Any] = {field.name: None for field in fields(AlarmThresholds)}
    monitoring = workflow(stack, dead_letters=DeadLetters.discard()).monitor(
        thresholds=AlarmThresholds(**{**none, "failed": 10, "dead_letters": 1}), dashboard=False
    )
    resources = synthesize(stack)

    assert ["Failed"] == list(monitoring.alarms)
    assert monitoring.dashboard is None
    assert 10 == resources.only("AWS::CloudWatch::Alarm").properties["Threshold"]
    assert [] == resources.of_type("AWS::CloudWatch::Dashboard")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"failed": 0}, "failed must be above 0, got 0: pass None for no such alarm"),
        ({"operations": 3001}, "operations must be at most 3000, got 3001"),
        ({"storage_bytes": 104_857_601}, "storage_bytes must be at most 104857600, got 104857601"),
        ({"running_percent": 101}, "running_percent must be at most 100, got 101"),
        ({"memory_percent": 100.5}, r"memory_percent must be at most 100, got 100\.5"),
        ({"cpu_percent": -1}, "cpu_percent must be above 0, got -1"),
    ],
)
def test_rejects_thresholds_that_make_no_alarm(options: dict[str, Any], message: str) -> None:
    """An alarm that is always or never on is a mistake."""
    with pytest.raises(ValueError, match=message):
        AlarmThresholds(**options)


def test_rejects_monitoring_twice(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """There is one set of alarms for a function."""
    made = workflow(strict_stack())
    made.monitor()

    with pytest.raises(ValueError, match="monitor must be called once, got a second call for Orders/Workflow"):
        made.monitor()
