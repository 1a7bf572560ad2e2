"""ManagedCapacity: the capacity provider, its role and its scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import CapacityScaling, Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aws_cdk as cdk

    from tests.conftest import Resources


@pytest.fixture(scope="module")
def minimal(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[[cdk.Stack], Resources]) -> Resources:
    """Capacity with no argument at all."""
    stack = strict_stack()
    ManagedCapacity(stack, "Capacity")
    return synthesize(stack)


@pytest.fixture
def properties_with(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[[cdk.Stack], Resources]
) -> Callable[..., Mapping[str, Any]]:
    """Gives the capacity provider's properties for some arguments."""

    def make(**options: Any) -> Mapping[str, Any]:
        stack = strict_stack()
        ManagedCapacity(stack, "Capacity", network=ManagedNetwork(stack, "Network", egress=Egress.PRIVATE), **options)
        return synthesize(stack).only("AWS::Lambda::CapacityProvider").properties

    return make


def test_defaults(minimal: Resources) -> None:
    """Arm instances of Lambda's choice, up to 400 vCPUs, scaled by Lambda."""
    properties = minimal.only("AWS::Lambda::CapacityProvider").properties

    assert properties["InstanceRequirements"] == {"Architectures": ["arm64"]}
    assert properties["CapacityProviderScalingConfig"] == {"MaxVCpuCount": 400, "ScalingMode": "Auto"}
    assert "CapacityProviderName" not in properties


def test_operator_role(minimal: Resources) -> None:
    """Lambda assumes the operator role for this account only, with AWS's policy for the purpose."""
    provider = minimal.only("AWS::Lambda::CapacityProvider")
    role = minimal.follow(provider.properties["PermissionsConfig"]["CapacityProviderOperatorRoleArn"])

    assert role.properties["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ]
    assert role.properties["ManagedPolicyArns"] == [
        {
            "Fn::Join": [
                "",
                ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AWSLambdaManagedEC2ResourceOperator"],
            ]
        }
    ]
    assert minimal.statements(role) == []


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

    assert len(routes) == 3
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

    assert stack.resolve(capacity.capacity_provider_arn) == {"Fn::GetAtt": [logical_id, "Arn"]}
    assert capacity.capacity_provider.node.path == "Orders/Capacity/Resource"
    assert capacity.network.node.path == "Orders/Capacity/Network"
    assert capacity.architecture.name == "arm64"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_vcpus": 1}, "max_vcpus must be a whole number from 2 to 15000, got 1"),
        ({"allowed_instance_types": ["m8g.*"], "excluded_instance_types": ["c8g.*"]}, "must not be given together"),
        ({"allowed_instance_types": []}, "allowed_instance_types must hold 1 to 400"),
        ({"excluded_instance_types": ["m8g_large"]}, "excluded_instance_types must be names such as"),
        ({"architecture": lambda_.Architecture.custom("riscv64")}, "architecture must be arm64 or x86_64, got riscv64"),
    ],
)
def test_rejects(strict_stack: Callable[..., cdk.Stack], options: dict[str, Any], message: str) -> None:
    """What the service would refuse is a `ValueError`."""
    with pytest.raises(ValueError, match=message):
        ManagedCapacity(strict_stack(), "Capacity", **options)


def test_rejects_cpu_target() -> None:
    """A target above 100 percent is refused where it is written."""
    with pytest.raises(ValueError, match="from 0 to 100 percent, got 101"):
        CapacityScaling.target_cpu_utilization(101)
