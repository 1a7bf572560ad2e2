"""The network that instances reach AWS APIs through, as EC2 describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.diagnosis.account.calls import Calls
    from durable_mi.diagnosis.account.provider_facts import ProviderFacts

__all__ = ["Network", "read_network"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """The subnets and security groups of a capacity provider, in their VPC. Resources are as the API returns them.

    Attributes:
        region: The region.
        subnets: Ids of the subnets of the instances.
        groups: Ids of the security groups of the instances.
        subnets_of_vpc: All subnets by id.
        route_tables: All route tables.
        nat_gateways: All NAT gateways by id.
        endpoints: All VPC endpoints.
        security_groups: All security groups by id.
    """

    region: str
    subnets: Sequence[str]
    groups: Sequence[str]
    subnets_of_vpc: Mapping[str, Mapping[str, Any]]
    route_tables: Sequence[Mapping[str, Any]]
    nat_gateways: Mapping[str, Mapping[str, Any]]
    endpoints: Sequence[Mapping[str, Any]]
    security_groups: Mapping[str, Mapping[str, Any]]


def read_network(calls: Calls, provider: ProviderFacts) -> Network | None:
    """Read the network of a capacity provider; ``None`` if it names no subnet.

    Raises:
        ServiceError: A part cannot be read, so that nothing is known of the way to an API.
    """
    if not provider.subnets:
        return None
    subject = f"the network of capacity provider {provider.name}"
    (first, *_) = calls.every("ec2:DescribeSubnets", subject, "Subnets", SubnetIds=list(provider.subnets[:1]))
    of_vpc = [{"Name": "vpc-id", "Values": [first["VpcId"]]}]

    def every(operation: str, key: str, parameter: str = "Filters") -> list[Any]:
        return calls.every(f"ec2:{operation}", subject, key, **{parameter: of_vpc})

    return Network(
        region=calls.connection.region,
        subnets=tuple(provider.subnets),
        groups=tuple(provider.groups),
        subnets_of_vpc={each["SubnetId"]: each for each in every("DescribeSubnets", "Subnets")},
        route_tables=every("DescribeRouteTables", "RouteTables"),
        nat_gateways={each["NatGatewayId"]: each for each in every("DescribeNatGateways", "NatGateways", "Filter")},
        endpoints=every("DescribeVpcEndpoints", "VpcEndpoints"),
        security_groups={each["GroupId"]: each for each in every("DescribeSecurityGroups", "SecurityGroups")},
    )
