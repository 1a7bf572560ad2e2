"""The resources that the constructs make, wired with CDK's own constructs as someone would who knows what is needed.

The template is the same but for the names of things, which ``functions.py`` checks: with the routes that instances need
before they start, the permission to send to the dead-letter queue in the role, and the comment for cfn-lint. The rules
that such resources break are acknowledged as the constructs do it, by the same function: CDK's own method takes longer.

What the constructs do beside the template is not here: they check arguments, add up vCPUs and publish a version for
another capacity provider. At the end they check that versions are retained and that the alias comes last.
"""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from durable_mi_constructs.acknowledgements import (
    INLINE_POLICIES,
    LOG_ENCRYPTION,
    OPERATOR_POLICY,
    OWN_VPC,
    acknowledge,
    function_suppressions,
)

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
        _function(stack, Construct(stack, f"Workflow{number}"), provider)


def _capacity_provider(stack: cdk.Stack) -> lambda_.CapacityProvider:
    zones = [cdk.Fn.select(number, cdk.Fn.get_azs()) for number in range(3)]
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        availability_zones=zones,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=18),
            ec2.SubnetConfiguration(
                name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False
            ),
        ],
    )
    acknowledge(vpc, OWN_VPC, INLINE_POLICIES)
    flow_logs = logs.LogGroup(stack, "FlowLogGroup", retention=logs.RetentionDays.ONE_MONTH)
    acknowledge(flow_logs, LOG_ENCRYPTION)
    vpc.add_flow_log("FlowLogs", destination=ec2.FlowLogDestination.to_cloud_watch_logs(flow_logs))
    group = ec2.SecurityGroup(
        stack,
        "SecurityGroup",
        vpc=vpc,
        description="Instances of a Lambda capacity provider",
        allow_all_outbound=False,
    )
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS APIs and HTTPS")
    system_logs = logs.LogGroup(stack, "SystemLogs")
    acknowledge(system_logs, LOG_ENCRYPTION)
    private = vpc.private_subnets
    provider = lambda_.CapacityProvider(
        stack,
        "CapacityProvider",
        subnets=private,
        security_groups=[group],
        architectures=[lambda_.Architecture.ARM_64],
        operator_role=_operator_role(stack, system_logs),
        log_group=system_logs,
        max_v_cpu_count=15_000,
        scaling_options=lambda_.ScalingOptions.auto(),
    )
    # As the constructs mark a capacity provider.
    resource = cast("lambda_.CfnCapacityProvider", provider.node.default_child)
    resource.cdk_tag_manager.set_tag("durable-mi:releases", "capacity")
    # The routes too: the VPC's own `internet_connectivity_established` is the internet gateway alone.
    provider.node.add_dependency(*[subnet.internet_connectivity_established for subnet in private])
    return provider


def _operator_role(stack: cdk.Stack, system_logs: logs.LogGroup) -> iam.Role:
    group_arn = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=system_logs.log_group_name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    write_logs = iam.PolicyStatement(
        sid="WriteSystemLogs",
        actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[group_arn, system_logs.log_group_arn],
    )
    role = iam.Role(
        stack,
        "OperatorRole",
        description="Lets Lambda start and stop the instances of a capacity provider",
        assumed_by=iam.ServicePrincipal(
            "lambda.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
        ),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AWSLambdaManagedEC2ResourceOperator")],
        inline_policies={"Operator": iam.PolicyDocument(statements=[write_logs])},
    )
    acknowledge(role, OPERATOR_POLICY, INLINE_POLICIES)
    return role


def _function(stack: cdk.Stack, scope: Construct, provider: lambda_.CapacityProvider) -> None:
    dead_letters = sqs.Queue(
        scope,
        "DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )
    queue_arn = dead_letters.queue_arn
    send = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue_arn])
    role = iam.Role(
        scope,
        "Role",
        description="Execution role of a durable function on managed instances",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        # Not by `dead_letter_queue=`: CDK would make a policy of it, one resource more for each function.
        inline_policies={"DeadLetters": iam.PolicyDocument(statements=[send])},
    )
    log_group = logs.LogGroup(scope, "Logs")
    function = lambda_.Function(
        scope,
        "Function",
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
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        system_log_level_v2=lambda_.SystemLogLevel.INFO,
        current_version_options=lambda_.VersionOptions(
            removal_policy=cdk.RemovalPolicy.RETAIN, min_execution_environments=3
        ),
    )
    resource = cast("lambda_.CfnFunction", function.node.default_child)
    resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(target_arn=queue_arn)
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
    provider.add_function(
        function,
        publish_to_latest_published=False,
        per_execution_environment_max_concurrency=8,
        execution_environment_memory_gib_per_v_cpu=4,
    )
    policy = iam.Policy(
        scope,
        "Policy",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                sid="WriteLogs",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log_group.log_group_arn],
            ),
            iam.PolicyStatement(
                sid="KeepDurableExecutions",
                actions=["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
                resources=[f"{function.function_arn}:*"],
            ),
        ],
    )
    version = function.current_version
    version.node.add_dependency(policy, dead_letters)
    lambda_.Alias(
        scope,
        "Alias",
        alias_name="live",
        version=version,
        description="The version that new durable executions start on",
    )
    acknowledge(scope, *function_suppressions(stack.get_logical_id(resource), traced=False))
