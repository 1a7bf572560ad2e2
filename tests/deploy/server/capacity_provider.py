"""`AWS::Lambda::CapacityProvider`, which moto does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CapacityProvider"]

_MAX_VERSIONS: Final = 100
_DEFAULT_SCALING: Final = {"MaxVCpuCount": 400, "ScalingMode": "Auto"}
_STACK_ID: Final = "aws:cloudformation:stack-id"
_CREATE_ONLY: Final = ("CapacityProviderName", "VpcConfig", "InstanceRequirements", "PermissionsConfig", "KmsKeyArn")


class CapacityProvider(CloudFormationModel):
    """A capacity provider that has no instances: it checks what Lambda checks, and keeps what it was told.

    Attributes:
        by_arn: Every capacity provider of the server.
        attached: ARNs of the function versions on it.
        tags_of_stack: The tag by which CloudFormation marks what it makes.
    """

    by_arn: Final[dict[str, CapacityProvider]] = {}
    updates_in_place = True

    def __init__(self, name: str, properties: Mapping[str, Any], account_id: str, region: str) -> None:
        self.name = name
        self.arn = f"arn:{get_partition(region)}:lambda:{region}:{account_id}:capacity-provider:{name}"
        self.properties = dict(properties)
        self.attached: set[str] = set()
        self.tags_of_stack: Mapping[str, str] = {}

    @property
    def physical_resource_id(self) -> str:
        """What `Ref` gives."""
        return self.name

    @property
    def architecture(self) -> str:
        """The instruction set of its instances."""
        return str(self.properties.get("InstanceRequirements", {}).get("Architectures", ["x86_64"])[0])

    def describe(self) -> dict[str, Any]:
        """Return the provider as `GetCapacityProvider` gives it."""
        kept = ("VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn", "PropagateTags")
        return {
            "CapacityProviderArn": self.arn,
            "State": "Active",
            "CapacityProviderScalingConfig": self.properties.get("CapacityProviderScalingConfig", _DEFAULT_SCALING),
            **{key: self.properties[key] for key in kept if key in self.properties},
        }

    def attach(self, version_arn: str, architecture: str) -> None:
        """Put a version of a function on its instances."""
        if architecture != self.architecture:
            code = "InvalidParameterValueException"
            msg = f"The function is for {architecture}, the capacity provider has {self.architecture}"
            raise ServiceException(code, msg)
        if len(self.attached) >= _MAX_VERSIONS:
            code = "CapacityProviderLimitExceededException"
            msg = f"A capacity provider takes {_MAX_VERSIONS} function versions"
            raise ServiceException(code, msg)
        self.attached.add(version_arn)

    def delete(self, account_id: str, region_name: str) -> None:  # noqa: ARG002 - moto's signature
        """Delete it, which versions on it prevent."""
        if self.attached:
            code = "ResourceConflictException"
            functions = {arn.rpartition(":")[0] for arn in self.attached}
            msg = f"The capacity provider is currently in use by {len(functions)} functions"
            raise ServiceException(code, msg)
        del self.by_arn[self.arn]

    @staticmethod
    def cloudformation_name_type() -> str:
        """Return the property that holds its name."""
        return "CapacityProviderName"

    @staticmethod
    def cloudformation_type() -> str:
        """Return the CloudFormation type."""
        return "AWS::Lambda::CapacityProvider"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Return whether `Fn::GetAtt` knows an attribute."""
        return attr in {"Arn", "State"}

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """Return what `Fn::GetAtt` gives."""
        return {"Arn": self.arn, "State": "Active"}[attribute_name]

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> CapacityProvider:
        properties = cloudformation_json["Properties"]
        _check_network(properties["VpcConfig"], account_id, region_name)
        _check_operator_role(properties["PermissionsConfig"], account_id, region_name)
        provider = cls(resource_name, properties, account_id, region_name)
        if provider.arn in cls.by_arn:
            code = "ResourceConflictException"
            msg = f"A capacity provider named {resource_name} exists"
            raise ServiceException(code, msg)
        provider.tags_of_stack = {_STACK_ID: kwargs["StackId"]}
        cls.by_arn[provider.arn] = provider
        return provider

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
    ) -> CapacityProvider:
        provider = cast("CapacityProvider", original_resource)
        properties = cloudformation_json["Properties"]
        for key in _CREATE_ONLY:
            if provider.properties.get(key) != properties.get(key):
                code = "InvalidParameterValueException"
                msg = f"{key} of a capacity provider cannot be updated"
                raise ServiceException(code, msg)
        provider.properties = dict(properties)
        return provider


def _check_network(config: Mapping[str, Any], account_id: str, region: str) -> None:
    backend = ec2_backends[account_id][region]
    for subnet_id in config["SubnetIds"]:
        backend.get_subnet(subnet_id)
    for group_id in config["SecurityGroupIds"]:
        if backend.get_security_group_from_id(group_id) is None:
            code = "InvalidParameterValueException"
            msg = f"The security group {group_id} does not exist"
            raise ServiceException(code, msg)


def _check_operator_role(config: Mapping[str, Any], account_id: str, region: str) -> None:
    role = iam_backends[account_id][get_partition(region)].get_role_by_arn(config["CapacityProviderOperatorRoleArn"])
    if "lambda.amazonaws.com" not in str(role.assume_role_policy_document):
        code = "InvalidParameterValueException"
        msg = "The operator role cannot be assumed by Lambda"
        raise ServiceException(code, msg)
