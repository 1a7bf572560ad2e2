"""The subnets of the user's own VPC for the instances."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import DependencyGroup

from durable_mi import limits
from durable_mi.checks import capacity as checks

if TYPE_CHECKING:
    from constructs import Construct, IDependable

    from durable_mi.checks.warning import CheckWarning

__all__ = ["ImportedSubnets"]

_PENDING_ID: Final = "00000000000000000"
"""The number in ids of placeholders. CDK's own placeholders, such as ``p-12345``, do not have the form of an id, so its
validation of templates would stop the synthesis before the look-up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedSubnets:
    """Subnets selected in an existing VPC, checked by :meth:`select`.

    Attributes:
        vpc: The VPC to create resources in. While a look-up is pending, a placeholder.
        subnets: The subnets.
        egress: Resources that must exist before instances in them reach the internet, if CDK knows them.
        zone_count: Different Availability Zones; ``None`` if they are not known at synth.
        warnings: Warnings about values that are allowed.
    """

    vpc: ec2.IVpc
    subnets: list[ec2.ISubnet]
    egress: IDependable
    zone_count: int | None
    warnings: tuple[CheckWarning, ...]

    @classmethod
    def select(cls, scope: Construct, vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> ImportedSubnets:
        """Select subnets.

        ``ec2.Vpc.from_lookup`` first returns a VPC with placeholders. The CDK CLI then looks up the VPC and synthesizes
        again. No group, zone or filter matches the placeholders, so the selection is not applied before the look-up.

        Args:
            scope: The network. Placeholders are created in it.
            vpc: The VPC.
            selection: Which subnets. ``None`` selects the private subnets with egress, otherwise the isolated ones,
                otherwise the public ones.

        Raises:
            ValueError: It selects none, or more than 16.
        """
        if _is_pending(vpc):
            placeholder = _placeholder(scope)
            return cls(
                vpc=placeholder,
                subnets=list(placeholder.private_subnets),
                egress=DependencyGroup(),
                zone_count=None,
                warnings=(),
            )
        subnets, egress = _subnets(vpc, selection)
        checks.check_subnets(len(subnets))
        count = _zone_count(subnets)
        few = None if count is None else checks.check_zones(count)
        public = checks.check_public_subnets(public=_public(vpc, subnets))
        return cls(
            vpc=vpc,
            subnets=subnets,
            egress=egress,
            zone_count=count,
            warnings=tuple(warning for warning in (few, public) if warning is not None),
        )


def _is_pending(vpc: ec2.IVpc) -> bool:
    try:
        return bool(vpc.select_subnets().is_pending_lookup)
    except RuntimeError:
        return False  # a VPC without subnets of the default kind, and so none that is looked up


def _placeholder(scope: Construct) -> ec2.IVpc:
    numbers = range(limits.RESILIENT_ZONES)
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "PendingVpc",
        vpc_id=f"vpc-{_PENDING_ID}",
        vpc_cidr_block="10.0.0.0/16",
        availability_zones=[f"pending-{number}" for number in numbers],
        private_subnet_ids=[f"subnet-{number}{_PENDING_ID[1:]}" for number in numbers],
        private_subnet_route_table_ids=[f"rtb-{number}{_PENDING_ID[1:]}" for number in numbers],
    )


def _subnets(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> tuple[list[ec2.ISubnet], IDependable]:
    if selection is not None and selection.subnets is not None:
        # Not by the VPC, which asks each subnet for its zone; one imported by its id alone has none.
        subnets = list(selection.subnets)
        return subnets, DependencyGroup(*[subnet.internet_connectivity_established for subnet in subnets])
    chosen = selection or ec2.SubnetSelection()
    try:
        selected = vpc.select_subnets(
            availability_zones=chosen.availability_zones,
            one_per_az=chosen.one_per_az,
            subnet_filters=chosen.subnet_filters,
            subnet_group_name=chosen.subnet_group_name,
            subnet_type=chosen.subnet_type,
        )
    except RuntimeError as error:
        # Such as "ThereSubnetGroups: There are no 'Public' subnet groups in this VPC. Available types: Isolated".
        reason = re.sub(r"^\w+: ", "", str(error).partition("\n")[0]).rstrip(" .:")
        msg = (
            f"vpc_subnets must select subnets of {vpc.node.path}, got none ({reason}): name a group or a type that the "
            "VPC has, or import it with its subnets"
        )
        raise ValueError(msg) from None
    return list(selected.subnets), selected.internet_connectivity_established


def _zone_count(subnets: list[ec2.ISubnet]) -> int | None:
    try:
        zones = {_zone(subnet) for subnet in subnets}
    except RuntimeError:
        return None
    return None if None in zones else len(zones)


def _zone(subnet: ec2.ISubnet) -> str | None:
    zone = subnet.availability_zone
    if not cdk.Token.is_unresolved(zone):
        return zone
    # CDK's VPC in a stack without account and region takes zones by position; those differ as the positions do.
    match cdk.Stack.of(subnet).resolve(zone):
        case {"Fn::Select": [int(position), {"Fn::GetAZs": _}]}:
            return str(position)
    return None


def _public(vpc: ec2.IVpc, subnets: list[ec2.ISubnet]) -> bool:
    ids = {subnet.subnet_id for subnet in vpc.public_subnets}
    return any(subnet.subnet_id in ids for subnet in subnets)
