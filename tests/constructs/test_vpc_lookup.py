"""ManagedNetwork in a VPC by `from_lookup`, before the look-up and after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from durable_mi_constructs import ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs.network.endpoints import AwsService

    Selection = Callable[[ec2.IVpc], ec2.SubnetSelection | None]

ENV = cdk.Environment(account="111122223333", region="eu-central-1")
SELECTIONS: dict[str, Selection] = {
    "default": lambda _vpc: None,
    "group": lambda _vpc: ec2.SubnetSelection(subnet_group_name="app"),
    "group by the VPC": lambda vpc: ec2.SubnetSelection(subnets=vpc.select_subnets(subnet_group_name="app").subnets),
    "zones": lambda _vpc: ec2.SubnetSelection(availability_zones=["eu-central-1a", "eu-central-1b"]),
    "ids": lambda _vpc: ec2.SubnetSelection(subnet_filters=[ec2.SubnetFilter.by_ids(["subnet-0123456789abcdef0"])]),
    "mask": lambda _vpc: ec2.SubnetSelection(subnet_filters=[ec2.SubnetFilter.by_cidr_mask(24)]),
    "ranges": lambda _vpc: ec2.SubnetSelection(subnet_filters=[ec2.SubnetFilter.by_cidr_ranges(["10.0.0.0/16"])]),
    "addresses": lambda _vpc: ec2.SubnetSelection(
        subnet_filters=[ec2.SubnetFilter.contains_ip_addresses(["10.0.0.1"])]
    ),
    "isolated": lambda _vpc: ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, one_per_az=True),
    "public": lambda _vpc: ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
    "its own": lambda vpc: ec2.SubnetSelection(subnets=vpc.private_subnets),
}
ENDPOINTS: list[AwsService] = [ec2.InterfaceVpcEndpointAwsService.LAMBDA_, ec2.GatewayVpcEndpointAwsService.S3]


def _vpc(*groups: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "vpcId": "vpc-0123456789abcdef0",
        "vpcCidrBlock": "10.0.0.0/16",
        "availabilityZones": [],
        "subnetGroups": [
            {
                "name": name,
                "type": kind,
                "subnets": [
                    {
                        "subnetId": f"subnet-0123456789abcde{index}{zone}",
                        "cidr": f"10.0.{index}{number}.0/24",
                        "availabilityZone": f"eu-central-1{zone}",
                        "routeTableId": f"rtb-0123456789abcde{index}{zone}",
                    }
                    for number, zone in enumerate(zones)
                ],
            }
            for index, (name, kind, zones) in enumerate(groups)
        ],
    }


def _capacity(stack: cdk.Stack, select: Selection) -> ManagedNetwork:
    vpc = ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-0123456789abcdef0")
    network = ManagedNetwork(stack, "Network", vpc=vpc, vpc_subnets=select(vpc), endpoints=ENDPOINTS, flow_logs=True)
    ManagedCapacity(stack, "Capacity", network=network)
    assert network.vpc is vpc
    return network


@pytest.fixture
def looked_up(strict_app: Callable[..., cdk.App]) -> Callable[[Selection, dict[str, Any]], ManagedNetwork]:
    """Build a capacity in a VPC that was looked up."""

    def make(select: Selection, found: dict[str, Any]) -> ManagedNetwork:
        probe = cdk.App()
        ec2.Vpc.from_lookup(cdk.Stack(probe, "Orders", env=ENV), "Vpc", vpc_id="vpc-0123456789abcdef0")
        (missing,) = _missing(probe)
        return _capacity(cdk.Stack(strict_app(**{missing["key"]: found}), "Orders", env=ENV), select)

    return make


def _missing(app: cdk.App) -> list[dict[str, Any]]:
    app.synth()
    return list(json.loads((Path(app.outdir) / "manifest.json").read_text()).get("missing", []))


def test_the_first_synthesis_asks_for_the_look_up(
    strict_app: Callable[..., cdk.App], warnings_of: Callable[[cdk.Stack], dict[str, str]]
) -> None:
    """Whatever is selected: no error, no warning about placeholders, and the CDK CLI gets its question."""
    app = strict_app()
    networks = {
        name: _capacity(cdk.Stack(app, f"Orders{number}", env=ENV), select)
        for number, (name, select) in enumerate(SELECTIONS.items())
    }
    states = {
        name: (
            len(network.subnets),
            network.zone_count,
            [warning for warning in warnings_of(cdk.Stack.of(network)) if warning.startswith("durable-mi:")],
        )
        for name, network in networks.items()
    }

    assert ["vpc-provider"] == [entry["provider"] for entry in _missing(app)]
    assert dict.fromkeys(SELECTIONS, (3, None, [])) == states


def test_the_second_synthesis_selects(looked_up: Callable[[Selection, dict[str, Any]], ManagedNetwork]) -> None:
    """With the context the selection holds, and its zones count."""
    network = looked_up(SELECTIONS["group"], _vpc(("data", "Private", "abc"), ("app", "Private", "abc")))

    assert [f"subnet-0123456789abcde1{zone}" for zone in "abc"] == [subnet.subnet_id for subnet in network.subnets]
    assert 3 == network.zone_count


def test_the_second_synthesis_warns(
    looked_up: Callable[[Selection, dict[str, Any]], ManagedNetwork], warnings_of: Callable[[cdk.Stack], dict[str, str]]
) -> None:
    """Few zones and public subnets of the real VPC are warned of."""
    network = looked_up(SELECTIONS["public"], _vpc(("app", "Public", "ab")))

    assert {"durable-mi:few-availability-zones", "durable-mi:public-subnets"} == {
        name for name in warnings_of(cdk.Stack.of(network)) if name.startswith("durable-mi:")
    }


def test_rejects_a_selection_of_nothing_after_the_look_up(
    looked_up: Callable[[Selection, dict[str, Any]], ManagedNetwork],
) -> None:
    """With the context, no subnet is an error again."""
    with pytest.raises(ValueError, match="vpc_subnets must select 1 to 16 subnets, got 0"):
        looked_up(
            lambda _vpc: ec2.SubnetSelection(availability_zones=["eu-central-1z"]), _vpc(("app", "Private", "abc"))
        )


def test_a_vpc_without_subnets_takes_those_that_are_named(strict_stack: Callable[..., cdk.Stack]) -> None:
    """A VPC that was imported by its id alone is no pending one: subnets with their ids are used."""
    stack = strict_stack()
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Own", vpc_id="vpc-0123456789abcdef0", availability_zones=["a"])
    subnets = [ec2.Subnet.from_subnet_id(stack, f"Subnet{number}", f"subnet-0{number}") for number in range(2)]
    network = ManagedNetwork(stack, "Network", vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnets=subnets))

    assert ["subnet-00", "subnet-01"] == [subnet.subnet_id for subnet in network.subnets]
