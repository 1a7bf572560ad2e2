"""Whole templates of the constructs: the least and the most that can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from durable_mi_constructs import (
    CapacityScaling,
    DeadLetters,
    DurableExecutionStatus,
    DurableManagedFunction,
    Egress,
    FunctionLogging,
    FunctionSettings,
    ManagedCapacity,
    ManagedNetwork,
)
from durable_mi_constructs.testing import stable_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aws_cdk.assertions import Template
    from syrupy.assertion import SnapshotAssertion

    from tests.conftest import Resources

LAYER = "arn:aws:lambda:eu-central-1:111122223333:layer:shared:7"
SIGNING = "arn:aws:lambda:eu-central-1:111122223333:code-signing-config:csc-0123456789abcdef0"
CODE = "def handler(event, context): ..."


def test_minimal(
    strict_stack: Callable[..., cdk.Stack],
    synthesize: Callable[[cdk.Stack], Resources],
    stack_snapshot: SnapshotAssertion,
) -> None:
    """One function with the required arguments."""
    stack = strict_stack()
    DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        execution_timeout=cdk.Duration.hours(1),
    )

    assert synthesize(stack).template == stack_snapshot


def test_everything(
    strict_stack: Callable[..., cdk.Stack],
    synthesize: Callable[[cdk.Stack], Resources],
    stack_snapshot: SnapshotAssertion,
) -> None:
    """Every argument that can be combined, three functions on one capacity."""
    stack = strict_stack(cdk.Environment(account="111122223333", region="eu-central-1"))
    capacity = ManagedCapacity(
        stack,
        "Capacity",
        network=ManagedNetwork(
            stack,
            "Network",
            egress=Egress.PRIVATE,
            endpoints=[ec2.InterfaceVpcEndpointAwsService.SQS, ec2.GatewayVpcEndpointAwsService.S3],
        ),
        architecture=lambda_.Architecture.X86_64,
        max_vcpus=64,
        allowed_instance_types=["m7i.*", "c7i.2xlarge"],
        scaling=CapacityScaling.target_cpu_utilization(60),
        kms_key=kms.Key(stack, "VolumeKey", enable_key_rotation=True),
        propagate_tags={"Team": "orders"},
        system_log_group=logs.LogGroup(stack, "SystemLogs", retention=logs.RetentionDays.ONE_WEEK),
        system_log_level=lambda_.SystemLogLevel.WARN,
    )
    key = kms.Key(stack, "PayloadKey", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", enforce_ssl=True)
    workflow = DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        execution_timeout=cdk.Duration.days(366),
        runtime=lambda_.Runtime.PYTHON_3_14,
        memory_size=cdk.Size.gibibytes(16),
        memory_gib_per_vcpu=8,
        timeout=cdk.Duration.minutes(90),
        retention_period=cdk.Duration.days(90),
        encryption_key=key,
        environment={"TABLE_NAME": "orders"},
        description="Orders",
        max_concurrency=4,
        min_execution_environments=3,
        max_execution_environments=12,
        tracing=lambda_.Tracing.ACTIVE,
        capacity=capacity,
        role=iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        log_group=logs.LogGroup(stack, "Logs", retention=logs.RetentionDays.ONE_MONTH),
        logging=FunctionLogging(application_log_level=lambda_.ApplicationLogLevel.DEBUG),
        settings=FunctionSettings(
            layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)],
            environment_encryption=key,
            ephemeral_storage_size=cdk.Size.gibibytes(2),
            runtime_management_mode=lambda_.RuntimeManagementMode.FUNCTION_UPDATE,
            code_signing_config=lambda_.CodeSigningConfig.from_code_signing_config_arn(stack, "Signing", SIGNING),
            tags={"Team": "orders"},
        ),
    )
    invoices = DurableManagedFunction(
        stack,
        "Invoices",
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        execution_timeout=cdk.Duration.minutes(10),
        capacity=capacity,
        dead_letters=DeadLetters.to_topic(topic),
        logging=FunctionLogging(retention=logs.RetentionDays.ONE_WEEK),
    )
    DurableManagedFunction(
        stack,
        "Image",
        code=lambda_.Code.from_ecr_image(ecr.Repository.from_repository_name(stack, "Repository", "orders")),
        handler=lambda_.Handler.FROM_IMAGE,
        execution_timeout=cdk.Duration.hours(1),
        capacity=capacity,
        dead_letters=DeadLetters.discard(),
    )
    workflow.monitor(actions=[actions.SnsAction(topic)])
    workflow.on_status_change(
        "Failed", statuses=[DurableExecutionStatus.FAILED], target=targets.SnsTopic(topic, authorize_using_role=True)
    )
    invoices.grants.chained_invoke(workflow)

    assert synthesize(stack).template == stack_snapshot


def test_code_does_not_move_a_snapshot(
    strict_stack: Callable[..., cdk.Stack],
    synthesize: Callable[[cdk.Stack], Resources],
    tmp_path: Path,
) -> None:
    """Other code gives another asset and another version, and the snapshot sees neither."""
    templates: list[Template] = []
    for code in (CODE, f"{CODE}  # changed"):
        (tmp_path / "index.py").write_text(code)
        stack = strict_stack()
        workflow = DurableManagedFunction(
            stack,
            "Workflow",
            code=lambda_.Code.from_asset(str(tmp_path)),
            handler="index.handler",
            execution_timeout=cdk.Duration.hours(1),
        )
        cdk.CfnOutput(stack, "Version", value=workflow.version.version)
        templates.append(synthesize(stack).template)

    first, second = templates
    assert first.to_json() != second.to_json()
    assert stable_text(first) == stable_text(second)
