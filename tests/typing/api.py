"""Uses of the public API. Nothing runs them: `mypy --strict` accepts what is right and refuses what is not.

Each ``type: ignore`` marks a line that must be refused; mypy reports the comment where it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from durable_mi import testing as template_testing
from durable_mi_constructs import (
    AlarmThresholds,
    DeadLetters,
    DurableExecutionStatus,
    DurableManagedFunction,
    DurableManagedFunctionMonitoring,
    FunctionLogging,
    FunctionSettings,
    IDurableManagedFunction,
    ManagedCapacity,
    PythonCode,
    testing,
)
from durable_mi_constructs.testing.snapshot import StackSnapshotExtension

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

HOUR = cdk.Duration.hours(1)


def minimal(stack: cdk.Stack) -> DurableManagedFunction:
    """Return the required arguments."""
    return DurableManagedFunction(
        stack, "Workflow", code=PythonCode.from_project("workflow"), handler="order.handler", execution_timeout=HOUR
    )


def everything(stack: cdk.Stack, queue: sqs.IQueue, key: kms.IKey) -> DurableManagedFunction:
    """Every argument, as an editor offers them."""
    return DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline(""),
        handler="index.handler",
        execution_timeout=cdk.Duration.days(30),
        runtime=lambda_.Runtime.PYTHON_3_14,
        memory_size=cdk.Size.gibibytes(8),
        memory_gib_per_vcpu=8,
        timeout=cdk.Duration.minutes(15),
        retention_period=cdk.Duration.days(30),
        encryption_key=key,
        environment={"TABLE_NAME": "orders"},
        description="Orders",
        max_concurrency=8,
        min_execution_environments=3,
        max_execution_environments=9,
        tracing=lambda_.Tracing.ACTIVE,
        capacity=ManagedCapacity(stack, "Capacity"),
        role=iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        dead_letters=DeadLetters.to_queue(queue),
        log_group=logs.LogGroup(stack, "Logs"),
        logging=FunctionLogging(application_log_level=lambda_.ApplicationLogLevel.WARN),
        settings=FunctionSettings(ephemeral_storage_size=cdk.Size.gibibytes(1), tags={"team": "orders"}),
    )


def parts(workflow: DurableManagedFunction) -> None:
    """Use what the construct gives out."""
    assert_type(workflow.function, lambda_.Function)
    assert_type(workflow.alias, lambda_.Alias)
    assert_type(workflow.execution_policy, iam.Policy)
    assert_type(workflow.dead_letters.queue, sqs.IQueue | None)
    assert_type(workflow.dead_letters.topic, sns.ITopic | None)
    assert_type(workflow.metric_durable_execution_failed(), cloudwatch.Metric)
    assert_type(workflow.metric("Throttles", period=HOUR, statistic="Sum", label="turned away"), cloudwatch.Metric)


def permissions(workflow: DurableManagedFunction, caller: DurableManagedFunction, role: iam.IRole) -> None:
    """Roles, CDK's functions and the construct itself are grantees."""
    assert_type(workflow.grants.start(role), iam.Grant)
    assert_type(workflow.grants.observe(iam.User.from_user_name(workflow, "User", "operator")), iam.Grant)
    assert_type(workflow.grants.operate(role), iam.Grant)
    assert_type(workflow.grants.complete_callbacks(caller.function), iam.Grant)
    assert_type(workflow.grants.chained_invoke(caller.role), iam.Grant)
    caller.alias.grant_invoke(workflow)


def connections(workflow: DurableManagedFunction, database: rds.DatabaseInstance) -> None:
    """Open a database for the construct."""
    database.connections.allow_default_port_from(workflow)
    assert_type(workflow.connections, ec2.Connections)


def imported(stack: cdk.Stack, role: iam.IRole, queue: sqs.IQueue, key: kms.IKey) -> list[IDurableManagedFunction]:
    """Import a function of another app, and take both kinds where one type is asked for."""
    by_arn = DurableManagedFunction.from_function_arn(stack, "Orders", "arn")
    assert_type(by_arn, IDurableManagedFunction)
    assert_type(by_arn.alias, lambda_.IFunction)
    assert_type(by_arn.grants.start(role), iam.Grant)
    assert_type(by_arn.metric_durable_execution_failed(), cloudwatch.Metric)
    assert_type(by_arn.monitor(dashboard=False), DurableManagedFunctionMonitoring)
    with_all = DurableManagedFunction.from_attributes(
        stack,
        "Invoices",
        function_arn="arn",
        alias_name="blue",
        capacity_provider_name="instances",
        encryption_key=key,
        dead_letter_queue=queue,
    )
    return [by_arn, with_all, minimal(stack)]


def watching(workflow: DurableManagedFunction, topic: sns.ITopic) -> None:
    """Alarms, their actions, and events."""
    monitoring = workflow.monitor(
        thresholds=AlarmThresholds(failed=5, throttles=None), actions=[actions.SnsAction(topic)], dashboard=False
    )
    assert_type(monitoring, DurableManagedFunctionMonitoring)
    assert_type(monitoring.dashboard, cloudwatch.Dashboard | None)
    rule = workflow.on_status_change("Ended", statuses=[DurableExecutionStatus.FAILED], target=targets.SnsTopic(topic))
    assert_type(rule, events.Rule)


def tests(
    stack: cdk.Stack, template: dict[str, Any], snapshot: SnapshotAssertion, handler: Callable[[Any, Any], Any]
) -> None:
    """Stacks in one package, templates in the other."""
    testing.assert_durable_ready(stack, ignore=["DMI112"])
    assert_type(testing.stable_text(Template.from_stack(stack)), str)
    assert_type(testing.stable_template(stack), dict[str, Any])
    template_testing.assert_durable_ready(Path("cdk.out/Orders.template.json"), ignore={"DMI112"})
    assert_type(template_testing.stable_text(template), str)
    with template_testing.DurableRunner(timeout_s=30) as runner:
        runner.mock_step("charge", raises=TimeoutError, times=2)
        runner.answer_callback("approval", {"by": "Ana"})
        assert_type(runner.run(handler, {"n": 1}), template_testing.DurableRun)
    report = template_testing.assert_survives_crashes(handler, prepare=template_testing.DurableRunner.clear)
    assert_type(report, template_testing.CrashReport)
    assert_type(report.repeated_without_key, list[str])
    assert_type(snapshot.use_extension(StackSnapshotExtension), "SnapshotAssertion")


def refused(stack: cdk.Stack, vpc: ec2.IVpc, workflow: DurableManagedFunction) -> None:
    """Pass what does not work on managed instances, what nobody knows, and what is of another type."""
    code = lambda_.Code.from_inline("")
    DurableManagedFunction(
        stack,
        "Vpc",
        code=code,
        handler="index.handler",
        execution_timeout=HOUR,
        vpc=vpc,  # type: ignore[arg-type]
    )
    DurableManagedFunction(
        stack,
        "Reserved",
        code=code,
        handler="index.handler",
        execution_timeout=HOUR,
        reserved_concurrent_executions=5,  # type: ignore[arg-type]
    )
    DurableManagedFunction(
        stack,
        "Unknown",
        code=code,
        handler="index.handler",
        execution_timeout=HOUR,
        memory=None,  # type: ignore[arg-type]
    )
    DurableManagedFunction(
        stack,
        "Seconds",
        code=code,
        handler="index.handler",
        execution_timeout=3600,  # type: ignore[arg-type]
    )
    DurableManagedFunction(stack, "NoHandler", code=code, execution_timeout=HOUR)  # type: ignore[call-arg]
    workflow.metric_throttles(perod=HOUR)  # type: ignore[call-arg]
    workflow.on_status_change("Ended", statuses=["FAILED"])  # type: ignore[list-item]
    AlarmThresholds(failure=1)  # type: ignore[call-arg]
    testing.stable_text("Orders")  # type: ignore[arg-type]
    template_testing.stable_text(stack)  # type: ignore[arg-type]
