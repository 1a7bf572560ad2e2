"""Deleting network resources, which moto does through the EC2 API and not through CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends

from tests.deploy.server.security_group import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moto.ec2.models import EC2Backend

    from tests.deploy.server.stack_resources import Standing

__all__ = ["delete_from_network"]


def _attachment(backend: EC2Backend, standing: Standing) -> None:
    vpc_id, gateway_id = standing.properties["VpcId"], standing.properties["InternetGatewayId"]
    # EC2's rule; moto detaches the gateway from under the addresses.
    if any(nat.vpc_id == vpc_id and nat.state == "available" for nat in backend.nat_gateways.values()):
        code = "DependencyViolation"
        msg = f"Network {vpc_id} has some mapped public address(es): unmap them before detaching the gateway"
        raise ServiceException(code, msg)
    backend.detach_internet_gateway(gateway_id, vpc_id)


def _route(backend: EC2Backend, standing: Standing) -> None:
    given = standing.properties
    backend.delete_route(
        given["RouteTableId"], given.get("DestinationCidrBlock", ""), given.get("DestinationIpv6CidrBlock")
    )


def _ingress(backend: EC2Backend, standing: Standing) -> None:
    backend.revoke_security_group_ingress(standing.properties["GroupId"], **rule(standing.properties, "Source"))


_DELETIONS: Final[Mapping[str, Callable[[EC2Backend, Standing], Any]]] = {
    "AWS::EC2::EIP": lambda backend, it: backend.release_address(allocation_id=it.model.allocation_id),
    "AWS::EC2::FlowLog": lambda backend, it: backend.delete_flow_logs([it.physical_id]),
    "AWS::EC2::InternetGateway": lambda backend, it: backend.delete_internet_gateway(it.physical_id),
    "AWS::EC2::NatGateway": lambda backend, it: backend.delete_nat_gateway(it.physical_id),
    "AWS::EC2::Route": _route,
    "AWS::EC2::RouteTable": lambda backend, it: backend.delete_route_table(it.physical_id),
    "AWS::EC2::SecurityGroupIngress": _ingress,
    "AWS::EC2::VPCEndpoint": lambda backend, it: backend.delete_vpc_endpoints([it.physical_id]),
    "AWS::EC2::VPCGatewayAttachment": _attachment,
}


def delete_from_network(standing: Standing, account_id: str, region: str) -> bool:
    """Delete a network resource; `False` for one that moto's CloudFormation deletes itself.

    Raises:
        ServiceException: Something else still needs it.
    """
    delete = _DELETIONS.get(standing.type)
    if delete is None:
        return False
    delete(ec2_backends[account_id][region], standing)
    return True
