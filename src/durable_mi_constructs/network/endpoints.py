"""VPC endpoints of a capacity provider's network, and the policies of those that durable functions need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs import Construct, DependencyGroup

__all__ = ["AwsService", "Endpoints"]

AwsService = ec2.InterfaceVpcEndpointAwsService | ec2.GatewayVpcEndpointAwsService
"""An AWS service with a VPC endpoint."""

_HTTPS: Final = 443
_IDS: Final = {"lambda": "LambdaEndpoint", "logs": "LogsEndpoint", "xray": "XRayEndpoint"}
# The service behind "com.amazonaws.REGION.", where the region may be a token.
_GATEWAY: Final = re.compile(r"com\.amazonaws\.(?:\$\{Token\[[^\]]*\]\}|[a-z0-9-]+)\.(.+)")
# Actions, and the resources of this account that they are on; X-Ray knows no resources.
_POLICIES: Final[Mapping[str, tuple[list[str], str | None]]] = {
    "lambda": (["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"], "function"),
    "logs": (["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "log-group"),
    "xray": (["xray:PutTraceSegments", "xray:PutTelemetryRecords"], None),
}


class Endpoints:
    """The endpoints that a network creates, one for each service.

    Args:
        scope: The network, which they are children of.
        read_vpc: Returns its VPC. A network without endpoints does not make all of it.
        subnets: The instances' subnets.
        instances: The instances' security groups.
        established: The dependencies of the capacity provider.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        read_vpc: Callable[[], ec2.IVpc],
        subnets: Sequence[ec2.ISubnet],
        instances: Sequence[ec2.ISecurityGroup],
        established: DependencyGroup,
    ) -> None:
        self._scope = scope
        self._read_vpc = read_vpc
        self._subnets = list(subnets)
        self._instances = list(instances)
        self._established = established
        self._security_group: ec2.SecurityGroup | None = None
        self._made: dict[str, ec2.VpcEndpoint] = {}

    @property
    def made(self) -> dict[str, ec2.VpcEndpoint]:
        """The endpoints by the service's short name, such as ``lambda`` or ``s3``."""
        return dict(self._made)

    @property
    def interface_count(self) -> int:
        """The number of interface endpoints."""
        return sum(isinstance(endpoint, ec2.InterfaceVpcEndpoint) for endpoint in self._made.values())

    def add(self, service: AwsService) -> None:
        """Create the endpoint of a service, unless it exists.

        An interface endpoint allows traffic from the instances only, on TCP 443. The endpoints of ``lambda``, ``logs``
        and ``xray`` allow what a durable function needs, for principals of this account. The others allow everything.

        Args:
            service: The service.

        Raises:
            ValueError: A gateway endpoint's subnet was imported without its route table.
        """
        name = _short_name(service)
        if name in self._made:
            return
        construct_id = _IDS.get(name) or "".join(map(str.capitalize, re.split(r"[^a-z0-9]+", name))) + "Endpoint"
        self._made[name] = (
            self._gateway(construct_id, service)
            if isinstance(service, ec2.GatewayVpcEndpointAwsService)
            else self._interface(construct_id, name, service)
        )
        self._established.add(self._made[name])

    def _interface(
        self, construct_id: str, name: str, service: ec2.InterfaceVpcEndpointAwsService
    ) -> ec2.InterfaceVpcEndpoint:
        endpoint = ec2.InterfaceVpcEndpoint(
            self._scope,
            construct_id,
            vpc=self._read_vpc(),
            service=service,
            subnets=ec2.SubnetSelection(subnets=self._subnets),
            security_groups=[self._group()],
            open=False,
        )
        if name in _POLICIES:
            endpoint.add_to_policy(self._statement(*_POLICIES[name]))
        return endpoint

    def _gateway(self, construct_id: str, service: ec2.GatewayVpcEndpointAwsService) -> ec2.GatewayVpcEndpoint:
        for subnet in self._subnets:
            _require_route_table(subnet)
        return ec2.GatewayVpcEndpoint(
            self._scope,
            construct_id,
            vpc=self._read_vpc(),
            service=service,
            subnets=[ec2.SubnetSelection(subnets=self._subnets)],
        )

    def _group(self) -> ec2.SecurityGroup:
        if self._security_group is None:
            self._security_group = ec2.SecurityGroup(
                self._scope,
                "EndpointSecurityGroup",
                vpc=self._read_vpc(),
                description="Interface endpoints of a Lambda capacity provider",
                allow_all_outbound=False,
            )
            for group in self._instances:
                self._security_group.add_ingress_rule(group, ec2.Port.tcp(_HTTPS), "Instances of the capacity provider")
            self._established.add(self._security_group)
        return self._security_group

    def _statement(self, actions: list[str], resource: str | None) -> iam.PolicyStatement:
        stack = cdk.Stack.of(self._scope)
        resources = ["*"]
        if resource is not None:
            resources = [
                stack.format_arn(
                    service=actions[0].partition(":")[0],
                    resource=resource,
                    resource_name="*",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ]
        # All three are called with roles of this account: with the function's, and for system logs with the operator's.
        return iam.PolicyStatement(
            principals=[iam.AnyPrincipal()],
            actions=actions,
            resources=resources,
            conditions={"StringEquals": {"aws:PrincipalAccount": stack.account}},
        )


def _short_name(service: AwsService) -> str:
    if isinstance(service, ec2.InterfaceVpcEndpointAwsService):
        return service.short_name
    match = _GATEWAY.fullmatch(service.name)
    return match[1] if match else service.name


def _require_route_table(subnet: ec2.ISubnet) -> None:
    try:
        known = bool(subnet.route_table.route_table_id)
    except RuntimeError:
        known = False
    if not known:
        msg = (
            f"a gateway endpoint must know the route table of each subnet, got {subnet.subnet_id} without: import the "
            "VPC with its route table ids, or name an interface endpoint instead"
        )
        raise ValueError(msg)
