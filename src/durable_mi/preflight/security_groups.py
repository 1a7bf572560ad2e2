"""Security groups of the template, on TCP 443."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["groups", "lets_in", "lets_out"]

_HTTPS: Final = 443
_ALL_PROTOCOLS: Final = "-1"
_TCP: Final = frozenset({"tcp", "6"})


def groups(model: Model, owner: TemplateResource, *path: str) -> list[TemplateResource] | None:
    """Return the security groups that a resource names.

    Args:
        model: The template.
        owner: The resource.
        path: Their path in its properties.

    Returns:
        ``None`` where it names none, or one that the template does not hold.
    """
    entries = owner.entries(*path)
    if not entries:
        return None
    found = [model.referred(entry, "AWS::EC2::SecurityGroup", {"", "GroupId"}) for entry in entries]
    known = [group for group in found if group is not None]
    return known if len(known) == len(found) else None


def lets_out(model: Model, provider: TemplateResource) -> bool:
    """Return whether a capacity provider's security groups let anything out on 443, as far as the template has them."""
    found = groups(model, provider, "VpcConfig", "SecurityGroupIds")
    if found is None:
        return True
    for group in found:
        rules = list(_rules(model, group, "Egress"))
        # A security group without a rule of its own lets out everything.
        if not rules or any(_covers_https(item, path) for item, path in rules):
            return True
    return False


def lets_in(model: Model, endpoint: TemplateResource, provider: TemplateResource, subnet: TemplateResource) -> bool:
    """Return whether an endpoint's security groups let a capacity provider's instances in on 443, as far as known.

    Args:
        model: The template.
        endpoint: The interface endpoint.
        provider: The capacity provider.
        subnet: A subnet of it.
    """
    found = groups(model, endpoint, "SecurityGroupIds")
    if found is None:
        return True
    ours = provider.entries("VpcConfig", "SecurityGroupIds")
    return any(
        _covers_https(item, path) and _comes_from(item, path, ours, subnet)
        for group in found
        for item, path in _rules(model, group, "Ingress")
    )


def _rules(
    model: Model, group: TemplateResource, direction: str
) -> Iterator[tuple[TemplateResource, tuple[str | int, ...]]]:
    """Yield the rules of a security group, as resource and path: those within it, and those on their own."""
    key = f"SecurityGroup{direction}"
    for index in range(len(group.entries(key) or ())):
        yield group, (key, index)
    rules = model.referring(f"AWS::EC2::{key}", "GroupId")
    for rule in (*rules.get(group.id, ()), *rules.get("", ())):
        yield rule, ()


def _covers_https(item: TemplateResource, path: tuple[str | int, ...]) -> bool:
    protocol = item.get(*path, "IpProtocol")
    if isinstance(protocol, Unknown) or str(protocol) == _ALL_PROTOCOLS:
        return True
    if str(protocol).lower() not in _TCP:
        return False
    first, last = item.number(*path, "FromPort"), item.number(*path, "ToPort")
    unknown = any(isinstance(item.get(*path, key), Unknown) for key in ("FromPort", "ToPort"))
    return unknown or (first is not None and last is not None and first <= _HTTPS <= last)


def _comes_from(
    item: TemplateResource, path: tuple[str | int, ...], ours: Sequence[object] | None, subnet: TemplateResource
) -> bool:
    source = item.get(*path, "SourceSecurityGroupId")
    if source is not MISSING:
        return not isinstance(source, Reference) or ours is None or _same_group(source, ours)
    cidr = item.get(*path, "CidrIp")
    block = subnet.get("CidrBlock")
    if isinstance(cidr, str) and isinstance(block, str):
        try:
            return ipaddress.ip_network(cidr, strict=False).overlaps(ipaddress.ip_network(block, strict=False))
        except (ValueError, TypeError):
            return True
    return True


def _same_group(source: Reference, ours: Sequence[object]) -> bool:
    return any(not isinstance(group, Reference) or group.logical_id == source.logical_id for group in ours)
