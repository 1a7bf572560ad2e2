"""What the instances reach and what reaches them, from the network as it was deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.reachability import Network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.deploy.account import Account
    from tests.deploy.example import Example
    from tests.deploy.platform import Platform


class Place:
    """Where the instances of a capacity provider stand."""

    def __init__(self, account: Account, capacity_provider: str) -> None:
        found = account.lambda_.get_capacity_provider(CapacityProviderName=capacity_provider)["CapacityProvider"]
        config: Mapping[str, Any] = found["VpcConfig"]
        self.subnets = list(config["SubnetIds"])
        (self.group,) = config["SecurityGroupIds"]
        subnet = account.ec2.describe_subnets(SubnetIds=[self.subnets[0]])["Subnets"][0]
        self.network = Network.read(account.ec2, subnet["VpcId"])
        self.zones = {self.network.subnets[it]["AvailabilityZone"] for it in self.subnets}


@pytest.fixture(scope="module")
def nat(example: Example) -> Place:
    """Return the example's instances: egress by NAT."""
    return Place(example.account, example.outputs["CapacityProviderName"])


@pytest.fixture(scope="module")
def private(platform: Platform) -> Place:
    """Return the platform's instances: private egress."""
    return Place(platform.account, platform.capacity_provider)


def test_instances_stand_in_three_zones(nat: Place, private: Place) -> None:
    """One subnet in each."""
    assert (3, 3) == (len(nat.subnets), len(nat.zones))
    assert (3, 3) == (len(private.subnets), len(private.zones))


def test_lambda_api_is_reached_by_nat(nat: Place) -> None:
    """From each subnet, on 443: the API's public address, by the NAT gateway and the internet gateway behind it."""
    assert [True] * 3 == [nat.network.reaches_internet(subnet, nat.group, 443) for subnet in nat.subnets]


@pytest.mark.parametrize("service", ["lambda", "logs"])
def test_api_is_reached_by_its_endpoint(service: str, private: Place) -> None:
    """From each subnet, on 443, by the API's own name: checkpoints and log lines get out."""
    reached = [private.network.reaches_endpoint(service, it, private.group, 443) for it in private.subnets]

    assert [True] * 3 == reached


def test_endpoint_is_reached_on_443_alone(private: Place) -> None:
    """Another port of the endpoint is closed."""
    reached = [private.network.reaches_endpoint("lambda", it, private.group, 80) for it in private.subnets]

    assert [False] * 3 == reached


def test_internet_is_reached_when_asked_for_alone(nat: Place, private: Place) -> None:
    """With NAT yes, with private egress no; never on another port than 443."""
    assert [False] * 3 == [private.network.reaches_internet(it, private.group, 443) for it in private.subnets]
    assert [False] * 3 == [nat.network.reaches_internet(it, nat.group, 80) for it in nat.subnets]


def test_nothing_reaches_instances(nat: Place, private: Place) -> None:
    """No rule admits anything, and no subnet of theirs is public."""
    for place in (nat, private):
        assert [] == place.network.admits(place.group)
        assert [False] * 3 == [place.network.is_public(subnet) for subnet in place.subnets]
        assert {False} == {it["MapPublicIpOnLaunch"] for it in place.network.subnets.values()}


def test_public_subnets_are_told_apart(nat: Place) -> None:
    """The rule that finds no public subnet above does find the three that hold the NAT gateway's way out."""
    public = [subnet for subnet in nat.network.subnets if nat.network.is_public(subnet)]

    assert 3 == len(public)
    assert not set(nat.subnets) & set(public)
