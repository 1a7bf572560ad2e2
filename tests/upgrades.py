"""Changes to a deployed app, one after the other: what a team alters, and what CloudFormation must then replace.

One table for three readers: the proofs compare the two templates with CloudFormation's schemas, the deploy rehearsal
updates a deployed stack, and `docs/reference/upgrades.md` is generated. An argument of a construct that appears in no
change fails `tests/proofs/test_upgrades.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi_constructs import (
    CapacityScaling,
    DeadLetters,
    DurableManagedFunction,
    Egress,
    FunctionLogging,
    FunctionSettings,
    ManagedCapacity,
    ManagedNetwork,
    Releases,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs import Construct

    Arguments = Callable[[Construct], Mapping[str, Any]]

__all__ = ["CHANGES", "Change", "Shape", "build"]

CODE: Final = "def handler(event, context): ...\nother = handler"
NETWORK: Final = frozenset(
    {
        "AWS::EC2::EIP",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
    }
)
"""What a network with NAT gateways has and one with private egress has under other ids or not at all."""
JANITOR: Final = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
    }
)
"""What the janitor of a stack is made of."""


def _nothing(_scope: Construct) -> Mapping[str, Any]:
    return {}


def _leave(_function: DurableManagedFunction) -> None:
    return


def _given(**options: Any) -> Arguments:
    return lambda _scope: options


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A state of the app: what its three constructs are told beyond the least, and what is done with them.

    Attributes:
        function: Arguments of the `DurableManagedFunction`, made in the stack.
        capacity: Arguments of the `ManagedCapacity`.
        network: Arguments of the `ManagedNetwork`.
        then: What else the app does with the function.
        preflight: Rules of preflight that the shape breaks, since what it leaves out is not the point.
    """

    function: Arguments = _nothing
    capacity: Arguments = _nothing
    network: Arguments = _nothing
    then: Callable[[DurableManagedFunction], object] = _leave
    preflight: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One edit of an app that is deployed.

    Attributes:
        name: What is edited, in the words of the documentation.
        after: The app with the edit.
        before: The app without it; left out: the least that can be asked for.
        replaced: Types of which CloudFormation makes a new resource and deletes the old one, or only deletes it.
            Published versions are not counted: an update publishes a new one and keeps the old.
        publishes: Whether a version is published, on which the next executions start.
        means: What a user should know about it, one sentence for the documentation.
    """

    name: str
    after: Shape
    before: Shape = field(default_factory=Shape)
    replaced: frozenset[str] = frozenset()
    publishes: bool = False
    means: str = ""


def build(scope: Construct, shape: Shape) -> DurableManagedFunction:
    """Make the app: a network, a capacity provider in it, and a durable function on that.

    Args:
        scope: The stack.
        shape: What differs from the least.
    """
    network = ManagedNetwork(scope, "Network", **shape.network(scope))
    capacity = ManagedCapacity(scope, "Capacity", network=network, **shape.capacity(scope))
    function = _function(scope, "Workflow", **{"capacity": capacity, **shape.function(scope)})
    shape.then(function)
    return function


def _function(scope: Construct, construct_id: str, **options: Any) -> DurableManagedFunction:
    return DurableManagedFunction(
        scope,
        construct_id,
        **{
            "code": lambda_.Code.from_inline(CODE),
            "handler": "index.handler",
            "execution_timeout": cdk.Duration.hours(1),
            **options,
        },
    )


def _tag(function: DurableManagedFunction) -> None:
    cdk.Tags.of(cdk.Stack.of(function)).add("team", "orders")


def _second(function: DurableManagedFunction) -> None:
    _function(cdk.Stack.of(function), "Invoices", capacity=function.capacity)


def _log_group(days: logs.RetentionDays) -> Arguments:
    return lambda scope: {"log_group": logs.LogGroup(scope, "Logs", retention=days)}


def _role(scope: Construct) -> Mapping[str, Any]:
    return {"role": iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))}


def _key(argument: str) -> Arguments:
    return lambda scope: {argument: kms.Key(scope, "Key", enable_key_rotation=True)}


def _operator_role(scope: Construct) -> Mapping[str, Any]:
    return {"operator_role": iam.Role(scope, "Operator", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))}


def _system_logs(scope: Construct) -> Mapping[str, Any]:
    return {"system_log_group": logs.LogGroup(scope, "SystemLogs", retention=logs.RetentionDays.ONE_MONTH)}


def _groups(scope: Construct) -> Mapping[str, Any]:
    vpc = ec2.Vpc.from_vpc_attributes(scope, "Known", vpc_id="vpc-0123456789abcdef0", availability_zones=["a"])
    group = ec2.SecurityGroup(scope, "Group", vpc=vpc, allow_all_outbound=False)
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS APIs")
    return {"security_groups": [group]}


def _other_capacity(scope: Construct) -> Mapping[str, Any]:
    return {"capacity": ManagedCapacity(scope, "Other", network=ManagedNetwork(scope, "OtherNetwork"))}


def _zones(*numbers: int) -> Arguments:
    return lambda _scope: {"availability_zones": [cdk.Fn.select(number, cdk.Fn.get_azs()) for number in numbers]}


def _own_vpc(scope: Construct) -> Mapping[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc", nat_gateways=1, restrict_default_security_group=False, **_zones(0, 1, 2)(scope))
    return {"vpc": vpc, "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)}


IN_PLACE: Final = (
    Change(
        name="code",
        after=Shape(function=_given(code=lambda_.Code.from_inline(f"{CODE}  # changed"))),
        publishes=True,
        means="Running executions stay on the version that they started on.",
    ),
    Change(name="handler", after=Shape(function=_given(handler="index.other")), publishes=True),
    Change(
        name="runtime",
        before=Shape(function=_given(runtime=lambda_.Runtime.PYTHON_3_13)),
        after=Shape(function=_given(runtime=lambda_.Runtime.PYTHON_3_14)),
        publishes=True,
    ),
    Change(name="memory", after=Shape(function=_given(memory_size=cdk.Size.gibibytes(8))), publishes=True),
    Change(name="GiB per vCPU", after=Shape(function=_given(memory_gib_per_vcpu=2)), publishes=True),
    Change(name="invocation timeout", after=Shape(function=_given(timeout=cdk.Duration.minutes(5))), publishes=True),
    Change(
        name="execution timeout",
        after=Shape(function=_given(execution_timeout=cdk.Duration.days(2))),
        publishes=True,
        means="Running executions keep the timeout of their version.",
    ),
    Change(
        name="retention of the history",
        after=Shape(function=_given(retention_period=cdk.Duration.days(60))),
        publishes=True,
    ),
    Change(name="environment variable", after=Shape(function=_given(environment={"TABLE": "orders"})), publishes=True),
    Change(name="description", after=Shape(function=_given(description="Orders")), publishes=True),
    Change(name="concurrency", after=Shape(function=_given(max_concurrency=4)), publishes=True),
    Change(
        name="execution environments",
        after=Shape(function=_given(min_execution_environments=4, max_execution_environments=9)),
        means="The scaling of the published version changes; no version is published.",
    ),
    Change(name="tracing", after=Shape(function=_given(tracing=lambda_.Tracing.ACTIVE)), publishes=True),
    Change(
        name="log levels",
        after=Shape(function=_given(logging=FunctionLogging(application_log_level=lambda_.ApplicationLogLevel.DEBUG))),
        publishes=True,
    ),
    Change(
        name="ephemeral storage",
        after=Shape(function=_given(settings=FunctionSettings(ephemeral_storage_size=cdk.Size.gibibytes(2)))),
        publishes=True,
    ),
    Change(
        name="key for the execution payloads",
        after=Shape(function=_key("encryption_key")),
        publishes=True,
        means="New executions use it. If you delete a key, the data encrypted with it is lost.",
    ),
    Change(name="alarms and dashboard", after=Shape(then=lambda function: function.monitor())),
    Change(
        name="log retention",
        before=Shape(function=_log_group(logs.RetentionDays.ONE_MONTH)),
        after=Shape(function=_log_group(logs.RetentionDays.ONE_YEAR)),
    ),
    Change(
        name="removal policies of the log groups",
        after=Shape(
            function=_given(logging=FunctionLogging(removal_policy=cdk.RemovalPolicy.DESTROY)),
            capacity=_given(system_log_removal_policy=cdk.RemovalPolicy.DESTROY),
            network=_given(flow_log_removal_policy=cdk.RemovalPolicy.DESTROY),
        ),
        means="The next deletion of the stack deletes the log groups.",
    ),
    Change(name="tags", after=Shape(then=_tag)),
    Change(
        name="how old versions drain",
        after=Shape(function=_given(releases=Releases.drain(keep=10, schedule="Mo-Fr 07:00-19:00 Europe/Berlin"))),
        means="The next pass of the janitor follows it, for versions that are there already too.",
    ),
    Change(
        name="second function on the capacity provider",
        after=Shape(then=_second),
        means="Its minimum of execution environments must also fit under `max_vcpus`.",
    ),
    Change(
        name="propagated tags",
        after=Shape(capacity=_given(propagate_tags={"team": "orders"})),
        means="Applies to instances that Lambda starts after the update.",
    ),
    Change(
        name="propagated tags of the stack",
        before=Shape(then=_tag),
        after=Shape(capacity=_given(propagate_tags=True), then=_tag),
        means="Applies to instances that Lambda starts after the update, and follows the stack's tags from then on.",
    ),
    Change(
        name="system logs",
        after=Shape(capacity=lambda scope: {**_system_logs(scope), "system_log_level": lambda_.SystemLogLevel.DEBUG}),
    ),
    Change(
        name="a further endpoint",
        after=Shape(network=_given(endpoints=[ec2.GatewayVpcEndpointAwsService.S3])),
    ),
    Change(name="max vCPUs", after=Shape(capacity=_given(max_vcpus=64))),
    Change(name="scaling", after=Shape(capacity=_given(scaling=CapacityScaling.target_cpu_utilization(60)))),
)
"""Changes that leave function, capacity provider and VPC where they are, and remove nothing."""

REPLACING: Final = (
    Change(
        name="architecture",
        after=Shape(capacity=_given(architecture=lambda_.Architecture.X86_64)),
        replaced=frozenset({"AWS::Lambda::CapacityProvider"}),
        publishes=True,
    ),
    Change(
        name="instance types allowed",
        after=Shape(capacity=_given(allowed_instance_types=["m8g.*"])),
        replaced=frozenset({"AWS::Lambda::CapacityProvider"}),
        publishes=True,
    ),
    Change(
        name="instance types excluded",
        after=Shape(capacity=_given(excluded_instance_types=["c8g.*"])),
        replaced=frozenset({"AWS::Lambda::CapacityProvider"}),
        publishes=True,
    ),
    Change(
        name="key for the instances' volumes",
        after=Shape(capacity=_key("kms_key")),
        replaced=frozenset({"AWS::Lambda::CapacityProvider"}),
        publishes=True,
    ),
    Change(
        name="own operator role",
        after=Shape(capacity=_operator_role, preflight=("DMI605",)),
        replaced=frozenset({"AWS::IAM::Role", "AWS::Lambda::CapacityProvider"}),
        publishes=True,
        means="The old capacity provider needs the old role, which CloudFormation deletes: keep it.",
    ),
    Change(
        name="own security groups",
        after=Shape(network=_groups),
        replaced=frozenset({"AWS::EC2::SecurityGroup", "AWS::Lambda::CapacityProvider"}),
        publishes=True,
    ),
    Change(
        name="no flow logs",
        after=Shape(network=_given(flow_logs=False)),
        replaced=frozenset({"AWS::EC2::FlowLog", "AWS::IAM::Policy", "AWS::IAM::Role"}),
        means="The log group with the existing records is retained.",
    ),
    Change(
        name="old versions are kept",
        after=Shape(function=_given(releases=Releases.keep_all())),
        replaced=JANITOR,
        means="The janitor is deleted, and versions stay as they are.",
    ),
    Change(
        name="old versions are replaced",
        after=Shape(function=_given(releases=Releases.replace()), preflight=("DMI701",)),
        replaced=JANITOR,
        means="The janitor is deleted. Versions that are there already stay, apart from the newest one.",
    ),
    Change(
        name="no dead-letter queue",
        after=Shape(function=_given(dead_letters=DeadLetters.discard())),
        replaced=frozenset({"AWS::SQS::Queue", "AWS::SQS::QueuePolicy"}),
        publishes=True,
        means="The queue is deleted with its messages.",
    ),
    Change(
        name="NAT gateways",
        after=Shape(network=_given(nat_gateways=1)),
        replaced=frozenset({"AWS::EC2::EIP", "AWS::EC2::NatGateway"}),
        means="Capacity provider and function stay. The public addresses of the deleted gateways are released.",
    ),
    Change(
        name="zones of the network",
        before=Shape(network=_zones(0, 1, 2)),
        after=Shape(network=_zones(0, 1, 3)),
        replaced=frozenset(
            {
                "AWS::EC2::NatGateway",
                "AWS::EC2::Subnet",
                "AWS::EC2::SubnetRouteTableAssociation",
                "AWS::Lambda::CapacityProvider",
            }
        ),
        means="The new subnet has the address range of the old one, so the update fails: create a new network.",
    ),
    Change(
        name="egress from NAT to private",
        after=Shape(network=_given(egress=Egress.PRIVATE)),
        replaced=NETWORK | {"AWS::Lambda::CapacityProvider"},
        publishes=True,
        means="The VPC stays. The new subnets have the old address ranges, so the update fails: create a new network.",
    ),
    Change(
        name="own VPC",
        after=Shape(network=_own_vpc),
        replaced=NETWORK
        | {
            "AWS::EC2::FlowLog",
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::VPC",
            "AWS::IAM::Policy",
            "AWS::IAM::Role",
            "AWS::Lambda::CapacityProvider",
        },
        publishes=True,
    ),
    Change(
        name="own execution role",
        after=Shape(function=_role),
        replaced=frozenset({"AWS::IAM::Role"}),
        publishes=True,
        means="Only the role that was created for the function is deleted.",
    ),
    Change(
        name="function moved to another capacity provider",
        after=Shape(function=_other_capacity),
        publishes=True,
        means="Lambda changes the capacity provider in place. The old one cannot be deleted while versions are on it.",
    ),
)
"""Changes that replace or remove resources, or move the function, which the documentation warns of."""

CHANGES: Final = IN_PLACE + REPLACING
