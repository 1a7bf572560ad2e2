"""Where the instances of a capacity provider stand, and how they reach the Lambda API."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from durable_mi import limits
from durable_mi.checks import capacity as checks
from durable_mi_constructs.vpc import ThreeZoneVpc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IDependable

    from durable_mi.checks.caution import Caution

__all__ = ["Egress", "ManagedNetwork"]

_HTTPS: Final = 443


class Egress(Enum):
    """How functions reach what is outside of their subnets.

    Everything a function sends goes through the capacity provider's network, its checkpoints, logs and traces included.
    """

    NAT = "NAT"
    """Through NAT gateways to the internet and to every AWS API."""

    PRIVATE = "PRIVATE"
    """Only to AWS APIs with an interface endpoint: ``lambda``, ``logs`` and, once a function traces, ``xray``."""


@jsii.implements(ec2.IConnectable)
class ManagedNetwork(Construct):
    """The VPC, subnets and security group of a capacity provider.

    Without arguments: a VPC over three Availability Zones, private subnets, and one NAT gateway in each zone. No
    look-up happens at synth, in stacks with and without account and region. The first three zones of the region are
    taken. Where Lambda refuses one of them, name the zones; where a region offers an account only two (``us-west-1``),
    bring a VPC.

    The security group admits nothing and lets out TCP 443 to IPv4 addresses. For a database, write
    ``database.connections.allow_default_port_from(network)``: that opens both sides.

    Tree: ``SecurityGroup``, and unless you bring a VPC ``Vpc``, which holds ``Resource``, with NAT ``PrivateSubnet1``
    to ``3``, ``PublicSubnet1`` to ``3``, ``InternetGateway`` and ``InternetGatewayAttachment``, with private egress
    ``IsolatedSubnet1`` to ``3``. With private egress also ``EndpointSecurityGroup``, ``LambdaEndpoint``,
    ``LogsEndpoint`` and ``XRayEndpoint``.

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        egress: How functions reach the Lambda API and the rest. Left out: :attr:`Egress.NAT`.
        nat_gateways: 1 to 3, with NAT egress only. Left out: 3, one for each zone. With 1 you pay for one, but when its
            zone fails no function reaches anything, and traffic between zones costs extra.
        availability_zones: Names of three zones for the new VPC. Left out: the first three of ``Fn::GetAZs``, which
            counts zones where the account has a default subnet, or all if it has none. Lambda has been seen to refuse
            subnets in ``use1-az3``; in ``us-east-1`` leave out the zone name that stands for it in your account.
        vpc: Your own VPC, instead of all of the above. It must have a route to the Lambda and CloudWatch Logs APIs: a
            checkpoint that cannot get out never completes. Left out: a VPC is made.
        vpc_subnets: Which subnets of your VPC, 1 to 16, best one private subnet in each of three zones. Left out: the
            private subnets with egress, else the isolated ones, else the public ones.

    Raises:
        ValueError: ``vpc`` comes with an argument for a new VPC, ``vpc_subnets`` comes without ``vpc``, or a number is
            out of range.
    """

    def __init__(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        self,
        scope: Construct,
        construct_id: str,
        *,
        egress: Egress | None = None,
        nat_gateways: int | None = None,
        availability_zones: Sequence[str] | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoints_group: ec2.SecurityGroup | None = None
        self._egress = DependencyGroup()
        self._vpc: ec2.IVpc
        self._subnets: list[ec2.ISubnet]
        if vpc is None:
            if vpc_subnets is not None:
                msg = "vpc_subnets must come together with vpc, got vpc_subnets alone: pass the VPC that they belong to"
                raise ValueError(msg)
            self._make_vpc(egress or Egress.NAT, nat_gateways, availability_zones)
        else:
            for name, value in (
                ("egress", egress),
                ("nat_gateways", nat_gateways),
                ("availability_zones", availability_zones),
            ):
                if value is not None:
                    msg = (
                        f"{name} must not be given together with vpc, got both: it shapes a new VPC; "
                        "leave it out and choose subnets with the routes you want by vpc_subnets"
                    )
                    raise ValueError(msg)
            self._use_vpc(vpc, vpc_subnets)
        self._security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc,
            description="Instances of a Lambda capacity provider",
            allow_all_outbound=False,
        )
        self._security_group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS), "AWS APIs and HTTPS")
        if vpc is None and egress is Egress.PRIVATE:
            self._make_endpoints()

    @property
    def vpc(self) -> ec2.IVpc:
        """The VPC: the one that was made, or yours."""
        return self._vpc

    @property
    def subnets(self) -> list[ec2.ISubnet]:
        """The subnets that instances are started in."""
        return list(self._subnets)

    @property
    def security_group(self) -> ec2.ISecurityGroup:
        """The security group of the instances."""
        return self._security_group

    @property
    def connections(self) -> ec2.Connections:
        """Opens the way between the instances and other things in the VPC."""
        return self._security_group.connections

    @property
    def egress_established(self) -> IDependable:
        """Routes and endpoints that must stand before the first function starts and fall after the last one ends."""
        return self._egress

    def allow_tracing(self) -> None:
        """Make sure that traces reach X-Ray.

        With :attr:`Egress.PRIVATE` the first call adds the ``xray`` endpoint; otherwise nothing is needed.
        :class:`~durable_mi_constructs.DurableManagedFunction` calls it when tracing is on.
        """
        if self._endpoints_group is not None and self.node.try_find_child("XRayEndpoint") is None:
            self._add_endpoint("XRayEndpoint", ec2.InterfaceVpcEndpointAwsService.XRAY, self._endpoints_group)

    def _make_vpc(self, egress: Egress, nat_gateways: int | None, availability_zones: Sequence[str] | None) -> None:
        made = ThreeZoneVpc(
            self,
            "Vpc",
            availability_zones=_zones(availability_zones),
            nat_gateways=_nat_gateways(egress, nat_gateways),
        )
        self._vpc = made.vpc
        self._subnets = made.subnets
        self._egress.add(made.egress)

    def _use_vpc(self, vpc: ec2.IVpc, vpc_subnets: ec2.SubnetSelection | None) -> None:
        selected = _select(vpc, vpc_subnets)
        if not selected.is_pending_lookup:
            checks.subnets(len(selected.subnets))
            self._warn(checks.zones(len(set(selected.availability_zones))))
            if selected.has_public:
                cdk.Annotations.of(self).add_warning_v2(
                    "durable-mi:public-subnets",
                    "vpc_subnets selects public subnets: AWS calls them fit for development only, and instances there "
                    "have no way out without a public address. Select private subnets.",
                )
        self._vpc = vpc
        self._subnets = list(selected.subnets)
        self._egress.add(selected.internet_connectivity_established)

    def _make_endpoints(self) -> None:
        group = ec2.SecurityGroup(
            self,
            "EndpointSecurityGroup",
            vpc=self._vpc,
            description="Interface endpoints of a Lambda capacity provider",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(self._security_group, ec2.Port.tcp(_HTTPS), "Instances of the capacity provider")
        self._endpoints_group = group
        self._egress.add(group)
        self._add_endpoint("LambdaEndpoint", ec2.InterfaceVpcEndpointAwsService.LAMBDA_, group)
        self._add_endpoint("LogsEndpoint", ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, group)

    def _add_endpoint(
        self, construct_id: str, service: ec2.InterfaceVpcEndpointAwsService, group: ec2.SecurityGroup
    ) -> None:
        endpoint = ec2.InterfaceVpcEndpoint(
            self,
            construct_id,
            vpc=self._vpc,
            service=service,
            subnets=ec2.SubnetSelection(subnets=self._subnets),
            security_groups=[group],
            open=False,
        )
        self._egress.add(endpoint)

    def _warn(self, caution: Caution | None) -> None:
        if caution is not None:
            cdk.Annotations.of(self).add_warning_v2(caution.id, caution.message)


def _zones(names: Sequence[str] | None) -> list[str]:
    if names is None:
        return [cdk.Fn.select(index, cdk.Fn.get_azs()) for index in range(limits.RESILIENT_ZONES)]
    if len(set(names)) != limits.RESILIENT_ZONES or len(names) != limits.RESILIENT_ZONES:
        msg = (
            f"availability_zones must name {limits.RESILIENT_ZONES} different zones, got {list(names)}: "
            "name three, or bring a VPC with vpc"
        )
        raise ValueError(msg)
    return list(names)


def _nat_gateways(egress: Egress, count: int | None) -> int:
    if egress is Egress.PRIVATE:
        if count is not None:
            msg = (
                f"nat_gateways must not be given with Egress.PRIVATE, got {count}: "
                "private egress has no NAT gateway; leave it out, or use Egress.NAT"
            )
            raise ValueError(msg)
        return 0
    if count is None:
        return limits.RESILIENT_ZONES
    if not 1 <= count <= limits.RESILIENT_ZONES:
        msg = (
            f"nat_gateways must be from 1 to {limits.RESILIENT_ZONES}, got {count}: "
            "for a network without NAT gateways use Egress.PRIVATE"
        )
        raise ValueError(msg)
    return count


def _select(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> ec2.SelectedSubnets:
    if selection is None:
        return vpc.select_subnets()
    return vpc.select_subnets(
        availability_zones=selection.availability_zones,
        one_per_az=selection.one_per_az,
        subnet_filters=selection.subnet_filters,
        subnet_group_name=selection.subnet_group_name,
        subnets=selection.subnets,
        subnet_type=selection.subnet_type,
    )
