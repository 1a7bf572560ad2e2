"""Whether instances reach an AWS API: by the interface endpoint that its name leads to, else by the subnets' routes.

What is not known here, such as a transit gateway or a prefix list, is taken as a way: nothing is claimed of it.
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING, Any, Final

from durable_mi.diagnosis.account.policy_document import allows, parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.diagnosis.account.network import Network

__all__ = ["HTTPS", "blocked", "endpoint_denies"]

HTTPS: Final = 443
_DEFAULT: Final = ("0.0.0.0/0", "::/0")
_USABLE: Final = frozenset({"available", "pendingacceptance", "pending"})


def blocked(network: Network, service: str) -> str | None:
    """Return why instances cannot reach an API; ``None`` if they can, or if that is unknown.

    Args:
        network: The network.
        service: The API as VPC endpoints name it, such as ``lambda``.
    """
    endpoints = [each for each in network.endpoints if _is_of(each, network.region, service)]
    private = [each for each in endpoints if each.get("PrivateDnsEnabled")]
    if private:
        # In the whole VPC the API's name leads to the endpoint, whatever the routes say.
        reasons = [_endpoint_problem(network, each, service) for each in private]
        return None if None in reasons else reasons[0]
    problem = _routes_problem(network, service)
    if problem is not None and endpoints:
        names = ", ".join(each["VpcEndpointId"] for each in endpoints)
        problem += f"; the endpoint {names} has no private DNS, so that the name of the API does not lead to it"
    return problem


def endpoint_denies(endpoint: Mapping[str, Any], action: str, resource: str, principal: str) -> bool:
    """Return whether an endpoint's policy surely does not let an action through."""
    document = endpoint.get("PolicyDocument")
    if not document:
        return False
    try:
        return allows([parse_document(document)], action, resource, principal=principal) is False
    except ValueError:
        return False


def _is_of(endpoint: Mapping[str, Any], region: str, service: str) -> bool:
    name = str(endpoint.get("ServiceName", ""))
    return endpoint.get("VpcEndpointType", "Interface") == "Interface" and name.endswith(f".{region}.{service}")


def _endpoint_problem(network: Network, endpoint: Mapping[str, Any], service: str) -> str | None:
    id_ = endpoint["VpcEndpointId"]
    if str(endpoint.get("State", "available")).lower() not in _USABLE:
        return f"the {service} endpoint {id_} is in the state {endpoint['State']}"
    groups = [each["GroupId"] for each in endpoint.get("Groups") or ()]
    known = [network.security_groups[each] for each in groups if each in network.security_groups]
    if groups and len(known) == len(groups):
        closed = [each for each in network.subnets if not any(_lets_in(network, group, each) for group in known)]
        if closed:
            return (
                f"the security group {', '.join(groups)} of the {service} endpoint {id_} admits no connection to port "
                f"{HTTPS} from the instances in {', '.join(closed)}"
            )
    if _no_egress(network, internet=False):
        return f"the security group {', '.join(network.groups)} of the instances allows no connection to port {HTTPS}"
    return None


def _routes_problem(network: Network, service: str) -> str | None:
    if _no_egress(network, internet=True):
        return (
            f"the security group {', '.join(network.groups)} of the instances allows no connection to port {HTTPS} of "
            "the internet"
        )
    reasons = {each: _no_way_out(network, each) for each in network.subnets}
    shut = {subnet: reason for subnet, reason in reasons.items() if reason is not None}
    if not shut:
        return None
    which = "no subnet" if len(shut) == len(reasons) else f"only {len(reasons) - len(shut)} of {len(reasons)} subnets"
    verb = "has" if len(reasons) - len(shut) <= 1 else "have"
    details = "; ".join(f"{subnet}: {reason}" for subnet, reason in shut.items())
    return (
        f"{which} {verb} a way to the {service} API, and the VPC has no {service} endpoint with private DNS ({details})"
    )


def _no_way_out(network: Network, subnet: str) -> str | None:
    table = _table(network, subnet)
    if table is None:
        return None
    routes = [
        each
        for each in table.get("Routes") or ()
        if (each.get("DestinationCidrBlock") or each.get("DestinationIpv6CidrBlock")) in _DEFAULT
    ]
    if not routes:
        # A narrower route can lead to the addresses of the API; which they are is not known here.
        return None if _has_own_routes(table) else "no route leads out of the VPC"
    reasons = [_route_problem(network, each) for each in routes]
    return None if None in reasons else reasons[0]


def _has_own_routes(table: Mapping[str, Any]) -> bool:
    return any(
        each.get("GatewayId") != "local" and not _is_gateway_endpoint(each) for each in table.get("Routes") or ()
    )


def _is_gateway_endpoint(route: Mapping[str, Any]) -> bool:
    return bool(route.get("DestinationPrefixListId")) and str(route.get("GatewayId", "")).startswith("vpce-")


def _route_problem(network: Network, route: Mapping[str, Any]) -> str | None:
    if route.get("State") == "blackhole":
        return "its default route is a blackhole: what it names was deleted"
    gateway = route.get("NatGatewayId")
    if gateway is None:
        return None
    nat = network.nat_gateways.get(gateway)
    if nat is None:
        return None
    if nat.get("State") not in {"available", "pending"}:
        return f"its NAT gateway {gateway} is in the state {nat.get('State')}"
    table = _table(network, str(nat.get("SubnetId")))
    if table is None or nat.get("ConnectivityType") == "private":
        return None
    leads_out = any(
        each.get("DestinationCidrBlock") in _DEFAULT and each.get("State") != "blackhole"
        for each in table.get("Routes") or ()
    )
    return None if leads_out else f"the subnet of its NAT gateway {gateway} has no route to an internet gateway"


def _table(network: Network, subnet: str) -> Mapping[str, Any] | None:
    def associated(table: Mapping[str, Any], **wanted: Any) -> bool:  # noqa: ANN401 - a member of an association
        return any(
            all(each.get(key) == value for key, value in wanted.items()) for each in table.get("Associations") or ()
        )

    own = [each for each in network.route_tables if associated(each, SubnetId=subnet)]
    main = [each for each in network.route_tables if associated(each, Main=True)]
    return next(iter(own or main), None) if subnet in network.subnets_of_vpc else None


def _no_egress(network: Network, *, internet: bool) -> bool:
    """Return whether no rule of the instances' security groups lets a connection out; unknown groups let it out."""
    groups = [network.security_groups.get(each) for each in network.groups]
    if not groups or None in groups:
        return False
    rules = [rule for group in groups if group is not None for rule in _https(group, "IpPermissionsEgress")]
    if not internet:
        return not rules
    return not any(
        rule.get("PrefixListIds") or rule.get("Ipv6Ranges") or any(_is_public(each) for each in rule["IpRanges"])
        for rule in rules
    )


def _is_public(block: Mapping[str, Any]) -> bool:
    return not IPv4Network(block["CidrIp"], strict=False).is_private


def _lets_in(network: Network, group: Mapping[str, Any], subnet: str) -> bool:
    cidr = (network.subnets_of_vpc.get(subnet) or {}).get("CidrBlock")
    for rule in _https(group, "IpPermissions"):
        if rule.get("PrefixListIds") or rule.get("Ipv6Ranges") or cidr is None:
            return True
        if any(each.get("GroupId") in network.groups for each in rule.get("UserIdGroupPairs") or ()):
            return True
        instances = ip_network(cidr, strict=False)
        if any(instances.overlaps(ip_network(each["CidrIp"], strict=False)) for each in rule.get("IpRanges") or ()):
            return True
    return False


def _https(group: Mapping[str, Any], direction: str) -> Iterator[Mapping[str, Any]]:
    for rule in group.get(direction) or ():
        if rule.get("IpProtocol") == "-1" or (
            rule.get("IpProtocol") in {"tcp", "6"} and rule.get("FromPort", 0) <= HTTPS <= rule.get("ToPort", 65535)
        ):
            yield {"IpRanges": (), **rule}
