"""The network of a capacity provider's instances, and their route to the Lambda API."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from durable_mi import limits
from durable_mi.checks import capacity as checks
from durable_mi.checks import choice
from durable_mi.cost import NetworkFloor
from durable_mi_constructs import kinds
from durable_mi_constructs.annotations import warn
from durable_mi_constructs.arguments import takes
from durable_mi_constructs.construct_paths import remember
from durable_mi_constructs.network.endpoints import AwsService, Endpoints
from durable_mi_constructs.network.flow_logs import make_flow_logs
from durable_mi_constructs.network.imported_subnets import ImportedSubnets
from durable_mi_constructs.network.vpc import ZonalVpc
from durable_mi_constructs.network.zones import take_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs import IDependable

__all__ = ["SECURITY_GROUPS", "Egress", "ManagedNetwork"]

SECURITY_GROUPS: Final = kinds.ListOf(
    kinds.instance(
        ec2.ISecurityGroup,
        fix="pass an ec2.SecurityGroup, or import one with ec2.SecurityGroup.from_security_group_id(scope, id, sg_id)",
    )
)
"""The kind of ``security_groups``."""

_HTTPS: Final = 443
_VPC: Final = kinds.instance(
    ec2.IVpc, fix="pass an ec2.Vpc, or look one up with ec2.Vpc.from_lookup(scope, id, vpc_id=...)"
)
_SUBNETS: Final = kinds.instance(
    ec2.SubnetSelection, fix="pass ec2.SubnetSelection(subnets=[...]) or another selection by it"
)
_FLOW_LOGS: Final = kinds.instance(
    bool,
    ec2.FlowLogDestination,
    fix="pass True, False or a destination such as ec2.FlowLogDestination.to_s3(bucket)",
)


class Egress(Enum):
    """How functions reach destinations outside of their subnets.

    A string with a member's name, such as ``"PRIVATE"`` from the app's context, is accepted as the member.

    All traffic of a function uses the capacity provider's network, including its checkpoints, logs and traces.
    """

    NAT = "NAT"
    """Through NAT gateways to the internet and to every AWS API, over IPv4."""

    IPV6 = "IPV6"
    """To the internet over IPv6 only, through an egress-only internet gateway, which has no hourly price.

    To Lambda, CloudWatch Logs and, if a function uses tracing, X-Ray through interface endpoints, because no source
    confirms that logs and traces leave managed instances over IPv6.
    """

    PRIVATE = "PRIVATE"
    """Only to AWS APIs with an endpoint: ``lambda``, ``logs``, with tracing ``xray``, and those in
    ``endpoints``."""


@jsii.implements(ec2.IConnectable)
class ManagedNetwork(Construct):
    """The VPC, subnets and security group of a capacity provider.

    Defaults to a VPC over three Availability Zones with private subnets, one NAT gateway in each zone, and flow logs.
    Nothing is looked up at synth, in stacks with and without account and Region. The first three zones of the Region
    are used, in a stack of ``us-east-1`` three by their ids. If Lambda rejects one of them, name the zones. If a Region
    offers only two to an account (``us-west-1``), name the two.

    The security group allows no inbound traffic, and outbound TCP 443 to IPv4 addresses, with :attr:`Egress.IPV6` to
    IPv6 addresses too. For a database, use ``database.connections.allow_default_port_from(network)``, which adds rules
    on both sides.

    The endpoints of ``lambda``, ``logs`` and ``xray`` allow only what a durable function needs, for this account. To
    call more of the Lambda API from a function, add to the policy of ``network.endpoints["lambda"]``.

    Tree: ``SecurityGroup`` unless you pass some. Unless you pass a VPC ``Vpc``, which contains ``Resource``, with NAT
    ``PrivateSubnet1`` to ``3``, ``PublicSubnet1`` to ``3``, ``InternetGateway`` and ``InternetGatewayAttachment``, with
    IPv6 ``PrivateSubnet1`` to ``3``, ``Ipv6Cidr`` and ``EgressOnlyInternetGateway``, with private egress
    ``IsolatedSubnet1`` to ``3``. With any interface endpoint ``EndpointSecurityGroup``, and for each service an
    endpoint, such as ``LambdaEndpoint``, ``LogsEndpoint``, ``XRayEndpoint``, ``SqsEndpoint``. With flow logs
    ``FlowLogs``, and ``FlowLogGroup`` if you name no destination.

    Args:
        scope: The parent.
        construct_id: The id in the parent.
        egress: How functions reach the Lambda API and other destinations. Defaults to :attr:`Egress.NAT`.
        nat_gateways: 1 to the number of zones, with NAT egress only. Defaults to one for each zone. With 1 you pay for
            one. But if its zone fails, no function has egress, and traffic between zones costs extra.
        availability_zones: Names or ids (such as ``use1-az1``) of three zones for the new VPC. Two raise a warning.
            Defaults to the first three of ``Fn::GetAZs``, which lists zones where the account has a default subnet, or
            all if it has none. Lambda was seen to reject subnets in ``use1-az3``, a zone whose name differs between
            accounts. A stack of ``us-east-1`` defaults to ``use1-az1``, ``use1-az2`` and ``use1-az4``. A stack without
            Region prints what to do for ``us-east-1``.
        vpc: Your own VPC, instead of all of the above. It must have a route to the Lambda and CloudWatch Logs APIs, its
            own or by ``endpoints``: without it a checkpoint never completes. Defaults to a new VPC.
        vpc_subnets: Which subnets of your VPC, 1 to 16, preferably one private subnet in each of three zones. Defaults
            to the private subnets with egress, otherwise the isolated ones, otherwise the public ones.
        security_groups: 1 to 5 security groups of your own for the instances. They must allow outbound TCP 443.
            Defaults to a new security group.
        endpoints: Services that get an endpoint in the VPC, yours or new, such as
            ``ec2.InterfaceVpcEndpointAwsService.SQS`` or ``ec2.GatewayVpcEndpointAwsService.S3``. You can also name one
            that is created in any case. Defaults to those that ``egress`` needs.
        flow_logs: Whether traffic is recorded, or where to. ``True`` records to a log group that keeps a month.
            Defaults to ``True`` for a new VPC and to ``False`` for yours.
        flow_log_removal_policy: What becomes of the created log group of the flow logs when the stack is deleted; not
            together with a destination of your own. Defaults to CDK's default ``RETAIN``.

    Raises:
        ValueError: ``egress`` is not an :class:`Egress`, ``vpc`` is passed with an argument for a new VPC,
            ``vpc_subnets`` is passed without ``vpc``, a value is of the wrong kind, or a number is out of range.
    """

    @takes(
        scope=kinds.CONSTRUCT,
        construct_id=kinds.CONSTRUCT_ID,
        nat_gateways=kinds.WHOLE_NUMBER,
        availability_zones=kinds.STRINGS,
        vpc=_VPC,
        vpc_subnets=_SUBNETS,
        security_groups=SECURITY_GROUPS,
        flow_logs=_FLOW_LOGS,
    )
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
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        endpoints: Sequence[AwsService] = (),
        flow_logs: ec2.FlowLogDestination | bool | None = None,
        flow_log_removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = remember(self, scope, construct_id)
        if egress is not None:
            egress = choice.take_member("egress", egress, Egress)
        services = [_service(entry) for entry in choice.take_entries("endpoints", endpoints)]
        if flow_log_removal_policy is not None:
            flow_log_removal_policy = _removal_policy(flow_log_removal_policy, flow_logs=flow_logs)
        if security_groups is not None:
            checks.check_security_groups(len(security_groups))
        self._egress: DependencyGroup
        self._read_vpc: Callable[[], ec2.IVpc]
        self._read_vpc_of_endpoints: Callable[[], ec2.IVpc]
        self._vpc_by_id: ec2.IVpc
        self._subnets: list[ec2.ISubnet]
        self._nat_gateways = 0
        self._zone_count: int | None = limits.RESILIENT_ZONES
        self._is_made = vpc is None
        if vpc is None:
            if vpc_subnets is not None:
                msg = "vpc_subnets must come together with vpc, got vpc_subnets alone: pass the VPC that they belong to"
                raise ValueError(msg)
            egress = Egress.NAT if egress is None else egress
            self._make_vpc(stack, egress, nat_gateways, availability_zones)
        else:
            _reject_with_vpc(egress=egress, nat_gateways=nat_gateways, availability_zones=availability_zones)
            self._use_vpc(vpc, vpc_subnets)
        self._connections: ec2.Connections | None = None
        self._security_groups = (
            [self._make_security_group(egress)] if security_groups is None else list(security_groups)
        )
        self._endpoints = Endpoints(
            self,
            read_vpc=self._read_vpc_of_endpoints,
            subnets=self._subnets,
            instances=self._security_groups,
            established=self._egress,
        )
        # Where checkpoints go through an endpoint, traces do too.
        self._needs_endpoints = egress in {Egress.PRIVATE, Egress.IPV6}
        self._make_endpoints(services)
        self._flow_log: ec2.FlowLog | None = None
        if flow_logs or (flow_logs is None and vpc is None):
            destination = None if isinstance(flow_logs, bool) else flow_logs
            self._flow_log = make_flow_logs(self, self._vpc_by_id, destination, removal_policy=flow_log_removal_policy)

    @property
    def vpc(self) -> ec2.IVpc:
        """The VPC: the created one, or yours."""
        return self._read_vpc()

    @property
    def subnets(self) -> list[ec2.ISubnet]:
        """The subnets of the instances."""
        return list(self._subnets)

    @property
    def security_group(self) -> ec2.ISecurityGroup:
        """The security group of the instances; the first one if you passed several."""
        return self._security_groups[0]

    @property
    def security_groups(self) -> list[ec2.ISecurityGroup]:
        """All security groups of the instances."""
        return list(self._security_groups)

    @property
    def flow_log(self) -> ec2.FlowLog | None:
        """The record of the VPC's traffic; ``None`` if this network makes none."""
        return self._flow_log

    @property
    def endpoints(self) -> Mapping[str, ec2.VpcEndpoint]:
        """The created endpoints, by the service's short name, such as ``lambda``, ``logs`` or ``s3``."""
        return self._endpoints.made

    @property
    def connections(self) -> ec2.Connections:
        """Connections between the instances and other resources in the VPC."""
        # One object: CDK keeps on it, while it writes both sides of a rule, in whose stack the other side belongs.
        if self._connections is None:
            self._connections = ec2.Connections(security_groups=self._security_groups)
        return self._connections

    @property
    def egress_established(self) -> IDependable:
        """Routes and endpoints that must be created before the first function and deleted after the last one."""
        return self._egress

    @property
    def zone_count(self) -> int | None:
        """Availability Zones of the subnets; ``None`` if they are not known at synth."""
        return self._zone_count

    @property
    def floor(self) -> NetworkFloor:
        """The created resources that are billed by the hour."""
        return NetworkFloor(
            nat_gateways=self._nat_gateways,
            interface_endpoints=self._endpoints.interface_count,
            endpoint_zones=self._zone_count or len(self._subnets),
            known=self._is_made,
        )

    def allow_tracing(self) -> None:
        """Make sure that traces reach X-Ray.

        With :attr:`Egress.PRIVATE` and :attr:`Egress.IPV6` the first call adds the ``xray`` endpoint; NAT needs
        no endpoint. In your own VPC, name it in ``endpoints``.
        :class:`~durable_mi_constructs.DurableManagedFunction` calls it when tracing is on.
        """
        if self._needs_endpoints:
            self._endpoints.add(ec2.InterfaceVpcEndpointAwsService.XRAY)

    def _make_vpc(
        self, stack: cdk.Stack, egress: Egress, nat_gateways: int | None, availability_zones: Sequence[str] | None
    ) -> None:
        zones = take_zones(self, stack, availability_zones)
        self._zone_count = len(zones)
        self._nat_gateways = _nat_gateways(egress, nat_gateways, len(zones))
        made = ZonalVpc(
            self,
            "Vpc",
            availability_zones=zones,
            nat_gateways=self._nat_gateways,
            ipv6=egress is Egress.IPV6,
        )
        self._read_vpc = self._read_vpc_of_endpoints = lambda: made.vpc
        self._vpc_by_id = made.vpc_by_id
        self._subnets = made.subnets
        self._egress = made.egress

    def _use_vpc(self, vpc: ec2.IVpc, vpc_subnets: ec2.SubnetSelection | None) -> None:
        own = ImportedSubnets.select(self, vpc, vpc_subnets)
        warn(self, *own.warnings)
        self._read_vpc = lambda: vpc
        self._read_vpc_of_endpoints = lambda: own.vpc
        self._vpc_by_id = own.vpc
        self._subnets = own.subnets
        self._zone_count = own.zone_count
        self._egress = DependencyGroup(own.egress)

    def _make_security_group(self, egress: Egress | None) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc_by_id,
            description="Instances of a Lambda capacity provider",
            allow_all_outbound=False,
        )
        group.add_egress_rule(*_https_over_ipv4(), "AWS APIs and HTTPS")
        if egress is Egress.IPV6:
            group.add_egress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(_HTTPS), "HTTPS over IPv6")
        return group

    def _make_endpoints(self, named: Sequence[AwsService]) -> None:
        needed: list[AwsService] = []
        if self._needs_endpoints:
            needed = [
                ec2.InterfaceVpcEndpointAwsService.LAMBDA_,
                ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
            ]
        for service in (*needed, *named):
            self._endpoints.add(service)


@cache
def _https_over_ipv4() -> tuple[ec2.IPeer, ec2.Port]:
    return ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS)


def _service(entry: AwsService) -> AwsService:
    # Not by name: S3 and DynamoDB have endpoints of both kinds.
    kinds = ec2.InterfaceVpcEndpointAwsService, ec2.GatewayVpcEndpointAwsService
    fix = "name a service such as ec2.InterfaceVpcEndpointAwsService.SQS"
    return choice.take_instance("endpoints", entry, *kinds, fix=fix, each=True)


def _reject_with_vpc(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            msg = (
                f"{name} must not be given together with vpc, got both: it shapes a new VPC; "
                "leave it out and choose subnets with the routes you want by vpc_subnets"
            )
            raise ValueError(msg)


def _nat_gateways(egress: Egress, count: int | None, zones: int) -> int:
    if egress is not Egress.NAT:
        if count is not None:
            msg = (
                f"nat_gateways must not be given with {egress}, got {count}: "
                "only Egress.NAT has NAT gateways; leave it out, or use that"
            )
            raise ValueError(msg)
        return 0
    if count is None:
        return zones
    if not 1 <= count <= zones:
        msg = (
            f"nat_gateways must be from 1 to {zones}, one in each zone, got {count}: "
            "for a network without NAT gateways use Egress.PRIVATE"
        )
        raise ValueError(msg)
    return count


def _removal_policy(value: cdk.RemovalPolicy, *, flow_logs: ec2.FlowLogDestination | bool | None) -> cdk.RemovalPolicy:
    policy = choice.take_member("flow_log_removal_policy", value, cdk.RemovalPolicy)
    if flow_logs is not None and flow_logs is not True:
        came = "no flow logs" if flow_logs is False else "a destination"
        msg = f"flow_log_removal_policy must come with the log group that is created, got {policy.name} and {came}: "
        raise ValueError(msg + "set it on your own log group, or leave flow_logs out")
    return policy
