"""`AWS::EC2::SecurityGroup` with its rules: moto forgets the outbound ones, and inbound ones that name addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroup as MotoSecurityGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SecurityGroup", "rule"]


class SecurityGroup(MotoSecurityGroup):
    """A security group with the rules of its template, so that what is read back is what was asked for."""

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> MotoSecurityGroup:
        properties = cloudformation_json["Properties"]
        backend = ec2_backends[account_id][region_name]
        group = backend.create_security_group(
            name=resource_name, description=properties["GroupDescription"], vpc_id=properties.get("VpcId")
        )
        for given in properties.get("SecurityGroupIngress", []):
            backend.authorize_security_group_ingress(group.id, **rule(given, "Source"))
        egress = properties.get("SecurityGroupEgress")
        if egress is not None:
            group.egress_rules.clear()
            for given in egress:
                backend.authorize_security_group_egress(group.id, **rule(given, "Destination"))
        return group


def rule(given: Mapping[str, Any], side: str) -> dict[str, Any]:
    """Return a rule of a template as moto's EC2 takes it.

    Args:
        given: The template's properties.
        side: `Source` or `Destination`, which begins the name of the other group's property.
    """
    ranges = [{key: given[key]} for key in ("CidrIp", "CidrIpv6") if key in given]
    group = given.get(f"{side}SecurityGroupId")
    return {
        "ip_protocol": str(given["IpProtocol"]),
        "from_port": given.get("FromPort"),
        "to_port": given.get("ToPort"),
        "ip_ranges": ranges,
        "source_groups": [] if group is None else [{"GroupId": group}],
    }
