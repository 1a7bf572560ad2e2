"""A VPC over two or three Availability Zones that synthesizes without a look-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from durable_mi import limits
from durable_mi_constructs.acknowledgements import OWN_VPC, acknowledge
from durable_mi_constructs.construct_paths import path_in

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ZonalVpc"]

_Subnet = TypeVar("_Subnet", ec2.PublicSubnet, ec2.PrivateSubnet)

_CIDR: Final = "10.0.0.0/16"
# Instances get three quarters of the range; the fourth holds the small public subnets, the rest is left to the user.
_PRIVATE_CIDRS: Final = ("10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18")
_PUBLIC_CIDRS: Final = ("10.0.192.0/24", "10.0.193.0/24", "10.0.194.0/24")
_NAMED: Final = ["AWS::EC2::VPC", "AWS::EC2::InternetGateway"]
"""Beside the subnets, which CDK names."""


class ZonalVpc(Construct):
    """One private subnet in each of two or three Availability Zones, with NAT gateways, IPv6 or without egress.

    Why not ``ec2.Vpc``: in a stack with account and region it looks up the zones' names, which needs credentials at
    synth, even if the zones are given; see ``docs/decisions/0002-own-vpc.md``. Subnets and routes are CDK's own.

    Tree: ``Resource`` (the VPC), ``PrivateSubnet1`` to ``3`` with NAT or IPv6 and ``IsolatedSubnet1`` to ``3`` with
    neither; with NAT also ``InternetGateway``, ``InternetGatewayAttachment`` and ``PublicSubnet1`` to ``3``, the first
    of which hold the NAT gateways; with IPv6 also ``Ipv6Cidr`` and ``EgressOnlyInternetGateway``; ``VpcById`` and, once
    it is read, ``Vpc`` are the same VPC as an ``ec2.IVpc``.

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        availability_zones: Two or three zones: names, ids such as ``use1-az1``, or tokens that become names at
            deployment.
        nat_gateways: 0 to the number of zones. With 0 there is no internet gateway. With fewer than zones a zone
            without its own gateway uses another zone's.
        ipv6: Whether the private subnets have IPv6 addresses from Amazon's pool, and outbound access over IPv6.
            Defaults to no.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        availability_zones: Sequence[str],
        nat_gateways: int,
        ipv6: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self._zones = list(availability_zones)
        self._resource = ec2.CfnVPC(
            self, "Resource", cidr_block=_CIDR, enable_dns_hostnames=True, enable_dns_support=True
        )
        self._vpc_id = self._resource.ref
        # Once for everything below, as each is a round trip to Node; what a public subnet has of its own comes later.
        tags = cdk.Tags.of(self)
        tags.add("Name", path_in(scope, construct_id), include_resource_types=_NAMED)
        kind = "Private" if nat_gateways or ipv6 else "Isolated"
        _tag_subnets(tags, kind)

        self._public = self._build_public_subnets() if nat_gateways else []
        gateways = [subnet.add_nat_gateway() for subnet in self._public[:nat_gateways]]
        self._ipv6_blocks = self._build_ipv6_blocks() if ipv6 else None
        self._private = self._build_private_subnets(kind, gateways)
        self._subnets: list[ec2.ISubnet] = [*self._private]
        self._egress = DependencyGroup(*[subnet.internet_connectivity_established for subnet in self._private])
        if ipv6:
            self._build_ipv6_routes(self._private)
        self._isolated = not gateways and not ipv6
        self._vpc: ec2.IVpc | None = None
        # CDK wants zones, which nothing here reads.
        self._vpc_by_id = ec2.Vpc.from_vpc_attributes(
            self, "VpcById", vpc_id=self._vpc_id, availability_zones=self._zones
        )
        acknowledge(self, OWN_VPC)

    @property
    def vpc(self) -> ec2.IVpc:
        """The VPC, to add endpoints or databases. It is made when it is read, as it costs as much as the subnets."""
        if self._vpc is None:
            self._vpc = self._import()
        return self._vpc

    @property
    def vpc_by_id(self) -> ec2.IVpc:
        """The VPC without its subnets, for what needs its id alone: security groups and flow logs."""
        return self._vpc_by_id

    @property
    def subnets(self) -> list[ec2.ISubnet]:
        """The three private subnets, one in each zone."""
        return self._subnets

    @property
    def egress(self) -> DependencyGroup:
        """Resources that must exist before instances in the private subnets reach the internet."""
        return self._egress

    def _build_public_subnets(self) -> list[ec2.PublicSubnet]:
        gateway = ec2.CfnInternetGateway(self, "InternetGateway")
        gateway_id = gateway.ref
        attachment = ec2.CfnVPCGatewayAttachment(
            self, "InternetGatewayAttachment", vpc_id=self._vpc_id, internet_gateway_id=gateway_id
        )
        subnets = []
        for number, (zone, cidr) in enumerate(zip(self._zones, _PUBLIC_CIDRS, strict=False), start=1):
            subnet = self._build_subnet(ec2.PublicSubnet, f"PublicSubnet{number}", zone, cidr)
            subnet.add_default_internet_route(gateway_id, attachment)
            _tag_subnets(cdk.Tags.of(subnet), "Public")
            subnets.append(subnet)
        return subnets

    def _build_private_subnets(self, kind: str, gateways: Sequence[ec2.CfnNatGateway]) -> list[ec2.PrivateSubnet]:
        blocks = self._ipv6_blocks
        subnets = []
        for index, (zone, cidr) in enumerate(zip(self._zones, _PRIVATE_CIDRS, strict=False)):
            subnet = self._build_subnet(
                ec2.PrivateSubnet,
                f"{kind}Subnet{index + 1}",
                zone,
                cidr,
                cdk.Fn.select(index, blocks) if blocks else None,
            )
            if gateways:
                subnet.add_default_nat_route(gateways[index % len(gateways)].ref)
            subnets.append(subnet)
        return subnets

    def _build_subnet(
        self, kind: type[_Subnet], construct_id: str, zone: str, cidr_block: str, ipv6_cidr_block: str | None = None
    ) -> _Subnet:
        by_id = _is_id(zone)
        name = _ZoneName()
        subnet = kind(
            self,
            construct_id,
            availability_zone=cdk.Lazy.string(name) if by_id else zone,
            cidr_block=cidr_block,
            vpc_id=self._vpc_id,
            map_public_ip_on_launch=False,
            ipv6_cidr_block=ipv6_cidr_block,
            assign_ipv6_address_on_creation=True if ipv6_cidr_block else None,
        )
        if by_id:
            # CDK's subnets take a name, which differs between accounts: the template has the id, and reads the name.
            name.resource = cast("ec2.CfnSubnet", subnet.node.default_child)
            name.resource.availability_zone = None
            name.resource.availability_zone_id = zone
        return subnet

    def _build_ipv6_blocks(self) -> list[str]:
        self._ipv6_cidr = ec2.CfnVPCCidrBlock(
            self, "Ipv6Cidr", vpc_id=self._vpc_id, amazon_provided_ipv6_cidr_block=True
        )
        of_vpc = cdk.Fn.select(0, self._resource.attr_ipv6_cidr_blocks)
        return cdk.Fn.cidr(of_vpc, len(self._zones), "64")

    def _build_ipv6_routes(self, private: Sequence[ec2.PrivateSubnet]) -> None:
        gateway = ec2.CfnEgressOnlyInternetGateway(self, "EgressOnlyInternetGateway", vpc_id=self._vpc_id)
        for subnet in private:
            # The VPC's attribute is empty until the block is there.
            subnet.node.add_dependency(self._ipv6_cidr)
            subnet.add_ipv6_default_egress_only_internet_route(gateway.ref)

    def _import(self) -> ec2.IVpc:
        public, private, isolated = self._public, self._private, self._isolated
        ids = [subnet.subnet_id for subnet in private]
        tables = [subnet.route_table.route_table_id for subnet in private]
        return ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self._vpc_id,
            vpc_cidr_block=_CIDR,
            availability_zones=[
                subnet.availability_zone if _is_id(zone) else zone
                for subnet, zone in zip(private, self._zones, strict=True)
            ],
            public_subnet_ids=[subnet.subnet_id for subnet in public] or None,
            public_subnet_route_table_ids=[subnet.route_table.route_table_id for subnet in public] or None,
            private_subnet_ids=None if isolated else ids,
            private_subnet_route_table_ids=None if isolated else tables,
            isolated_subnet_ids=ids if isolated else None,
            isolated_subnet_route_table_ids=tables if isolated else None,
        )


@jsii.implements(cdk.IStableStringProducer)
class _ZoneName:
    """The name of the zone of a subnet that was given by its id."""

    resource: ec2.CfnSubnet

    def produce(self) -> str:
        """Return the attribute of the subnet."""
        return self.resource.attr_availability_zone


def _is_id(zone: str) -> bool:
    # A token, which becomes a name, does not look like one.
    return limits.ZONE_ID.fullmatch(zone) is not None


def _tag_subnets(tags: cdk.Tags, kind: str) -> None:
    # The tags by which `ec2.Vpc.from_lookup` in another app distinguishes subnets.
    for key in ("aws-cdk:subnet-name", "aws-cdk:subnet-type"):
        tags.add(key, kind, include_resource_types=["AWS::EC2::Subnet"])
