"""What the API shows of a function that nothing here depends on: its role, layers, tags and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.values import literal

if TYPE_CHECKING:
    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resource import Resource
    from durable_mi.local.app.function_properties import FunctionProperties
    from durable_mi.local.app.placeholders import Placeholders

__all__ = ["FunctionSettings", "resource_tags", "stack_tags"]

_DEFAULT_TMP_MIB: Final = 512
_MEMBERS: Final = {
    "Role": "Role",
    "Architectures": "Architectures",
    "TracingConfig": "TracingConfig",
    "DeadLetterConfig": "DeadLetterConfig",
    "KMSKeyArn": "KmsKeyArn",
    "FileSystemConfigs": "FileSystemConfigs",
    "TenancyConfig": "TenancyConfig",
}
"""Members of the API's configuration that have the form of a property of the template, and its name there."""


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """Settings that the API shows.

    Attributes:
        members: Members of ``FunctionConfiguration``.
        tags: Tags of the function.
        reserved_concurrency: Reserved concurrent executions, ``None`` where the template reserves none.
        event_invokes: Members of ``FunctionEventInvokeConfig``, by qualifier.
    """

    members: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    event_invokes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        properties: FunctionProperties,
        tags: Mapping[str, str],
        event_invokes: Iterable[FunctionProperties] = (),
    ) -> FunctionSettings:
        """Read the settings of a function.

        Args:
            properties: The function's properties.
            tags: The tags that CloudFormation adds.
            event_invokes: The properties of the function's configurations of asynchronous invocation.
        """
        given = {name: properties.placeholder(key) for name, key in _MEMBERS.items()}
        layers = properties.placeholder("Layers")
        members: dict[str, Any] = {
            "Architectures": ["x86_64"],
            "TracingConfig": {"Mode": "PassThrough"},
            "EphemeralStorage": {"Size": _whole(properties.placeholder("EphemeralStorage"), "Size", _DEFAULT_TMP_MIB)},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            **{name: value for name, value in given.items() if value is not None},
        }
        if isinstance(layers, list) and layers:
            members["Layers"] = [{"Arn": literal(layer)} for layer in layers]
        if network := _network(properties.placeholder("VpcConfig")):
            members["VpcConfig"] = network
        reserved = _whole({"": properties.placeholder("ReservedConcurrentExecutions")}, "", -1)
        return cls(
            members=members,
            tags={**resource_tags(properties.placeholder("Tags")), **tags},
            reserved_concurrency=None if reserved < 0 else reserved,
            event_invokes={literal(each.placeholder("Qualifier")): _event_invoke(each) for each in event_invokes},
        )


def _event_invoke(properties: FunctionProperties) -> dict[str, Any]:
    """Return what a template says of asynchronous invocations; what it leaves out has no default in the API either."""
    numbers = ("MaximumEventAgeInSeconds", "MaximumRetryAttempts")
    given: dict[str, Any] = {name: properties.whole(name) for name in numbers if properties.has(name)}
    destinations = properties.placeholder("DestinationConfig")
    return given if destinations is None else {**given, "DestinationConfig": destinations}


def resource_tags(given: object) -> dict[str, str]:
    """Return a property's tags, a list of keys and values or an object of them."""
    if isinstance(given, Mapping):
        return {key: literal(value) for key, value in given.items()}
    tags = given if isinstance(given, list) else []
    return {literal(tag.get("Key")): literal(tag.get("Value")) for tag in tags if isinstance(tag, Mapping)}


def stack_tags(stack: Stack, resource: Resource, placeholders: Placeholders) -> dict[str, str]:
    """Return the tags that CloudFormation adds to a resource, which name its stack."""
    return {
        "aws:cloudformation:stack-name": stack.name,
        "aws:cloudformation:stack-id": placeholders.stack_id(stack),
        "aws:cloudformation:logical-id": resource.logical_id,
    }


def _network(given: object) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        return {}
    return {name: given[name] for name in ("SubnetIds", "SecurityGroupIds") if isinstance(given.get(name), list)}


def _whole(given: object, key: str, default: int) -> int:
    """Return a number, or what Lambda takes where there is none, or none that is known before deployment."""
    value = given.get(key) if isinstance(given, Mapping) else None
    if value is not None:
        with suppress(ValueError):
            return int(literal(value))
    return default
