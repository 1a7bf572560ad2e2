"""ManagedCapacity: the capacity provider, its role and its scaling."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi.prices import US_EAST_1
from durable_mi_constructs import CapacityScaling, Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources


@pytest.fixture(scope="module")
def minimal(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> Resources:
    """Capacity with no argument at all."""
    stack = strict_stack()
    ManagedCapacity(stack, "Capacity")
    return synthesize(stack)


@pytest.fixture
def properties_with(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]
) -> Callable[..., Mapping[str, Any]]:
    """Return the capacity provider's properties for some arguments."""

    def make(**options: Any) -> Mapping[str, Any]:
        stack = strict_stack()
        ManagedCapacity(stack, "Capacity", network=ManagedNetwork(stack, "Network", egress=Egress.PRIVATE), **options)
        return synthesize(stack).only("AWS::Lambda::CapacityProvider").properties

    return make


def test_defaults(minimal: Resources) -> None:
    """Arm instances of Lambda's choice, up to 400 vCPUs, scaled by Lambda."""
    properties = minimal.only("AWS::Lambda::CapacityProvider").properties

    assert {"Architectures": ["arm64"]} == properties["InstanceRequirements"]
    assert {"MaxVCpuCount": 400, "ScalingMode": "Auto"} == properties["CapacityProviderScalingConfig"]
    assert "CapacityProviderName" not in properties


def test_operator_role(minimal: Resources) -> None:
    """Lambda assumes the operator role for this account only, with AWS's policy for the purpose."""
    provider = minimal.only("AWS::Lambda::CapacityProvider")
    role = minimal.follow(provider.properties["PermissionsConfig"]["CapacityProviderOperatorRoleArn"])

    assert [
        {
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ] == role.properties["AssumeRolePolicyDocument"]["Statement"]
    assert [
        {
            "Fn::Join": [
                "",
                ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"],
            ]
        }
    ] == role.properties["ManagedPolicyArns"]
    assert [_write_system_logs(minimal)] == minimal.statements(role)
    assert [
        {
            "PolicyName": "Operator",
            "PolicyDocument": {"Statement": [_write_system_logs(minimal)], "Version": "2012-10-17"},
        }
    ] == role.properties["Policies"]


def _write_system_logs(resources: Resources) -> dict[str, Any]:
    provider = resources.only("AWS::Lambda::CapacityProvider").properties
    group = resources.follow(provider["TelemetryConfig"]["LoggingConfig"]["LogGroup"])
    arn = ["arn:", {"Ref": "AWS::Partition"}, ":logs:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}]
    return {
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Effect": "Allow",
        "Resource": [
            {"Fn::Join": ["", [*arn, ":log-group:", {"Ref": group.logical_id}]]},
            {"Fn::GetAtt": [group.logical_id, "Arn"]},
        ],
        "Sid": "WriteSystemLogs",
    }


def test_system_logs(minimal: Resources) -> None:
    """System logs have a log group of their own, at the level of the service."""
    properties = minimal.only("AWS::Lambda::CapacityProvider").properties
    group = minimal.follow(properties["TelemetryConfig"]["LoggingConfig"]["LogGroup"])

    assert ["LogGroup"] == list(properties["TelemetryConfig"]["LoggingConfig"])
    assert "AWS::Logs::LogGroup" == group.type
    assert {"RetentionInDays": 731} == group.properties
    assert "Retain" == group.body["DeletionPolicy"]


def test_own_system_logs(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """A log group and a level of the user's own, and none is made."""
    stack = strict_stack()
    own = logs.LogGroup.from_log_group_name(stack, "Own", "orders/instances")
    capacity = ManagedCapacity(
        stack, "Capacity", system_log_group=own, system_log_level=lambda_.SystemLogLevel.DEBUG, network=_private(stack)
    )
    resources = synthesize(stack)

    assert capacity.system_log_group is own
    assert resources.only("AWS::Lambda::CapacityProvider").properties["TelemetryConfig"] == {
        "LoggingConfig": {"LogGroup": "orders/instances", "SystemLogLevel": "DEBUG"}
    }
    assert [] == resources.of_type("AWS::Logs::LogGroup")


def test_volume_key(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """The operator role may use the key, through EC2 and for AWS's resources only."""
    stack = strict_stack()
    ManagedCapacity(stack, "Capacity", kms_key=kms.Key(stack, "Key"), network=_private(stack))
    resources = synthesize(stack)
    provider = resources.only("AWS::Lambda::CapacityProvider")
    key = resources.follow(provider.properties["KmsKeyArn"])
    role = resources.follow(provider.properties["PermissionsConfig"]["CapacityProviderOperatorRoleArn"])
    arn = {"Fn::GetAtt": [key.logical_id, "Arn"]}
    via_ec2 = {
        "StringEquals": {"kms:ViaService": {"Fn::Join": ["", ["ec2.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}}
    }

    assert [
        _write_system_logs(resources),
        {
            "Action": [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            "Condition": via_ec2,
            "Effect": "Allow",
            "Resource": arn,
            "Sid": "UseVolumeKey",
        },
        {
            "Action": "kms:CreateGrant",
            "Condition": {**via_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            "Effect": "Allow",
            "Resource": arn,
            "Sid": "GrantVolumeKey",
        },
    ] == role.properties["Policies"][0]["PolicyDocument"]["Statement"]


def test_own_operator_role(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """A role of the user's own may write the system logs before the capacity provider is made."""
    stack = strict_stack()
    role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    capacity = ManagedCapacity(stack, "Capacity", operator_role=role, network=_private(stack))
    # What the role may do besides is its owner's part, and left out here.
    resources = synthesize(stack, preflight=["DMI605"])
    provider = resources.only("AWS::Lambda::CapacityProvider")
    own = resources.follow(provider.properties["PermissionsConfig"]["CapacityProviderOperatorRoleArn"])
    [policy] = [
        policy
        for policy in resources.of_type("AWS::IAM::Policy")
        if {"Ref": own.logical_id} in policy.properties["Roles"]
    ]

    assert capacity.operator_role is role
    assert "ManagedPolicyArns" not in own.properties
    assert [_write_system_logs(resources)] == resources.statements(own)
    assert policy.logical_id in provider.depends_on


def test_immutable_operator_role(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """A role that was imported as immutable stays as it is."""
    stack = strict_stack()
    role = iam.Role.from_role_arn(stack, "Own", "arn:aws:iam::111122223333:role/operator", mutable=False)
    ManagedCapacity(stack, "Capacity", operator_role=role, network=ManagedNetwork(stack, "Network", flow_logs=False))
    resources = synthesize(stack)

    assert [] == resources.of_type("AWS::IAM::Policy")
    assert [] == resources.of_type("AWS::IAM::Role")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"Team": "orders", "Empty": ""}, [{"Key": "Team", "Value": "orders"}, {"Key": "Empty", "Value": ""}]),
        ({str(number): "x" for number in range(40)}, [{"Key": str(number), "Value": "x"} for number in range(40)]),
    ],
    ids=["two", "forty"],
)
def test_propagate_tags(
    properties_with: Callable[..., Mapping[str, Any]], tags: dict[str, str], expected: list[dict[str, str]]
) -> None:
    """Tags go on to what Lambda starts, and are not the capacity provider's own."""
    properties = properties_with(propagate_tags=tags)

    assert {"Mode": "Explicit", "ExplicitTags": expected} == properties["PropagateTags"]
    assert [{"Key": "durable-mi:releases", "Value": "capacity"}] == properties["Tags"]


def test_propagate_no_tags(properties_with: Callable[..., Mapping[str, Any]], minimal: Resources) -> None:
    """An empty mapping switches it off; nothing at all leaves it out of the template."""
    assert {"Mode": "None"} == properties_with(propagate_tags={})["PropagateTags"]
    assert "PropagateTags" not in minimal.only("AWS::Lambda::CapacityProvider").properties


def test_functions_fill_it(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """Functions of two stacks count together up to the last vCPU; the one above it is refused and does not count."""
    app = strict_app()
    stack, other = cdk.Stack(app, "Orders"), cdk.Stack(app, "Invoices")
    capacity = ManagedCapacity(stack, "Capacity", max_vcpus=9)
    workflow(stack, "First", capacity=capacity)
    before = dict(warnings_of(stack))
    workflow(other, "Second", capacity=capacity)

    with pytest.raises(
        ValueError,
        match=r"got Orders/First 3 x 1 vCPU \+ Invoices/Second 3 x 1 vCPU \+ Invoices/Third 2 x 2 vCPU = 10 vCPU "
        r"on Orders/Capacity with max_vcpus=9",
    ):
        workflow(
            other,
            "Third",
            capacity=capacity,
            memory_size=cdk.Size.gibibytes(8),
            min_execution_environments=2,
        )
    workflow(other, "Fourth", capacity=capacity)

    assert {} == before
    assert {"durable-mi:no-room-for-next-version": "Orders/Capacity"} == warnings_of(stack)


def test_unknown_figures_are_not_summed(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """What is known at deployment only, of the functions or of the bound, refuses nothing."""
    stack = strict_stack()
    number = cdk.CfnParameter(stack, "Number", type="Number", default=3)
    token = cast("int", number.value_as_number)
    small = ManagedCapacity(stack, "Small", max_vcpus=3)
    open_ended = ManagedCapacity(stack, "Open", max_vcpus=token)
    workflow(stack, "Orders", capacity=small)
    workflow(stack, "Counted", capacity=small, min_execution_environments=token)
    workflow(stack, "Sized", capacity=small, memory_size=cdk.Size.mebibytes(token))
    workflow(stack, "Off", capacity=small, min_execution_environments=0, max_execution_environments=0)
    workflow(stack, "Many", capacity=open_ended, min_execution_environments=15_000)

    assert "functions whose size is not known at synth (Orders/Counted, Orders/Sized)" in str(small.cost_floor())
    assert 15_000 == open_ended.cost_floor().execution_environments


def test_cost_floor(strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]) -> None:
    """Instances for the attached functions by architecture and filter, and the network that was made."""
    stack = strict_stack()
    capacity = ManagedCapacity(
        stack,
        "Capacity",
        network=_private(stack),
        architecture=lambda_.Architecture.X86_64,
        allowed_instance_types=["m7i.*"],
    )
    workflow(stack, "Orders", capacity=capacity)
    workflow(stack, "Invoices", capacity=capacity, tracing=lambda_.Tracing.ACTIVE)
    made = capacity.cost_floor()

    assert (3, "m7i.xlarge") == (made.instances, made.instance_type)
    assert (6, 6) == (made.execution_environments, made.vcpus)
    assert (0, 3 * 3 * 730) == (made.nat_gateway_hours, made.endpoint_hours)
    assert (made.region, made.prices_as_of) == ("us-east-1", US_EAST_1.as_of)


def test_cost_floor_with_other_prices(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """The table can be replaced."""
    stack = strict_stack()
    made = workflow(stack).capacity.cost_floor(
        dataclasses.replace(US_EAST_1, region="eu-west-1", nat_gateway_hour=1.0, public_ipv4_hour=0.0)
    )

    assert "eu-west-1" == made.region
    assert made.network_usd == made.nat_gateway_hours == 3 * 730


def _private(stack: cdk.Stack) -> ManagedNetwork:
    return ManagedNetwork(stack, "Network", egress=Egress.PRIVATE, flow_logs=False)


def test_waits_for_the_way_out(minimal: Resources) -> None:
    """The routes of all three subnets stand before the capacity provider and fall after it."""
    provider = minimal.only("AWS::Lambda::CapacityProvider")
    tables = {
        association.properties["RouteTableId"]["Ref"]
        for association in minimal.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if association.properties["SubnetId"] in provider.properties["VpcConfig"]["SubnetIds"]
    }
    routes = {
        route.logical_id
        for route in minimal.of_type("AWS::EC2::Route")
        if route.properties["RouteTableId"]["Ref"] in tables
    }

    assert 3 == len(routes)
    assert routes <= set(provider.depends_on)


@pytest.mark.parametrize("count", [2, 11, 12, 15_000])
def test_max_vcpus(properties_with: Callable[..., Mapping[str, Any]], count: int) -> None:
    """The whole range of the service is open, also below the floor of CDK's own construct."""
    assert properties_with(max_vcpus=count)["CapacityProviderScalingConfig"]["MaxVCpuCount"] == count


def test_cpu_target(properties_with: Callable[..., Mapping[str, Any]]) -> None:
    """A CPU target is a scaling policy and needs the manual mode."""
    assert properties_with(scaling=CapacityScaling.target_cpu_utilization(55))["CapacityProviderScalingConfig"] == {
        "MaxVCpuCount": 400,
        "ScalingMode": "Manual",
        "ScalingPolicies": [{"PredefinedMetricType": "LambdaCapacityProviderAverageCPUUtilization", "TargetValue": 55}],
    }


def test_instance_types(properties_with: Callable[..., Mapping[str, Any]]) -> None:
    """Instance types are allowed by name, by wildcard or as CDK's own objects."""
    allowed = properties_with(
        architecture=lambda_.Architecture.X86_64,
        allowed_instance_types=["m7i.*", ec2.InstanceType.of(ec2.InstanceClass.C7I, ec2.InstanceSize.XLARGE2)],
    )

    assert allowed["InstanceRequirements"] == {
        "AllowedInstanceTypes": ["m7i.*", "c7i.2xlarge"],
        "Architectures": ["x86_64"],
    }


def test_excluded_instance_types(properties_with: Callable[..., Mapping[str, Any]]) -> None:
    """Instance types can be excluded instead."""
    assert properties_with(excluded_instance_types=["c8g.*"])["InstanceRequirements"] == {
        "Architectures": ["arm64"],
        "ExcludedInstanceTypes": ["c8g.*"],
    }


def test_exposes_name_and_arn(strict_stack: Callable[..., cdk.Stack]) -> None:
    """Name and ARN are references to the capacity provider."""
    stack = strict_stack()
    capacity = ManagedCapacity(stack, "Capacity")
    logical_id = stack.resolve(capacity.capacity_provider_name)["Ref"]

    assert {"Fn::GetAtt": [logical_id, "Arn"]} == stack.resolve(capacity.capacity_provider_arn)
    assert "Orders/Capacity/Resource" == capacity.capacity_provider.node.path
    assert "Orders/Capacity/Network" == capacity.network.node.path
    assert "arm64" == capacity.architecture.name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_vcpus": 1}, "max_vcpus must be a whole number from 2 to 15000, got 1"),
        ({"allowed_instance_types": ["m8g.*"], "excluded_instance_types": ["c8g.*"]}, "must not be given together"),
        ({"allowed_instance_types": []}, "allowed_instance_types must hold 1 to 400"),
        ({"excluded_instance_types": ["m8g_large"]}, "excluded_instance_types must be names such as"),
        ({"propagate_tags": {"aws:team": "x"}}, "propagate_tags keys must have 1 to 128 characters"),
        ({"architecture": lambda_.Architecture.custom("riscv64")}, "architecture must be arm64 or x86_64, got riscv64"),
    ],
)
def test_rejects(strict_stack: Callable[..., cdk.Stack], options: dict[str, Any], message: str) -> None:
    """What the service would refuse is a `ValueError`."""
    with pytest.raises(ValueError, match=message):
        ManagedCapacity(strict_stack(), "Capacity", **options)


def test_rejects_system_log_group(strict_stack: Callable[..., cdk.Stack]) -> None:
    """A log group that Lambda would leave empty without a word is refused."""
    stack = strict_stack()
    own = logs.LogGroup.from_log_group_name(stack, "Own", "aws/orders")

    with pytest.raises(ValueError, match=r"system_log_group must have a name .*, got 'aws/orders'"):
        ManagedCapacity(stack, "Capacity", system_log_group=own)


def test_rejects_cpu_target() -> None:
    """A target above 100 percent is refused where it is written."""
    with pytest.raises(ValueError, match="from 0 to 100 percent, got 101"):
        CapacityScaling.target_cpu_utilization(101)


def test_an_escape_hatch_that_replaces_it_changes_its_key(strict_stack: Callable[..., cdk.Stack]) -> None:
    """What only reads the resource does not, and neither does what changes in place."""

    def key(change: Callable[[lambda_.CfnCapacityProvider], object]) -> str:
        capacity = ManagedCapacity(strict_stack(), "Capacity")
        change(cast("lambda_.CfnCapacityProvider", capacity.capacity_provider.node.default_child))
        return capacity.replacement_key

    def take_x86(resource: lambda_.CfnCapacityProvider) -> None:
        resource.instance_requirements = lambda_.CfnCapacityProvider.InstanceRequirementsProperty(
            architectures=["x86_64"]
        )

    def take_key(resource: lambda_.CfnCapacityProvider) -> None:
        resource.kms_key_arn = "key"

    def scale(resource: lambda_.CfnCapacityProvider) -> None:
        resource.capacity_provider_scaling_config = CapacityScaling.auto().config(50)

    untouched = key(lambda _: None)
    assert [untouched, untouched] == [key(lambda resource: resource.vpc_config), key(scale)]
    assert 2 == len({key(take_x86), key(take_key)} - {untouched})
