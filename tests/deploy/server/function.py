"""`AWS::Lambda::Function` with what moto's leaves out: durable config, capacity provider, logging, architecture."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final, cast

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.utils import get_backend
from moto.core.exceptions import ServiceException

from tests.deploy.server.capacity_provider import CapacityProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Function", "stored", "tags_of_stack"]

# What a version does not freeze, or what the function's configuration does not show.
_UNVERSIONED: Final = {"Tags", "FunctionScalingConfig", "PublishToLatestPublished", "ReservedConcurrentExecutions"}
_SHOWN: Final = (
    "Architectures",
    "CapacityProviderConfig",
    "Description",
    "DeadLetterConfig",
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
        tags_of_stack: The tags that CloudFormation adds.
        published_so_far: The number of its newest version. Lambda never gives a number twice, moto does.
        scaling: Minimum and maximum of a version's execution environments.
        executions: A version's executions.
    """

    updates_in_place = True
    properties: Mapping[str, Any]
    tags_of_stack: Mapping[str, str]
    published_so_far: int = 0
    scaling: dict[str, int]
    executions: list[dict[str, Any]]

    @property
    def capacity_provider(self) -> CapacityProvider | None:
        """The capacity provider that it is attached to."""
        config = self.properties.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig")
        return None if config is None else CapacityProvider.by_arn[config["CapacityProviderArn"]]

    @property
    def version_state(self) -> str:
        """The state of a version; nothing takes time here."""
        return "Deactivated" if self.scaling.get("MaxExecutionEnvironments") == 0 else "Active"

    def begin_version(self, scaling: Mapping[str, Any]) -> None:
        """Take the numbers of a version, with no executions."""
        self.scaling = {"MinExecutionEnvironments": 3, **{key: int(value) for key, value in scaling.items()}}
        self.executions = []

    def start_execution(self) -> str:
        """Start an execution of the version, which goes on for ever, and return its ARN."""
        arn = f"{self.function_arn}/durable-execution/{len(self.executions)}/run"
        started = {"DurableExecutionArn": arn, "DurableExecutionName": str(len(self.executions)), "Status": "RUNNING"}
        self.executions.append({**started, "FunctionArn": self.function_arn, "StartTimestamp": time.time()})
        return arn

    @property
    def versioned(self) -> Mapping[str, Any]:
        """What a published version keeps."""
        return {key: value for key, value in self.properties.items() if key not in _UNVERSIONED}

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's signature
        """Return the configuration as the Lambda API gives it."""
        shown = {key: self.properties[key] for key in _SHOWN if key in self.properties}
        return super().get_configuration(on_create=on_create) | shown | {"State": self.version_state}

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
        **kwargs: Any,
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
        function.scaling, function.executions = {}, []
        function.tags_of_stack = tags_of_stack(kwargs["StackId"], kwargs["LogicalId"])
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


def tags_of_stack(stack_id: str, logical_id: str) -> Mapping[str, str]:
    """Return the tags that CloudFormation adds to what it makes."""
    name = stack_id.partition(":stack/")[2].partition("/")[0]
    prefix = "aws:cloudformation:"
    return {f"{prefix}stack-id": stack_id, f"{prefix}stack-name": name, f"{prefix}logical-id": logical_id}


def stored(backend: LambdaBackend) -> dict[str, Any]:
    """Return the functions by name, each with its `latest` and its `versions`."""
    return backend._lambdas._functions  # noqa: SLF001 - moto offers no other way


def _check_provider_is_there(properties: Mapping[str, Any]) -> None:
    config = properties.get("CapacityProviderConfig", {}).get("LambdaManagedInstancesCapacityProviderConfig")
    if config is not None and config["CapacityProviderArn"] not in CapacityProvider.by_arn:
        code = "ResourceNotFoundException"
        msg = f"The capacity provider {config['CapacityProviderArn']} does not exist"
        raise ServiceException(code, msg)
