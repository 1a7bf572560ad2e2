"""The mistakes that CDK, cfn-lint and cdk-nag let pass, synthesized with CDK's own constructs and caught."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template as Synthesized

from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check

if TYPE_CHECKING:
    from collections.abc import Callable


def function(stack: cdk.Stack, **options: Any) -> lambda_.Function:
    """Return a durable function with inline code."""
    options = {
        "code": lambda_.Code.from_inline("def handler(event, context): ..."),
        "handler": "index.handler",
        "runtime": lambda_.Runtime.PYTHON_3_13,
        "durable_config": lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(15)),
        **options,
    }
    return lambda_.Function(stack, "Function", **options)


def capacity(stack: cdk.Stack, vpc: ec2.IVpc | None = None) -> lambda_.CapacityProvider:
    """Return a capacity provider for arm64 in imported subnets, or in the isolated ones of a VPC."""
    names = ("a", "b", "c")
    imported: list[ec2.ISubnet] = [ec2.Subnet.from_subnet_id(stack, name, f"subnet-{name}") for name in names]
    return lambda_.CapacityProvider(
        stack,
        "Capacity",
        architectures=[lambda_.Architecture.ARM_64],
        subnets=imported if vpc is None else vpc.isolated_subnets,
        security_groups=[ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-a")],
    )


def managed(stack: cdk.Stack, *, vpc: ec2.IVpc | None = None, **options: Any) -> lambda_.Function:
    """Return the same on managed instances."""
    options = {"architecture": lambda_.Architecture.ARM_64, "memory_size": 4096, **options}
    made = function(stack, **options)
    capacity(stack, vpc).add_function(made)
    return made


def isolated_vpc(stack: cdk.Stack) -> ec2.Vpc:
    """Return a VPC without a way out."""
    subnets = ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    return ec2.Vpc(stack, "Vpc", nat_gateways=0, subnet_configuration=[subnets])


def schedule(target: lambda_.IFunction) -> None:
    """Put an EventBridge rule on a function."""
    rule = events.Rule(cdk.Stack.of(target), "Rule", schedule=events.Schedule.rate(cdk.Duration.hours(1)))
    rule.add_target(targets.LambdaFunction(target))


def destroyed() -> lambda_.VersionOptions:
    """Return what makes an update delete the version before."""
    return lambda_.VersionOptions(removal_policy=cdk.RemovalPolicy.DESTROY)


def own_role(stack: cdk.Stack) -> iam.Role:
    """Return a role that may write logs, and no more."""
    basic = iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaBasicExecutionRole")
    return iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), managed_policies=[basic])


MISTAKES: dict[str, tuple[str, Callable[[cdk.Stack], object]]] = {
    "an x86_64 function on arm64 instances": (
        "DMI101",
        lambda stack: managed(stack, architecture=lambda_.Architecture.X86_64),
    ),
    "vpc on a function that has a capacity provider": (
        "DMI202",
        lambda stack: capacity(stack).add_function(
            function(
                stack,
                architecture=lambda_.Architecture.ARM_64,
                memory_size=4096,
                vpc=isolated_vpc(stack),
                vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            )
        ),
    ),
    "128 MB on managed instances": ("DMI102", lambda stack: managed(stack, memory_size=128)),
    "python3.11 on a durable function": (
        "DMI201",
        lambda stack: function(stack, runtime=lambda_.Runtime.PYTHON_3_11),
    ),
    "python3.9 on a durable function": (
        "DMI201",
        lambda stack: function(stack, runtime=lambda_.Runtime.PYTHON_3_9),
    ),
    "a rule on the unqualified function": ("DMI401", lambda stack: schedule(function(stack))),
    "a rule on the unqualified function, on managed instances": ("DMI401", lambda stack: schedule(managed(stack))),
    "a URL of the unqualified function": ("DMI407", lambda stack: function(stack).add_function_url()),
    "isolated subnets without a lambda endpoint": ("DMI501", lambda stack: managed(stack, vpc=isolated_vpc(stack))),
    "a version that an update deletes": (
        "DMI701",
        lambda stack: managed(stack, current_version_options=destroyed()).current_version,
    ),
    "reserved concurrency on managed instances": (
        "DMI204",
        lambda stack: managed(stack, reserved_concurrent_executions=5),
    ),
    "a role of one's own without checkpoints": ("DMI601", lambda stack: managed(stack, role=own_role(stack))),
}


@pytest.mark.parametrize(("rule_id", "build"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_that_nothing_else_catches_is_caught(rule_id: str, build: Callable[[cdk.Stack], object]) -> None:
    """With the right rule."""
    stack = cdk.Stack(cdk.App(), "Mistake")
    build(stack)
    content = Synthesized.from_stack(stack).to_json()
    places = check(Template.of_content(content, Path("Mistake.template.json"))).places

    assert rule_id in {place.rule.id for place in places}


def test_the_same_done_right_gives_nothing() -> None:
    """An alias of a retained version, a schedule on it, and a role that CDK makes."""
    stack = cdk.Stack(cdk.App(), "Right")
    made = managed(stack, current_version_options=lambda_.VersionOptions(removal_policy=cdk.RemovalPolicy.RETAIN))
    schedule(lambda_.Alias(stack, "Alias", alias_name="live", version=made.current_version))
    content = Synthesized.from_stack(stack).to_json()

    assert () == check(Template.of_content(content, Path("Right.template.json"))).places
