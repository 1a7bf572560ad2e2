"""DurableManagedFunction: what it makes and how the parts hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi_constructs import Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resource, Resources


@pytest.fixture(scope="module")
def minimal(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> Resources:
    """Return a function with nothing but the required arguments."""
    stack = strict_stack()
    workflow(stack)
    return synthesize(stack)


@pytest.fixture(scope="module")
def custom(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> Resources:
    """Return a function with every argument set that shows in the template."""
    stack = strict_stack()
    workflow(
        stack,
        runtime=lambda_.Runtime.PYTHON_3_14,
        memory_size=cdk.Size.gibibytes(16),
        memory_gib_per_vcpu=8,
        execution_timeout=cdk.Duration.days(2),
        timeout=cdk.Duration.minutes(5),
        retention_period=cdk.Duration.days(30),
        environment={"TABLE_NAME": "orders"},
        description="Orders",
        max_concurrency=4,
        min_execution_environments=5,
        max_execution_environments=20,
        tracing=lambda_.Tracing.ACTIVE,
        capacity=ManagedCapacity(stack, "Capacity", architecture=lambda_.Architecture.X86_64),
        log_group=logs.LogGroup(stack, "Logs", retention=logs.RetentionDays.ONE_WEEK),
    )
    return synthesize(stack)


def _function(resources: Resources) -> Resource:
    return resources.only("AWS::Lambda::Function")


def test_alias_leads_to_subnets(minimal: Resources) -> None:
    """From the alias one comes by references to version, function, capacity provider and its three subnets."""
    alias = minimal.only("AWS::Lambda::Alias")
    version = minimal.follow(alias.properties["FunctionVersion"])
    function = minimal.follow(version.properties["FunctionName"])
    config = function.properties["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    capacity = minimal.follow(config["CapacityProviderArn"])
    subnets = [minimal.follow(reference) for reference in capacity.properties["VpcConfig"]["SubnetIds"]]

    assert "live" == alias.properties["Name"]
    assert minimal.follow(alias.properties["FunctionName"]) == function
    assert [
        "AWS::Lambda::Version",
        "AWS::Lambda::Function",
        "AWS::Lambda::CapacityProvider",
    ] == [version.type, function.type, capacity.type]
    assert [subnet.properties["AvailabilityZone"] for subnet in subnets] == [
        {"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in range(3)
    ]


def test_defaults(minimal: Resources) -> None:
    """What is left out takes the documented defaults."""
    properties = dict(_function(minimal).properties)
    config = properties["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]

    assert {
        "Architectures": ["arm64"],
        "Handler": "index.handler",
        "MemorySize": 4096,
        "PublishToLatestPublished": False,
        "Runtime": "python3.14",
        "Timeout": 900,
        "DurableConfig": {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 14},
    } == {
        name: properties[name]
        for name in (
            "Architectures",
            "Handler",
            "MemorySize",
            "PublishToLatestPublished",
            "Runtime",
            "Timeout",
            "DurableConfig",
        )
    }
    assert 4 == config["ExecutionEnvironmentMemoryGiBPerVCpu"]
    assert 8 == config["PerExecutionEnvironmentMaxConcurrency"]
    assert {"Environment", "TracingConfig", "FunctionName", "Description", "VpcConfig"}.isdisjoint(properties)


def test_logs_are_json_in_the_own_log_group(minimal: Resources) -> None:
    """The log group is the function's own, is kept, and takes JSON."""
    logging = _function(minimal).properties["LoggingConfig"]
    group = minimal.follow(logging["LogGroup"])

    assert logging == {
        "ApplicationLogLevel": "INFO",
        "LogFormat": "JSON",
        "LogGroup": {"Ref": group.logical_id},
        "SystemLogLevel": "INFO",
    }
    assert "Retain" == group.body["DeletionPolicy"]


def test_version_is_kept_and_scaled(minimal: Resources) -> None:
    """The published version carries its scaling, and stays when the next one is published."""
    version = minimal.only("AWS::Lambda::Version")

    assert {"MinExecutionEnvironments": 3} == version.properties["FunctionScalingConfig"]
    assert ("Retain", "Retain") == (version.body["DeletionPolicy"], version.body["UpdateReplacePolicy"])


def test_version_waits_for_its_permissions(minimal: Resources) -> None:
    """No environment starts before it may checkpoint."""
    [logical_id] = minimal.only("AWS::Lambda::Version").waits_for_permissions
    policy = minimal.json["Resources"][logical_id]

    assert [{"Ref": minimal.follow(_function(minimal).properties["Role"]).logical_id}] == policy["Properties"]["Roles"]
    assert "lambda:CheckpointDurableExecution" in str(policy)


def test_no_second_function_is_made(minimal: Resources) -> None:
    """There is no custom resource, so the only function is the user's."""
    types = {body["Type"] for body in minimal.json["Resources"].values()}

    assert 1 == len(minimal.of_type("AWS::Lambda::Function"))
    assert not [name for name in types if name.startswith(("Custom::", "AWS::CloudFormation::"))]


def test_no_physical_names(minimal: Resources) -> None:
    """CloudFormation chooses the names, so that a replacement never collides."""
    named = [
        (logical_id, name)
        for logical_id, body in minimal.json["Resources"].items()
        for name in ("FunctionName", "CapacityProviderName", "RoleName", "LogGroupName", "GroupName")
        if isinstance(body.get("Properties", {}).get(name), str)
    ]

    assert [] == named


def test_arguments_reach_the_function(custom: Resources) -> None:
    """Each argument is found where CloudFormation has it."""
    function = _function(custom)
    properties = function.properties
    config = properties["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]

    assert "python3.14" == properties["Runtime"]
    assert ["x86_64"] == properties["Architectures"]
    assert 16384 == properties["MemorySize"]
    assert 300 == properties["Timeout"]
    assert {"ExecutionTimeout": 172800, "RetentionPeriodInDays": 30} == properties["DurableConfig"]
    assert {"Variables": {"TABLE_NAME": "orders"}} == properties["Environment"]
    assert "Orders" == properties["Description"]
    assert {"Mode": "Active"} == properties["TracingConfig"]
    assert 8 == config["ExecutionEnvironmentMemoryGiBPerVCpu"]
    assert 4 == config["PerExecutionEnvironmentMaxConcurrency"]
    assert 7 == custom.follow(properties["LoggingConfig"]["LogGroup"]).properties["RetentionInDays"]
    assert [] == [
        group for group in custom.of_type("AWS::Logs::LogGroup") if group.logical_id.startswith("WorkflowLogGroup")
    ]


def test_scaling_reaches_the_version(custom: Resources) -> None:
    """Minimum and maximum stand on the version, where they count, and not on the function."""
    version = custom.only("AWS::Lambda::Version")

    assert version.properties["FunctionScalingConfig"] == {
        "MaxExecutionEnvironments": 20,
        "MinExecutionEnvironments": 5,
    }
    assert "FunctionScalingConfig" not in _function(custom).properties


def test_default_concurrency_follows_vcpus(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Each vCPU brings eight processes."""
    stack = strict_stack()
    workflow(stack, memory_size=cdk.Size.gibibytes(8), memory_gib_per_vcpu=2)
    config = _function(synthesize(stack, lint=False)).properties["CapacityProviderConfig"]

    assert 32 == config["LambdaManagedInstancesCapacityProviderConfig"]["PerExecutionEnvironmentMaxConcurrency"]


def test_default_timeout_is_not_above_execution_timeout(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """A short execution gets an invocation timeout of the same length."""
    stack = strict_stack()
    workflow(stack, execution_timeout=cdk.Duration.seconds(90))

    assert 90 == _function(synthesize(stack, lint=False)).properties["Timeout"]


def test_functions_share_capacity(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Two functions with one capacity are on the same capacity provider."""
    stack = strict_stack()
    capacity = ManagedCapacity(stack, "Capacity")
    first, second = (workflow(stack, name, capacity=capacity) for name in ("Orders", "Invoices"))
    resources = synthesize(stack)

    providers = [
        function.properties["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
        for function in resources.of_type("AWS::Lambda::Function")
    ]
    assert first.capacity is second.capacity
    assert [{"Fn::GetAtt": [resources.only("AWS::Lambda::CapacityProvider").logical_id, "Arn"]}] * 2 == [
        provider["CapacityProviderArn"] for provider in providers
    ]


def test_parts_in_stacks_of_their_own(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Network, capacity and function can be three stacks, deployed in that order."""
    app = strict_app()
    networks, capacities, functions = (cdk.Stack(app, name) for name in ("Networks", "Capacities", "Functions"))
    network = ManagedNetwork(networks, "Network", egress=Egress.PRIVATE)
    capacity = ManagedCapacity(capacities, "Capacity", network=network)
    workflow(functions, capacity=capacity, tracing=lambda_.Tracing.ACTIVE)

    assert 3 == len(synthesize(networks).of_type("AWS::EC2::VPCEndpoint"))
    assert [] == synthesize(functions).of_type("AWS::Lambda::CapacityProvider")
    assert ["Capacities"] == [stack.node.id for stack in functions.dependencies]
    assert ["Networks"] == [stack.node.id for stack in capacities.dependencies]


def test_a_change_of_the_function_publishes_a_version(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """What belongs to a version makes a new one; the scaling of a version changes in place."""
    versions = []
    for options in ({}, {"max_concurrency": 4}, {"min_execution_environments": 6}):
        stack = strict_stack()
        workflow(stack, **options)
        versions.append(synthesize(stack, lint=False).only("AWS::Lambda::Version").logical_id)
    first, with_other_concurrency, with_other_scaling = versions

    assert with_other_concurrency != first
    assert with_other_scaling == first


def test_exposes_what_it_made(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """The parts are CDK's own constructs under the documented ids."""
    stack = strict_stack()
    made = workflow(stack)

    assert {
        "Orders/Workflow/Resource": made.function,
        "Orders/Workflow/Resource/CurrentVersion": made.version,
        "Orders/Workflow/Alias": made.alias,
        "Orders/Workflow/Capacity": made.capacity,
        "Orders/Workflow/Role": made.role,
        "Orders/Workflow/LogGroup": made.log_group,
        "Orders/Workflow/ExecutionPolicy": made.execution_policy,
        "Orders/Workflow/DeadLetterQueue": made.dead_letters.queue,
    } == {
        part.node.path: part
        for part in (
            made.function,
            made.version,
            made.alias,
            cast("Construct", made.capacity),
            made.role,
            made.log_group,
            made.execution_policy,
            cast("sqs.Queue", made.dead_letters.queue),
        )
    }
    assert [
        "Alias",
        "Capacity",
        "DeadLetterQueue",
        "ExecutionPolicy",
        "LogGroup",
        "Resource",
        "Role",
    ] == sorted(child.node.id for child in made.node.children)


def test_uses_the_given_role(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A role that the user brings is the function's role and gets the same permissions."""
    stack = strict_stack()
    role = iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made = workflow(stack, role=role, tracing=lambda_.Tracing.ACTIVE)
    resources = synthesize(stack)
    found = resources.follow(_function(resources).properties["Role"])

    assert made.role is role
    assert [
        "sqs:SendMessage",
        ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
    ] == [statement["Action"] for statement in resources.statements(found)]
