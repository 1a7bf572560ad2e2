"""The minimum cost of a capacity provider: what is billed when nothing runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.prices import US_EAST_1, InstanceType, PriceTable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from durable_mi.checks.vcpu_budget import VcpuDemand

__all__ = ["CostFloor", "NetworkFloor", "cost_floor"]

_MIB_PER_GIB = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkFloor:
    """The parts of a network that are billed by the hour.

    Attributes:
        nat_gateways: NAT gateways, each with a public IPv4 address.
        interface_endpoints: Interface endpoints.
        endpoint_zones: Availability Zones that each interface endpoint is in.
        known: ``False`` for an imported network, which can have further costs.
    """

    nat_gateways: int = 0
    interface_endpoints: int = 0
    endpoint_zones: int = 0
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class CostFloor:
    """The minimum that runs and its price for a month; ``str()`` formats it, with what is not included.

    Attributes:
        instances: Minimum number of instances; Lambda can start more and larger ones.
        instance_type: The cheapest type of the price table that holds the reserved environments; ``None`` if there are
            none.
        execution_environments: Minimum of execution environments of the functions' current versions.
        vcpus: vCPUs of those execution environments.
        nat_gateway_hours: Hours of all NAT gateways in a month.
        endpoint_hours: Hours of all interface endpoints in all of their zones in a month.
        instances_usd: Instances for a month at the on-demand price, in USD.
        management_usd: Lambda's management fee on them for a month, in USD.
        network_usd: NAT gateways with their addresses and interface endpoints for a month, in USD.
        next_version_usd: What one more version of each function adds for a month at its minimum, in USD: the rollback
            window after a deployment, or versions that are kept.
        draining_version_usd: What it adds while it drains, in USD.
        region: The region of the prices.
        prices_as_of: The day of the prices.
        left_out: Costs that the estimate does not include.
    """

    instances: int
    instance_type: str | None
    execution_environments: int
    vcpus: int
    nat_gateway_hours: int
    endpoint_hours: int
    instances_usd: float
    management_usd: float
    network_usd: float
    next_version_usd: float
    draining_version_usd: float
    region: str
    prices_as_of: dt.date
    left_out: tuple[str, ...]

    @property
    def monthly_usd(self) -> float:
        """The sum for a month, in USD."""
        return self.instances_usd + self.management_usd + self.network_usd

    def __str__(self) -> str:
        """Return the estimate, its parts and what it does not include."""
        what = f"{self.instances} x {self.instance_type}" if self.instance_type else "no instance"
        parts = (
            f"at least USD {self.monthly_usd:.0f} a month: instances {self.instances_usd:.0f} ({what} for "
            f"{self.execution_environments} execution environments with {self.vcpus} vCPU), management fee "
            f"{self.management_usd:.0f}, network {self.network_usd:.0f} ({self.nat_gateway_hours} NAT gateway hours, "
            f"{self.endpoint_hours} endpoint hours)"
        )
        versions = (
            f"one more version of each function adds {self.next_version_usd:.0f} at its minimum and "
            f"{self.draining_version_usd:.0f} while it drains"
        )
        return (
            f"{parts}; {versions}; on-demand prices of {self.region} assumed as of {self.prices_as_of}; "
            f"left out: {', '.join(self.left_out)}"
        )


def cost_floor(  # noqa: PLR0913 - what an estimate is made of
    demands: Sequence[VcpuDemand],
    *,
    architecture: str,
    zones: int,
    network: NetworkFloor,
    allowed_instance_types: Sequence[str] | None = None,
    excluded_instance_types: Sequence[str] | None = None,
    prices: PriceTable = US_EAST_1,
) -> CostFloor:
    """Estimate the minimum cost of a capacity provider with its network.

    Inferred are: the environments of each version are spread over the zones, as Lambda does for resilience, and what
    does not divide evenly goes to the zone that has the least; every zone runs its share on as few instances as
    possible, of the one type that is cheapest for all; and each instance keeps 1 vCPU and 1 GiB for itself. Lambda
    selects types by itself and was seen to start much larger ones (three ``c9g.8xlarge`` for environments of 8 vCPU),
    so this is a minimum and not a forecast.

    Args:
        demands: One for each function. Unknown values count as zero, and the result names them.
        architecture: ``arm64`` or ``x86_64``.
        zones: Availability Zones of the subnets; Lambda uses three of them by default.
        network: The parts of the network that are billed by the hour.
        allowed_instance_types: Names with wildcards to select from. Defaults to all types of the price table.
        excluded_instance_types: Names with wildcards to exclude. Defaults to none.
        prices: Prices to use. Defaults to :data:`durable_mi.prices.US_EAST_1`.

    Raises:
        ValueError: No instance type of the price table is of the architecture, passes the filter and is large enough.
    """
    known = [demand for demand in demands if demand.known]
    candidates = _candidates(prices, architecture, allowed_instance_types, excluded_instance_types)
    chosen, count = _cheapest(candidates, known, zones)
    hours = prices.hours_per_month
    instances_usd = _monthly(prices, chosen, count)

    def added(versions: list[VcpuDemand]) -> float:
        usd = _monthly(prices, *_cheapest(candidates, known + versions, zones))
        return (usd - instances_usd) * (1 + prices.management_fee)

    nat_hours = network.nat_gateways * hours
    endpoint_hours = network.interface_endpoints * network.endpoint_zones * hours
    return CostFloor(
        instances=count,
        instance_type=chosen.name if chosen else None,
        execution_environments=_environments(known),
        vcpus=sum(demand.total_vcpus for demand in known),
        nat_gateway_hours=nat_hours,
        endpoint_hours=endpoint_hours,
        instances_usd=instances_usd,
        management_usd=instances_usd * prices.management_fee,
        network_usd=nat_hours * (prices.nat_gateway_hour + prices.public_ipv4_hour)
        + endpoint_hours * prices.interface_endpoint_hour,
        next_version_usd=added(known),
        draining_version_usd=added([demand.draining for demand in known]),
        region=prices.region,
        prices_as_of=prices.as_of,
        left_out=_left_out(demands, network),
    )


def _candidates(
    prices: PriceTable, architecture: str, allowed: Sequence[str] | None, excluded: Sequence[str] | None
) -> list[InstanceType]:
    return [
        instance_type
        for family in prices.instances
        if family.architecture == architecture
        for instance_type in family.types()
        if (allowed is None or any(fnmatchcase(instance_type.name, pattern) for pattern in allowed))
        and not any(fnmatchcase(instance_type.name, pattern) for pattern in excluded or ())
    ]


def _environments(demands: Sequence[VcpuDemand]) -> int:
    return sum(demand.execution_environments or 0 for demand in demands)


def _monthly(prices: PriceTable, chosen: InstanceType | None, count: int) -> float:
    return count * prices.hours_per_month * chosen.usd_per_hour if chosen else 0.0


def _cheapest(
    candidates: Sequence[InstanceType], demands: Sequence[VcpuDemand], zones: int
) -> tuple[InstanceType | None, int]:
    environments = _environments(demands)
    if not environments:
        return None, 0
    spread = max(1, min(zones, limits.RESILIENT_ZONES, environments))
    offers = [
        (instance_type.usd_per_hour * count, count, instance_type.name, instance_type)
        for instance_type in candidates
        if (count := _instances(instance_type, demands, spread))
    ]
    if not offers:
        msg = (
            "the price table must have an instance type of the capacity provider's architecture and filter that holds "
            f"its largest execution environment, got {len(candidates)} that pass the filter: pass prices that have one"
        )
        raise ValueError(msg)
    _, count, _, chosen = min(offers)
    return chosen, count


def _instances(instance_type: InstanceType, demands: Sequence[VcpuDemand], zones: int) -> int:
    """Count the instances over all zones, or return 0 if the type is too small for an environment."""
    vcpus = instance_type.vcpus - limits.INSTANCE_OVERHEAD_VCPUS
    mib = (instance_type.memory_gib - limits.INSTANCE_OVERHEAD_GIB) * _MIB_PER_GIB
    needed = [(0, 0)] * zones
    for demand in demands:
        if not demand.execution_environments:
            continue
        each_vcpus, each_mib = demand.vcpus or 0, demand.memory_mib or 0
        if each_vcpus > vcpus or each_mib > mib:
            return 0
        everywhere, rest = divmod(demand.execution_environments, zones)
        # The rest goes where the least is.
        needed = [
            (zone_vcpus + count * each_vcpus, zone_mib + count * each_mib)
            for place, (zone_vcpus, zone_mib) in enumerate(sorted(needed))
            for count in [everywhere + (place < rest)]
        ]
    return sum(max(1, math.ceil(zone_vcpus / vcpus), math.ceil(zone_mib / mib)) for zone_vcpus, zone_mib in needed)


def _left_out(demands: Sequence[VcpuDemand], network: NetworkFloor) -> tuple[str, ...]:
    unknown = [demand.function for demand in demands if not demand.known]
    return (
        *([f"functions whose size is not known at synth ({', '.join(unknown)})"] if unknown else []),
        *([] if network.known else ["the network, which was made elsewhere"]),
        "larger or more instances than the least that Lambda may start",
        "earlier versions beyond that one",
        "requests, durable operations and their storage",
        "EBS volumes",
        "data through NAT gateways, endpoints and between zones",
        "logs, metrics, alarms and keys",
        "discounts and tax",
    )
