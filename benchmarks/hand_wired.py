"""The resources that the constructs make, wired with CDK's own constructs as someone would who knows what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["hand_wired"]

CODE = "def handler(event, context): ..."


def hand_wired(stack: cdk.Stack, count: int) -> None:
    """Wire functions on one capacity provider.

    Args:
        stack: Where.
        count: How many functions.
    """
    provider = _capacity_provider(stack)
    for number in range(count):
        _function(stack, f"Workflow{number}", provider)


def _capacity_provider(scope: Construct) -> lambda_.CapacityProvider:
    zones = [cdk.Fn.select(number, cdk.Fn.get_azs()) for number in range(3)]
    vpc = ec2.Vpc(scope, "Vpc", availability_zones=zones, restrict_default_security_group=False)
    flow_logs = logs.LogGroup(scope, "FlowLogGroup", retention=logs.RetentionDays.ONE_MONTH)
    vpc.add_flow_log("FlowLogs", destination=ec2.FlowLogDestination.to_cloud_watch_logs(flow_logs))
    group = ec2.SecurityGroup(scope, "SecurityGroup", vpc=vpc, allow_all_outbound=False)
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443))
    system_logs = logs.LogGroup(scope, "SystemLogs")
    role = iam.Role(
        scope,
        "OperatorRole",
        assumed_by=iam.ServicePrincipal(
            "lambda.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}}
        ),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AWSLambdaManagedEC2ResourceOperator")],
        inline_policies={
            "Logs": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                        resources=[system_logs.log_group_arn],
                    )
                ]
            )
        },
    )
    provider = lambda_.CapacityProvider(
        scope,
        "CapacityProvider",
        subnets=vpc.private_subnets,
        security_groups=[group],
        architectures=[lambda_.Architecture.ARM_64],
        operator_role=role,
        log_group=system_logs,
        max_v_cpu_count=15_000,
        scaling_options=lambda_.ScalingOptions.auto(),
    )
    provider.node.add_dependency(vpc.internet_connectivity_established)
    return provider


def _function(scope: Construct, name: str, provider: lambda_.CapacityProvider) -> None:
    role = iam.Role(scope, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log_group = logs.LogGroup(scope, f"{name}Logs")
    dead_letters = sqs.Queue(
        scope,
        f"{name}DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )
    function = lambda_.Function(
        scope,
        name,
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        memory_size=4096,
        timeout=cdk.Duration.minutes(15),
        durable_config=lambda_.DurableConfig(
            execution_timeout=cdk.Duration.hours(1), retention_period=cdk.Duration.days(14)
        ),
        role=role,
        dead_letter_queue=dead_letters,
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        system_log_level_v2=lambda_.SystemLogLevel.INFO,
        current_version_options=lambda_.VersionOptions(
            removal_policy=cdk.RemovalPolicy.RETAIN, min_execution_environments=3
        ),
    )
    provider.add_function(
        function,
        publish_to_latest_published=False,
        per_execution_environment_max_concurrency=8,
        execution_environment_memory_gib_per_v_cpu=4,
    )
    policy = iam.Policy(
        scope,
        f"{name}Policy",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
            ),
            iam.PolicyStatement(
                actions=["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
                resources=[f"{function.function_arn}:*"],
            ),
        ],
    )
    version = function.current_version
    version.node.add_dependency(policy)
    lambda_.Alias(scope, f"{name}Alias", alias_name="live", version=version)
