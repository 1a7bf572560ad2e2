"""`AWS::Lambda::Alias`, which moto knows through the Lambda API alone."""

from __future__ import annotations

from typing import Any, cast

from moto.awslambda.utils import get_backend
from moto.core.common_models import CloudFormationModel

from tests.deploy.server.codedeploy import shift

__all__ = ["Alias"]


class Alias(CloudFormationModel):
    """An alias of a published version."""

    updates_in_place = True

    def __init__(self, arn: str, name: str, function_name: str) -> None:
        self.arn = arn
        self.name = name
        self.function_name = function_name

    @property
    def physical_resource_id(self) -> str:
        """What `Ref` gives: its ARN."""
        return self.arn

    @staticmethod
    def cloudformation_name_type() -> str:
        """Return the property that holds its name."""
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::Lambda::Alias"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Return whether `Fn::GetAtt` knows an attribute."""
        return attr == "AliasArn"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Return what `Fn::GetAtt` gives."""
        return {"AliasArn": self.arn}[attribute_name]

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> Alias:
        properties = cloudformation_json["Properties"]
        name = _function_name(properties)
        made = get_backend(account_id, region_name).create_alias(
            resource_name, name, properties["FunctionVersion"], properties.get("Description", ""), ""
        )
        return cls(made.arn, resource_name, name)

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Alias:
        alias = cast("Alias", original_resource)
        properties = cloudformation_json["Properties"]
        backend = get_backend(account_id, region_name)
        codedeploy = cloudformation_json["UpdatePolicy"].get("CodeDeployLambdaAliasUpdate")
        standing = backend.get_alias(alias.name, alias.function_name)
        if codedeploy is not None and standing.function_version != properties["FunctionVersion"]:
            shift(codedeploy, backend, alias.function_name, standing, properties["FunctionVersion"])
        backend.update_alias(
            alias.name, alias.function_name, properties["FunctionVersion"], properties.get("Description", ""), ""
        )
        return alias

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete the alias."""
        get_backend(account_id, region_name).delete_alias(self.name, self.function_name)


def _function_name(properties: dict[str, Any]) -> str:
    """Return the bare name, whatever form the template gives it in."""
    name = str(properties["FunctionName"])
    return name.partition(":function:")[2].partition(":")[0] or name
