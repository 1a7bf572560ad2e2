"""`AWS::Lambda::Version`, which in moto publishes once more what is published, and is on no capacity provider."""

from __future__ import annotations

from typing import Any, cast

from moto.awslambda.utils import get_backend
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import ServiceException

from tests.deploy.server.function import Function, stored

__all__ = ["Version"]


class Version(CloudFormationModel):
    """A published version of a function."""

    updates_in_place = True

    def __init__(self, published: Function) -> None:
        self.published = published
        self.version = str(published.version)

    @property
    def physical_resource_id(self) -> str:
        """What `Ref` gives: its ARN."""
        return self.published.function_arn

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property holds a name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::Lambda::Version"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Return whether `Fn::GetAtt` knows an attribute."""
        return attr in {"Version", "FunctionArn"}

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Return what `Fn::GetAtt` gives."""
        return {"Version": self.version, "FunctionArn": self.physical_resource_id}[attribute_name]

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> Version:
        backend = get_backend(account_id, region_name)
        function = cast("Function", backend.get_function(cloudformation_json["Properties"]["FunctionName"]))
        versions = stored(backend)[function.function_name]["versions"]
        if versions and versions[-1].versioned == function.versioned:
            code = "AlreadyExists"
            msg = (
                f"A version for this Lambda function exists ( {versions[-1].version} ). "
                "Modify the function to create a new version."
            )
            raise ServiceException(code, msg)
        function.code_or_config_updated = True
        published = cast("Function", backend.publish_version(function.function_name))
        function.published_so_far += 1
        published.set_version(function.published_so_far)
        backend._lambdas._arns[published.function_arn] = published  # noqa: SLF001 - moto offers no other way
        published.begin_version(cloudformation_json["Properties"].get("FunctionScalingConfig", {}))
        provider = function.capacity_provider
        if provider is not None:
            provider.attach(published.function_arn, function.properties.get("Architectures", ["x86_64"])[0])
        return cls(published)

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],  # noqa: ARG003 - the scaling config starts nothing here
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
    ) -> Version:
        return cast("Version", original_resource)

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete the version, which an alias prevents."""
        backend = get_backend(account_id, region_name)
        name = self.published.function_name
        for alias in backend.list_aliases(name):
            if alias.function_version == self.version:
                code = "ResourceConflictException"
                msg = f"Unable to delete version because the following aliases reference it: [{alias.name}]"
                raise ServiceException(code, msg)
        stored(backend)[name]["versions"].remove(self.published)
        provider = self.published.capacity_provider
        if provider is not None:
            provider.attached.discard(self.physical_resource_id)
