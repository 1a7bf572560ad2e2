"""The least that a capacity provider costs."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi.cost import CostFloor, NetworkFloor, cost_floor
from durable_mi.prices import US_EAST_1, InstanceFamily, PriceTable

PRICES = PriceTable(
    region="eu-test-1",
    as_of=dt.date(2026, 1, 2),
    instances=(
        InstanceFamily(
            name="c1", architecture="arm64", memory_gib_per_vcpu=2, usd_per_vcpu_hour=0.5, smallest="xlarge"
        ),
        InstanceFamily(name="m1", architecture="arm64", memory_gib_per_vcpu=4, usd_per_vcpu_hour=1.0),
        InstanceFamily(name="x1", architecture="x86_64", memory_gib_per_vcpu=4, usd_per_vcpu_hour=0.1),
    ),
    management_fee=0.1,
    nat_gateway_hour=2.0,
    public_ipv4_hour=0.5,
    interface_endpoint_hour=0.25,
    hours_per_month=100,
)


def demand(environments: int | None = 3, vcpus: int = 1, gib_per_vcpu: int = 4) -> VcpuDemand:
    """Make a version's demand."""
    return VcpuDemand(
        function="Orders",
        execution_environments=environments,
        vcpus=vcpus,
        memory_mib=vcpus * gib_per_vcpu * 1024,
    )


def floor(
    *demands: VcpuDemand,
    zones: int = 3,
    architecture: str = "arm64",
    network: NetworkFloor | None = None,
    allowed: list[str] | None = None,
    excluded: list[str] | None = None,
) -> CostFloor:
    """Estimate with the prices above, on a network that costs nothing unless given."""
    return cost_floor(
        demands,
        architecture=architecture,
        zones=zones,
        network=network or NetworkFloor(),
        allowed_instance_types=allowed,
        excluded_instance_types=excluded,
        prices=PRICES,
    )


def test_one_small_function() -> None:
    """One instance of the cheapest type that fits in each zone, the fee on top."""
    made = floor(demand())

    assert (3, "c1.xlarge") == (made.instances, made.instance_type)
    assert (3, 3) == (made.execution_environments, made.vcpus)
    assert 3 * 4 * 0.5 * 100 == made.instances_usd
    assert pytest.approx(0.1 * made.instances_usd) == made.management_usd
    assert 0 == made.network_usd
    assert pytest.approx(660) == made.monthly_usd


def test_an_instance_keeps_a_vcpu_and_a_gibibyte() -> None:
    """Four vCPUs hold an environment of three and not of four, nor do 8 GiB hold one of 8."""
    assert "c1.xlarge" == floor(demand(vcpus=3, gib_per_vcpu=2)).instance_type
    assert "c1.2xlarge" == floor(demand(vcpus=4, gib_per_vcpu=1)).instance_type
    assert "c1.2xlarge" == floor(demand(vcpus=1, gib_per_vcpu=8)).instance_type


def test_functions_share_instances() -> None:
    """Two functions fit on the instances of one where there is room."""
    assert 3 == floor(demand(vcpus=1, gib_per_vcpu=2), demand(vcpus=2, gib_per_vcpu=2)).instances


def test_more_instances_of_a_filtered_type() -> None:
    """What one instance of a zone cannot hold takes two."""
    made = floor(demand(6), demand(6), allowed=["m1.xlarge"])

    assert (6, "m1.xlarge") == (made.instances, made.instance_type)


def test_excluded_types() -> None:
    """A wildcard takes a family out."""
    assert "m1.large" == floor(demand(), excluded=["c1.*"]).instance_type


def test_architecture() -> None:
    """Cheaper instances of the other architecture do not count."""
    assert "x1.large" == floor(demand(), architecture="x86_64").instance_type


@pytest.mark.parametrize(("zones", "environments", "instances"), [(3, 2, 2), (2, 3, 2), (6, 12, 3), (1, 3, 1)])
def test_zones(zones: int, environments: int, instances: int) -> None:
    """Three zones are used, fewer where there are fewer or too few environments."""
    assert floor(demand(environments), zones=zones, allowed=["m1.24xlarge"]).instances == instances


@pytest.mark.parametrize("demands", [[], [demand(0)], [demand(None)]])
def test_nothing_runs(demands: list[VcpuDemand]) -> None:
    """Without a known environment there is no instance, and the network alone costs."""
    made = floor(*demands, network=NetworkFloor(nat_gateways=1))

    assert (0, None, 0) == (made.instances, made.instance_type, made.instances_usd)
    assert 250 == made.monthly_usd
    assert "no instance" in str(made)


def test_network() -> None:
    """NAT gateways with their addresses, and endpoints in each zone, by the hour."""
    made = floor(network=NetworkFloor(nat_gateways=3, interface_endpoints=2, endpoint_zones=3))

    assert (300, 600) == (made.nat_gateway_hours, made.endpoint_hours)
    assert 300 * 2.5 + 600 * 0.25 == made.network_usd


def test_text() -> None:
    """The sentence names amounts, parts, prices and what is left out."""
    made = floor(demand(), demand(None), network=NetworkFloor(nat_gateways=1, known=False))

    assert (
        "at least USD 910 a month: instances 600 (3 x c1.xlarge for 3 execution environments with 3 vCPU), management "
        "fee 60, network 250 (100 NAT gateway hours, 0 endpoint hours); one more version of each function adds 660 at "
        "its minimum and 660 while it drains; on-demand prices of eu-test-1 assumed as of 2026-01-02; left out: "
        "functions whose size is not known at synth (Orders), the network, which was made elsewhere, larger or more "
        "instances than the least that Lambda may start, earlier versions beyond that one, "
        "requests, durable operations and their storage, EBS volumes, data through NAT gateways, endpoints and between "
        "zones, logs, metrics, alarms and keys, discounts and tax"
    ) == str(made)


def test_a_version_that_drains_costs_less() -> None:
    """Stepped down to one environment it needs one more instance, and at its minimum one more in each zone."""
    made = floor(dataclasses.replace(demand(), draining_environments=1))

    assert (3 * 200 * 1.1, 1 * 200 * 1.1) == pytest.approx((made.next_version_usd, made.draining_version_usd))


def test_a_version_that_keeps_more_while_it_drains_keeps_its_minimum() -> None:
    """A step down never adds environments."""
    made = floor(dataclasses.replace(demand(), draining_environments=9))

    assert made.next_version_usd == made.draining_version_usd


@pytest.mark.parametrize(
    ("environments", "instances"),
    [([3], 3), ([3, 1], 4), ([3, 1, 1], 5), ([3, 1, 1, 1], 6), ([4, 2], 6), ([4, 1], 5), ([1, 1], 2)],
)
def test_what_does_not_divide_evenly_goes_where_the_least_is(environments: list[int], instances: int) -> None:
    """An instance of this type holds one environment, so the instances are as many as the environments."""
    assert instances == floor(*map(demand, environments), allowed=["c1.xlarge"]).instances


def test_rejects_a_table_without_a_fitting_type() -> None:
    """A filter that the table knows nothing of."""
    with pytest.raises(ValueError, match=r"must have an instance type of .*, got 0 that pass the filter"):
        floor(demand(), allowed=["m99.*"])
    with pytest.raises(ValueError, match="got 1 that pass the filter"):
        floor(demand(vcpus=16), allowed=["m1.large"])


def test_built_in_prices() -> None:
    """The table of us-east-1 has all three shapes of each architecture, with the service's fee."""
    assert 0.15 == US_EAST_1.management_fee
    assert {(family.architecture, family.memory_gib_per_vcpu) for family in US_EAST_1.instances} == {
        (architecture, gib) for architecture in ("arm64", "x86_64") for gib in (2, 4, 8)
    }
    assert dataclasses.replace(US_EAST_1, region="eu-west-1").instances is US_EAST_1.instances


def test_family() -> None:
    """Sizes double, and so do memory and price; a family begins at its smallest size."""
    [first, *_, last] = PRICES.instances[0].types()

    assert ("c1.xlarge", 4, 8, 2.0) == (first.name, first.vcpus, first.memory_gib, first.usd_per_hour)
    assert ("c1.24xlarge", 96, 192, 48.0) == (last.name, last.vcpus, last.memory_gib, last.usd_per_hour)
