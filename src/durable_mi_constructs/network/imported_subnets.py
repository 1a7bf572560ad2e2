"""The subnets of the user's own VPC for the instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import DependencyGroup

from durable_mi.checks import capacity as checks

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from constructs import IDependable

    from durable_mi.checks.warning import CheckWarning

__all__ = ["ImportedSubnets"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedSubnets:
    """Subnets selected in an existing VPC, checked by :meth:`select`.

    Attributes:
        subnets: The subnets.
        egress: Resources that must exist before instances in them reach the internet, if CDK knows them.
        zone_count: Different Availability Zones; ``None`` if they are not known at synth.
        warnings: Warnings about values that are allowed.
    """

    subnets: list[ec2.ISubnet]
    egress: IDependable
    zone_count: int | None
    warnings: tuple[CheckWarning, ...]

    @classmethod
    def select(cls, vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> ImportedSubnets:
        """Select subnets.

        Args:
            vpc: The VPC.
            selection: Which subnets. ``None`` selects the private subnets with egress, otherwise the isolated ones,
                otherwise the public ones.

        Raises:
            ValueError: It selects none, or more than 16.
        """
        subnets, egress, pending = _subnets(vpc, selection)
        if pending:
            return cls(subnets=subnets, egress=egress, zone_count=None, warnings=())
        checks.check_subnets(len(subnets))
        count = _zone_count(subnets)
        few = None if count is None else checks.check_zones(count)
        public = checks.check_public_subnets(public=_public(vpc, subnets))
        return cls(
            subnets=subnets,
            egress=egress,
            zone_count=count,
            warnings=tuple(warning for warning in (few, public) if warning is not None),
        )


def _subnets(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> tuple[list[ec2.ISubnet], IDependable, bool]:
    if selection is None:
        selected = vpc.select_subnets()
    elif selection.subnets is not None:
        # Not by the VPC, which asks each subnet for its zone; one imported by its id alone has none.
        subnets = list(selection.subnets)
        return subnets, DependencyGroup(*[subnet.internet_connectivity_established for subnet in subnets]), False
    else:
        selected = vpc.select_subnets(
            availability_zones=selection.availability_zones,
            one_per_az=selection.one_per_az,
            subnet_filters=selection.subnet_filters,
            subnet_group_name=selection.subnet_group_name,
            subnet_type=selection.subnet_type,
        )
    return list(selected.subnets), selected.internet_connectivity_established, bool(selected.is_pending_lookup)


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
