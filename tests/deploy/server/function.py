"""`AWS::Lambda::Function` with what moto's leaves out: durable config, capacity provider, logging, architecture."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final, cast

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.utils import get_backend
from moto.core.exceptions import ServiceException

from tests.deploy.server.capacity_provider import CapacityProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Function", "stored"]

# What a version does not freeze, or what the function's configuration does not show.
_UNVERSIONED: Final = {"Tags", "FunctionScalingConfig", "PublishToLatestPublished", "ReservedConcurrentExecutions"}
_SHOWN: Final = (
    "Architectures",
    "CapacityProviderConfig",
    "Description",
    "DurableConfig",
    "Environment",
    "Handler",
    "KMSKeyArn",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
)


class Function(LambdaFunction):
    """A function on managed instances, or an ordinary one.

    Attributes:
        properties: Its CloudFormation properties, those of `$LATEST` or those that a version froze.
    """

    updates_in_place = True
    properties: Mapping[str, Any]

    @property
    def capacity_provider(self) -> CapacityProvider | None:
        """The capacity provider that it is attached to."""
        config = self.properties.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig")
        return None if config is None else CapacityProvider.by_arn[config["CapacityProviderArn"]]

    @property
    def versioned(self) -> Mapping[str, Any]:
        """What a published version keeps."""
        return {key: value for key, value in self.properties.items() if key not in _UNVERSIONED}

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's signature
        """Return the configuration as the Lambda API gives it."""
        shown = {key: self.properties[key] for key in _SHOWN if key in self.properties}
        return super().get_configuration(on_create=on_create) | shown

    def delete(self, account_id: str, region: str) -> None:
        """Delete it with all of its versions, which frees its capacity provider of them."""
        provider = self.capacity_provider
        if provider is not None:
            provider.attached = {arn for arn in provider.attached if not arn.startswith(f"{self.function_arn}:")}
        super().delete(account_id, region)

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,  # noqa: ARG003 - moto's signature
    ) -> Function:
        properties = cloudformation_json["Properties"]
        backend = get_backend(account_id, region_name)
        if resource_name in stored(backend):
            code = "ResourceConflictException"
            msg = f"Function already exist: {resource_name}"
            raise ServiceException(code, msg)
        source: dict[str, Any] = dict(properties["Code"])
        if "ZipFile" in source:
            archive = b64encode(cls._create_zipfile_from_plaintext_code(source["ZipFile"]))
            source = {"ZipFile": archive}
        function = cls(
            account_id=account_id,
            spec={**properties, "FunctionName": resource_name, "Code": source, "Tags": {}},
            region=region_name,
            version="$LATEST",
        )
        function.properties = properties
        _check_provider_is_there(properties)
        backend._lambdas.put_function(function)  # noqa: SLF001 - moto's create_function makes a class of its own
        return function

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: LambdaFunction,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
    ) -> Function:
        function = cast("Function", original_resource)
        properties = cloudformation_json["Properties"]
        if ("CapacityProviderConfig" in function.properties) != ("CapacityProviderConfig" in properties):
            code = "InvalidParameterValueException"
            msg = "CapacityProviderConfig isn't supported for Lambda Default functions"
            raise ServiceException(code, msg)
        _check_provider_is_there(properties)
        if properties["Code"] != function.properties["Code"] and "S3Key" in properties["Code"]:
            function.update_function_code(dict(properties["Code"]))
        function.properties = properties
        return function


def stored(backend: LambdaBackend) -> dict[str, Any]:
    """Return the functions by name, each with its `latest` and its `versions`."""
    return backend._lambdas._functions  # noqa: SLF001 - moto offers no other way


def _check_provider_is_there(properties: Mapping[str, Any]) -> None:
    config = properties.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig")
    if config is not None and config["CapacityProviderArn"] not in CapacityProvider.by_arn:
        code = "ResourceNotFoundException"
        msg = f"The capacity provider {config['CapacityProviderArn']} does not exist"
        raise ServiceException(code, msg)
