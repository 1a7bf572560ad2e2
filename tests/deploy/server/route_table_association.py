"""`AWS::EC2::SubnetRouteTableAssociation`, which in moto leaves the subnet with its VPC's main route table."""

from __future__ import annotations

from typing import Any

from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends

__all__ = ["RouteTableAssociation"]


class RouteTableAssociation(CloudFormationModel):
    """A subnet's route table."""

    def __init__(self, association_id: str) -> None:
        self.physical_resource_id = association_id

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property holds a name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::EC2::SubnetRouteTableAssociation"

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> RouteTableAssociation:
        properties = cloudformation_json["Properties"]
        backend = ec2_backends[account_id][region_name]
        return cls(backend.associate_route_table(properties["RouteTableId"], subnet_id=properties["SubnetId"]))

    def delete(self, account_id: str, region_name: str) -> None:
        """Give the subnet back to the main route table."""
        ec2_backends[account_id][region_name].disassociate_route_table(self.physical_resource_id)
