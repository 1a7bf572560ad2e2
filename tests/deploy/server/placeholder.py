"""Resources that moto's CloudFormation does not make: the stack notes them, and that is all.

Nothing may be concluded from them. `docs/explanation/rehearsal.md` lists them, and a test holds the list to it.
"""

from __future__ import annotations

from typing import Any, Final

from moto.core.common_models import CloudFormationModel
from moto.utilities.utils import get_partition

__all__ = ["PLACEHOLDERS", "placeholder"]

PLACEHOLDERS: Final = (
    "AWS::CDK::Metadata",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::GlobalTable",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SecretsManager::Secret",
)
# Ends of the ARNs that policies name, since IAM takes nothing else there.
_ARNS: Final = {
    "AWS::DynamoDB::GlobalTable": "dynamodb:{region}:{account}:table/{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}",
}
_REF_IS_ARN: Final = {"AWS::SecretsManager::Secret"}


class _Placeholder(CloudFormationModel):
    """A name and nothing else."""

    updates_in_place = True

    def __init__(self, physical_id: str, arn: str) -> None:
        self.physical_resource_id = physical_id
        self.arn = arn

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> _Placeholder:
        resource_type = cloudformation_json["Type"]
        end = _ARNS.get(resource_type, "").format(region=region_name, account=account_id, name=resource_name)
        arn = f"arn:{get_partition(region_name)}:{end}" if end else f"{resource_name}/Arn"
        return cls(arn if resource_type in _REF_IS_ARN else resource_name, arn)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],  # noqa: ARG003 - moto's signature
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
    ) -> Any:
        return original_resource

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Something, where another resource asks for an attribute."""
        return self.arn if attribute_name == "Arn" else f"{self.physical_resource_id}/{attribute_name}"

    def delete(self, account_id: str, region_name: str) -> None:
        """Nothing is there."""


def placeholder(resource_type: str) -> type[CloudFormationModel]:
    """Return the model of a type that is only noted."""
    return type("Placeholder", (_Placeholder,), {"cloudformation_type": staticmethod(lambda: resource_type)})
