"""Resources that moto's CloudFormation does not make: the stack notes them, and that is all.

Nothing may be concluded from them. `docs/explanation/rehearsal.md` lists them, and a test holds the list to it.
"""

from __future__ import annotations

from typing import Any, Final

from moto.core.common_models import CloudFormationModel

__all__ = ["PLACEHOLDERS", "placeholder"]

PLACEHOLDERS: Final = ("AWS::CDK::Metadata", "AWS::CloudWatch::Alarm", "AWS::S3::BucketPolicy")


class _Placeholder(CloudFormationModel):
    """A name and nothing else."""

    updates_in_place = True

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],  # noqa: ARG003 - moto's signature
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> _Placeholder:
        return cls(resource_name)

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
        return f"{self.physical_resource_id}/{attribute_name}"

    def delete(self, account_id: str, region_name: str) -> None:
        """Nothing is there."""


def placeholder(resource_type: str) -> type[CloudFormationModel]:
    """Return the model of a type that is only noted."""
    return type("Placeholder", (_Placeholder,), {"cloudformation_type": staticmethod(lambda: resource_type)})
