"""Ways out of a capacity provider's network, read from routes, endpoints and security groups of the template.

What the template does not hold counts as a way out: only what is known is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, Unknown, parts_of
from durable_mi.preflight.security_groups import lets_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Block", "Blocked", "Way", "blocked", "private_dns_gaps", "subnets", "way_out"]

_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")
_ASSOCIATION: Final = ("AWS::EC2::SubnetRouteTableAssociation", "SubnetId")
_ROUTE: Final = ("AWS::EC2::Route", "RouteTableId")
_ROUTE_TARGETS: Final = (
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
    "LocalGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)


class Way(Enum):
    """Where a subnet's routes lead."""

    NOWHERE = "nowhere"
    INTERNET_GATEWAY = "an internet gateway"
    SOMEWHERE = "somewhere"


class Block(Enum):
    """Why a service cannot be reached."""

    NO_ROUTE = "no route"
    NO_PRIVATE_DNS = "no private DNS"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A service that a subnet does not reach.

    Attributes:
        block: Why.
        subnet: The subnet.
        endpoint: The endpoint that would lead there, ``None`` where there is none.
    """

    block: Block
    subnet: TemplateResource
    endpoint: TemplateResource | None = None


def subnets(model: Model, provider: TemplateResource) -> list[TemplateResource]:
    """Return the subnets of a capacity provider that the template holds."""
    found = (model.referred(entry, "AWS::EC2::Subnet", {"", "SubnetId"}) for entry in _subnet_ids(provider))
    return [subnet for subnet in found if subnet is not None]


def blocked(model: Model, provider: TemplateResource, service: str) -> list[Blocked]:
    """List which subnets of a capacity provider do not reach an AWS service, and why.

    Args:
        model: The template.
        provider: The capacity provider.
        service: The service as in an endpoint's service name, such as ``lambda``.
    """
    return [
        found
        for subnet in subnets(model, provider)
        if way_out(model, subnet) is Way.NOWHERE and (found := _endpoint_block(model, provider, subnet, service))
    ]


def way_out(model: Model, subnet: TemplateResource) -> Way:
    """Return where a subnet's routes lead."""
    vpc = subnet.get("VpcId")
    tables = _tables(model, subnet)
    if any(isinstance(item.get("SubnetId"), Unknown) for item in model.referring(*_ASSOCIATION).get("", ())):
        return Way.SOMEWHERE
    if not tables:
        # The VPC's main route table, which holds local routes alone in a VPC of this template.
        return Way.NOWHERE if model.referred(vpc, "AWS::EC2::VPC", {"", "VpcId"}) is not None else Way.SOMEWHERE
    ways = {_table_way(model, table) for table in tables}
    return next((way for way in (Way.SOMEWHERE, Way.INTERNET_GATEWAY) if way in ways), Way.NOWHERE)


def private_dns_gaps(model: Model, endpoint: TemplateResource) -> list[str]:
    """Return what an endpoint lacks to be found by the service's own name, as a template writes it."""
    if isinstance(endpoint.get("ServiceName"), Unknown):
        return []
    gaps = ["PrivateDnsEnabled"] if endpoint.flag("PrivateDnsEnabled") is False else []
    vpc = model.referred(endpoint.get("VpcId"), "AWS::EC2::VPC", {"", "VpcId"})
    if vpc is not None:
        given = {
            "EnableDnsHostnames": vpc.flag("EnableDnsHostnames", default=False),
            "EnableDnsSupport": vpc.flag("EnableDnsSupport"),
        }
        gaps += [f"{key} of {vpc.id}" for key, value in given.items() if value is False]
    return gaps


def _table_way(model: Model, table: object) -> Way:
    found = model.referred(table, "AWS::EC2::RouteTable", {"", "RouteTableId"})
    if found is None:
        return Way.SOMEWHERE
    ways = [_route_way(model, route) for route in model.referring(*_ROUTE).get(found.id, ())]
    return next((way for way in (Way.SOMEWHERE, Way.INTERNET_GATEWAY) if way in ways), Way.NOWHERE)


def _route_way(model: Model, route: TemplateResource) -> Way:
    if any(route.get(target) is not MISSING for target in _ROUTE_TARGETS):
        return Way.SOMEWHERE
    destinations = [route.get(key) for key in ("DestinationCidrBlock", "DestinationIpv6CidrBlock")]
    if not any(isinstance(to, Unknown) or to in _EVERYWHERE for to in destinations if to is not MISSING):
        return Way.NOWHERE
    if route.get("NatGatewayId") is not MISSING:
        return _nat_way(model, route.get("NatGatewayId"))
    gateway = route.get("GatewayId")
    if gateway is MISSING:
        return Way.NOWHERE
    if model.referred(gateway, "AWS::EC2::InternetGateway", {"", "InternetGatewayId"}) is not None:
        return Way.INTERNET_GATEWAY
    return Way.INTERNET_GATEWAY if str(gateway).startswith("igw-") else Way.SOMEWHERE


def _nat_way(model: Model, value: object) -> Way:
    """Return the way out by a NAT gateway: none if its own subnet is in the template and leads nowhere."""
    gateway = model.referred(value, "AWS::EC2::NatGateway", {"", "NatGatewayId"})
    if gateway is None:
        return Way.SOMEWHERE
    subnet = model.referred(gateway.get("SubnetId"), "AWS::EC2::Subnet", {"", "SubnetId"})
    # A NAT gateway behind another one is no set-up that this can judge.
    if subnet is None or _has_nat_route(model, subnet):
        return Way.SOMEWHERE
    return Way.NOWHERE if way_out(model, subnet) is Way.NOWHERE else Way.SOMEWHERE


def _has_nat_route(model: Model, subnet: TemplateResource) -> bool:
    return any(
        route.get("NatGatewayId") is not MISSING
        for table in _tables(model, subnet)
        if isinstance(table, Reference)
        for route in model.referring(*_ROUTE).get(table.logical_id, ())
    )


def _tables(model: Model, subnet: TemplateResource) -> list[object]:
    return [item.get("RouteTableId") for item in model.referring(*_ASSOCIATION).get(subnet.id, ())]


def _endpoint_block(model: Model, provider: TemplateResource, subnet: TemplateResource, service: str) -> Blocked | None:
    vpc = subnet.get("VpcId")
    first: Blocked | None = None
    for endpoint in _endpoints(model, service):
        its_vpc = endpoint.get("VpcId")
        if isinstance(its_vpc, Unknown) or isinstance(vpc, Unknown):
            return None
        if its_vpc != vpc:
            continue
        if private_dns_gaps(model, endpoint):
            found = Blocked(Block.NO_PRIVATE_DNS, subnet, endpoint)
        elif not lets_in(model, endpoint, provider, subnet):
            found = Blocked(Block.CLOSED, subnet, endpoint)
        else:
            return None
        first = first or found
    return first or Blocked(Block.NO_ROUTE, subnet)


def _endpoints(model: Model, service: str) -> Iterator[TemplateResource]:
    for endpoint in model.of_type("AWS::EC2::VPCEndpoint"):
        name = endpoint.get("ServiceName")
        tail = (parts_of(name) or ("",))[-1]
        if isinstance(tail, Unknown) or (isinstance(tail, str) and tail.rpartition(".")[2] == service):
            yield endpoint


def _subnet_ids(provider: TemplateResource) -> Sequence[object]:
    return provider.entries("VpcConfig", "SubnetIds") or []
