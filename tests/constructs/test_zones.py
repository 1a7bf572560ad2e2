"""The Availability Zones of a new network: by default, by name and by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from durable_mi.cost import NetworkFloor
from durable_mi_constructs import Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Resource, Resources

US_EAST_1 = cdk.Environment(account="111122223333", region="us-east-1")
IDS = ["use1-az1", "use1-az2", "use1-az4"]


def _subnets(resources: Resources) -> list[Resource]:
    provider = resources.only("AWS::Lambda::CapacityProvider")
    return [resources.follow(reference) for reference in provider.properties["VpcConfig"]["SubnetIds"]]


@pytest.mark.parametrize("env", [cdk.Environment(region="us-east-1"), US_EAST_1], ids=["region", "both"])
def test_us_east_1_takes_zones_by_id(
    strict_stack: Callable[..., cdk.Stack],
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
    env: cdk.Environment,
) -> None:
    """No subnet, private or public, can be in use1-az3, whatever its name is in the account."""
    stack = strict_stack(env)
    network = ManagedNetwork(stack, "Network")
    ManagedCapacity(stack, "Capacity", network=network)
    warnings = warnings_of(stack)
    resources = synthesize(stack, lint=env is US_EAST_1)
    zones = [subnet.properties.get("AvailabilityZoneId") for subnet in resources.of_type("AWS::EC2::Subnet")]

    assert {} == warnings
    assert (IDS * 2, IDS) == (zones, [subnet.properties["AvailabilityZoneId"] for subnet in _subnets(resources)])
    assert all("AvailabilityZone" not in subnet.properties for subnet in resources.of_type("AWS::EC2::Subnet"))
    assert 3 == network.zone_count


def test_a_zone_by_id_has_its_name_at_deployment(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]
) -> None:
    """What CDK places by a subnet's zone gets the name that the subnet has."""
    stack = strict_stack(US_EAST_1)
    network = ManagedNetwork(stack, "Network")
    ManagedCapacity(stack, "Capacity", network=network)
    for index, zone in enumerate([network.subnets[0].availability_zone, network.vpc.availability_zones[0]]):
        cdk.CfnOutput(stack, f"Zone{index}", value=zone)
    resources = synthesize(stack, lint=False)
    expected = {"Fn::GetAtt": [_subnets(resources)[0].logical_id, "AvailabilityZone"]}

    assert [expected] * 2 == [resources.json["Outputs"][f"Zone{index}"]["Value"] for index in range(2)]


def test_the_zones_of_before_can_be_kept(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]
) -> None:
    """A deployed stack of us-east-1 keeps its subnets by naming the zones that were the default."""
    stack = strict_stack(US_EAST_1)
    zones = [cdk.Fn.select(index, cdk.Fn.get_azs()) for index in range(3)]
    ManagedCapacity(stack, "Capacity", network=ManagedNetwork(stack, "Network", availability_zones=zones))

    assert [{"Fn::Select": [index, {"Fn::GetAZs": ""}]} for index in range(3)] == [
        subnet.properties["AvailabilityZone"] for subnet in _subnets(synthesize(stack, lint=False))
    ]


@pytest.mark.parametrize(("env", "count"), [(None, 1), (cdk.Environment(region="eu-central-1"), 0), (US_EAST_1, 0)])
def test_a_stack_without_region_says_what_to_do(
    strict_stack: Callable[..., cdk.Stack], env: cdk.Environment | None, count: int
) -> None:
    """An information, not a warning, since it holds for one Region only; zones that are named need none."""
    stack = strict_stack(env)
    ManagedNetwork(stack, "Network")
    ManagedNetwork(stack, "Named", availability_zones=IDS)
    texts = [
        str(entry.data)
        for construct in stack.node.find_all()
        for entry in construct.node.metadata
        if entry.type == "aws:cdk:info"
    ]

    assert count == len(texts)
    assert all("availability_zones=['use1-az1', 'use1-az2', 'use1-az4']" in text for text in texts)


@pytest.mark.parametrize(
    ("options", "floor"),
    [
        ({}, NetworkFloor(nat_gateways=2, endpoint_zones=2)),
        ({"nat_gateways": 1}, NetworkFloor(nat_gateways=1, endpoint_zones=2)),
        ({"egress": Egress.IPV6}, NetworkFloor(interface_endpoints=2, endpoint_zones=2)),
    ],
    ids=["nat", "one", "ipv6"],
)
def test_two_named_zones(
    strict_stack: Callable[..., cdk.Stack],
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
    options: dict[str, Any],
    floor: NetworkFloor,
) -> None:
    """Two are taken, with a warning; each has its subnets, and its NAT gateway where there is one for each."""
    stack = strict_stack(cdk.Environment(region="us-west-1"))
    # By position, since CDK and cfn-lint advise against names.
    zones = [cdk.Fn.select(index, cdk.Fn.get_azs()) for index in range(2)]
    network = ManagedNetwork(stack, "Network", availability_zones=zones, **options)
    ManagedCapacity(stack, "Capacity", network=network)
    warnings = warnings_of(stack)
    resources = synthesize(stack, preflight=["DMI113"], lint=not options)

    assert {"durable-mi:few-availability-zones": "Orders/Network"} == warnings
    assert [stack.resolve(zone) for zone in zones] == [
        subnet.properties["AvailabilityZone"] for subnet in _subnets(resources)
    ]
    assert (2, floor) == (network.zone_count, network.floor)
    assert floor.nat_gateways == len(resources.of_type("AWS::EC2::NatGateway"))


def test_two_zones_by_their_names(
    strict_stack: Callable[..., cdk.Stack], warnings_of: Callable[[cdk.Stack], dict[str, str]]
) -> None:
    """As the warning about the default advises."""
    stack = strict_stack(cdk.Environment(region="us-west-1"))
    network = ManagedNetwork(stack, "Network", availability_zones=["us-west-1a", "us-west-1c"])

    assert {"durable-mi:few-availability-zones": "Orders/Network"} == warnings_of(stack)
    assert ["us-west-1a", "us-west-1c"] == [subnet.availability_zone for subnet in network.subnets]


def test_us_west_1_by_default_warns(
    strict_stack: Callable[..., cdk.Stack], warnings_of: Callable[[cdk.Stack], dict[str, str]]
) -> None:
    """The third zone does not exist there, which the deployment alone would say."""
    stack = strict_stack(cdk.Environment(region="us-west-1"))
    network = ManagedNetwork(stack, "Network")
    (text,) = [str(entry.data) for entry in network.node.metadata if entry.type == "aws:cdk:warning"]

    assert {"durable-mi:two-zone-region": "Orders/Network"} == warnings_of(stack)
    assert "Name your two in availability_zones, such as 'us-west-1a' and 'us-west-1c'." in text


def test_use1_az3_warns(
    strict_stack: Callable[..., cdk.Stack], warnings_of: Callable[[cdk.Stack], dict[str, str]]
) -> None:
    """It was seen to fail in the field, which is no error."""
    stack = strict_stack(US_EAST_1)
    ManagedNetwork(stack, "Network", availability_zones=["use1-az1", "use1-az2", "use1-az3"])

    assert {"durable-mi:zone-without-managed-instances": "Orders/Network"} == warnings_of(stack)


def test_rejects_zones_of_another_region(strict_stack: Callable[..., cdk.Stack]) -> None:
    """The stack's Region is known before the deployment."""
    stack = strict_stack(cdk.Environment(account="111122223333", region="us-east-1"))

    with pytest.raises(ValueError, match=r"^availability_zones must be in the stack's Region us-east-1, got us-west"):
        ManagedNetwork(stack, "Network", availability_zones=["us-east-1a", "us-west-2b"])
