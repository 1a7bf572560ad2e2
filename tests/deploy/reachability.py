"""Who reaches whom, from routes, endpoints and rules as EC2 tells them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from types_boto3_ec2 import EC2Client

__all__ = ["INTERNET", "Network"]

INTERNET: Final = IPv4Address("198.51.100.7")
"""An address outside of every VPC."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """A VPC, read once.

    Attributes:
        subnets: Its subnets by id.
        route_tables: Its route tables.
        nat_gateways: Its NAT gateways by id.
        endpoints: Its interface endpoints.
        groups: Its security groups by id.
    """

    subnets: Mapping[str, Mapping[str, Any]]
    route_tables: Sequence[Mapping[str, Any]]
    nat_gateways: Mapping[str, Mapping[str, Any]]
    endpoints: Sequence[Mapping[str, Any]]
    groups: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, ec2: EC2Client, vpc_id: str) -> Network:
        """Read a VPC from EC2."""
        of_vpc: Any = [{"Name": "vpc-id", "Values": [vpc_id]}]
        return cls(
            subnets={it["SubnetId"]: dict(it) for it in ec2.describe_subnets(Filters=of_vpc)["Subnets"]},
            route_tables=[dict(it) for it in ec2.describe_route_tables(Filters=of_vpc)["RouteTables"]],
            nat_gateways={
                it["NatGatewayId"]: dict(it) for it in ec2.describe_nat_gateways(Filters=of_vpc)["NatGateways"]
            },
            endpoints=[dict(it) for it in ec2.describe_vpc_endpoints(Filters=of_vpc)["VpcEndpoints"]],
            groups={it["GroupId"]: dict(it) for it in ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]},
        )

    def reaches_internet(self, subnet_id: str, group_id: str, port: int) -> bool:
        """Return whether an instance without a public address gets a connection to the internet."""
        return self._lets_out(group_id, INTERNET, port) and self._leads_out(subnet_id, has_public_address=False)

    def reaches_endpoint(self, service: str, subnet_id: str, group_id: str, port: int) -> bool:
        """Return whether an instance reaches an AWS API by an interface endpoint that the API's own name leads to."""
        return any(
            endpoint["ServiceName"].endswith(f".{service}")
            and endpoint["PrivateDnsEnabled"]
            and self._reaches_interface(endpoint, subnet_id, group_id, port)
            for endpoint in self.endpoints
        )

    def admits(self, group_id: str) -> list[Mapping[str, Any]]:
        """Return the rules by which something may begin a connection to an instance."""
        return list(self.groups[group_id]["IpPermissions"])

    def is_public(self, subnet_id: str) -> bool:
        """Return whether the internet reaches what has a public address there."""
        return self._leads_out(subnet_id, has_public_address=True) and "igw" in self._target(subnet_id)

    def _reaches_interface(self, endpoint: Mapping[str, Any], subnet_id: str, group_id: str, port: int) -> bool:
        # Every subnet of a VPC has a route to every other; the endpoint has an address in each of its own.
        groups = [group["GroupId"] for group in endpoint["Groups"]]
        address = IPv4Network(self.subnets[endpoint["SubnetIds"][0]]["CidrBlock"])[10]
        return (
            subnet_id in endpoint["SubnetIds"]
            and self._lets_out(group_id, address, port)
            and any(self._lets_in(group, group_id, subnet_id, port) for group in groups)
        )

    def _lets_out(self, group_id: str, address: IPv4Address, port: int) -> bool:
        return any(
            _covers(rule, port) and any(address in IPv4Network(it["CidrIp"]) for it in rule["IpRanges"])
            for rule in self.groups[group_id]["IpPermissionsEgress"]
        )

    def _lets_in(self, group_id: str, from_group: str, from_subnet: str, port: int) -> bool:
        address = IPv4Network(self.subnets[from_subnet]["CidrBlock"])[10]
        return any(
            _covers(rule, port)
            and (
                any(it["GroupId"] == from_group for it in rule["UserIdGroupPairs"])
                or any(address in IPv4Network(it["CidrIp"]) for it in rule["IpRanges"])
            )
            for rule in self.groups[group_id]["IpPermissions"]
        )

    def _leads_out(self, subnet_id: str, *, has_public_address: bool) -> bool:
        target = self._target(subnet_id)
        if target.startswith("nat-"):
            gateway = self.nat_gateways[target]
            return gateway["State"] == "available" and self._leads_out(gateway["SubnetId"], has_public_address=True)
        return target.startswith("igw-") and has_public_address

    def _target(self, subnet_id: str) -> str:
        """Where a subnet sends what is for the internet; empty where it has no route."""
        best: tuple[int, str] = (-1, "")
        for route in self._table(subnet_id)["Routes"]:
            block = IPv4Network(route.get("DestinationCidrBlock", "255.255.255.255/32"))
            if INTERNET in block and route["State"] == "active":
                best = max(best, (block.prefixlen, route.get("NatGatewayId") or route.get("GatewayId", "")))
        return best[1]

    def _table(self, subnet_id: str) -> Mapping[str, Any]:
        own = [t for t in self.route_tables if any(a.get("SubnetId") == subnet_id for a in t["Associations"])]
        main = [t for t in self.route_tables if any(a["Main"] for a in t["Associations"])]
        return (own or main)[0]


def _covers(rule: Mapping[str, Any], port: int) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    return rule["IpProtocol"] == "tcp" and port in range(rule["FromPort"], rule["ToPort"] + 1)
