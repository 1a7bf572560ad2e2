"""What invokes the functions of a synthesized app on AWS: event source mappings, and permissions for services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.values import MISSING, literal
from durable_mi.local.app.placeholders import Placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.cloudformation.assembly import CloudAssembly
    from durable_mi.cloudformation.resource import Resource

__all__ = ["EventSourceMapping", "FunctionPermission", "event_source_mappings", "function_permissions"]

_NOT_SHOWN: Final = frozenset({"FunctionName", "Enabled", "Tags"})
_WHOLE: Final = frozenset(
    {
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "MaximumConcurrency",
        "MaximumPollers",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "MinimumPollers",
        "ParallelizationFactor",
        "StartingPositionTimestamp",
        "TumblingWindowInSeconds",
    }
)
_BOOLEAN: Final = frozenset({"BisectBatchOnFunctionError"})
_RENAMED: Final = {"KmsKeyArn": "KMSKeyArn"}
_CONDITIONS: Final = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""Properties of a permission that restrict it, each as an operator and a key of IAM."""


@dataclass(frozen=True, slots=True)
class EventSourceMapping:
    """One event source mapping: its id, and what the API says of it but for the time of its last change."""

    id: str
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FunctionPermission:
    """One statement of a function's policy, and the ARN, with or without a qualifier, of whose policy it is."""

    function_arn: str
    statement: Mapping[str, Any]


def event_source_mappings(assembly: CloudAssembly, region: str) -> tuple[EventSourceMapping, ...]:
    """Every event source mapping of the app, but for those whose condition is false.

    Args:
        assembly: The synthesized app.
        region: Region of stacks that name none.
    """
    return tuple(
        _mapping(resource, placeholders)
        for resource, placeholders in _of_type(assembly, region, "AWS::Lambda::EventSourceMapping")
    )


def function_permissions(assembly: CloudAssembly, region: str) -> tuple[FunctionPermission, ...]:
    """Every permission of the app, but for those whose condition is false.

    Args:
        assembly: The synthesized app.
        region: Region of stacks that name none.
    """
    return tuple(
        _permission(resource, placeholders)
        for resource, placeholders in _of_type(assembly, region, "AWS::Lambda::Permission")
    )


def _of_type(assembly: CloudAssembly, region: str, kind: str) -> Iterator[tuple[Resource, Placeholders]]:
    for stack in assembly.stacks:
        placeholders = Placeholders(stack, region)
        for resource in stack.of_type(kind):
            if placeholders.facts.exists(resource) is not False:
                yield resource, placeholders


def _mapping(resource: Resource, placeholders: Placeholders) -> EventSourceMapping:
    made_id = placeholders.name(resource)
    given = {key: placeholders.resolve(value) for key, value in resource.properties.items() if key not in _NOT_SHOWN}
    is_enabled = placeholders.text(resource.properties.get("Enabled")).lower() != "false"
    return EventSourceMapping(
        made_id,
        {
            "UUID": made_id,
            "EventSourceMappingArn": placeholders.arn(resource),
            "FunctionArn": _function_arn(resource, placeholders),
            "State": "Enabled" if is_enabled else "Disabled",
            "StateTransitionReason": "USER_INITIATED",
            **{_RENAMED.get(key, key): _typed(key, value) for key, value in given.items() if value is not MISSING},
        },
    )


def _typed(key: str, value: object) -> object:
    """Return a value with numbers and truth values where a template can have texts."""
    match value:
        case dict():
            return {inner: _typed(inner, given) for inner, given in value.items() if given is not MISSING}
        case list():
            return [_typed("", given) for given in value]
        case str() if key in _WHOLE and value.lstrip("-").isdecimal():
            return int(value)
        case str() if key in _BOOLEAN:
            return value.lower() == "true"
    return value


def _permission(resource: Resource, placeholders: Placeholders) -> FunctionPermission:
    arn = _function_arn(resource, placeholders)
    given = {key: placeholders.resolve(value) for key, value in resource.properties.items()}
    conditions: dict[str, dict[str, str]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if given.get(name, MISSING) is not MISSING:
            conditions.setdefault(operator, {})[key] = literal(given[name])
    statement = {
        "Sid": f"{placeholders.stack.name}-{resource.logical_id}",
        "Effect": "Allow",
        "Principal": _principal(literal(given.get("Principal", ""))),
        "Action": literal(given.get("Action", "")),
        "Resource": arn,
    }
    return FunctionPermission(arn, {**statement, "Condition": conditions} if conditions else statement)


def _principal(name: str) -> str | dict[str, str]:
    if name == "*":
        return name
    if name.isdecimal():
        return {"AWS": f"arn:aws:iam::{name}:root"}
    return {"AWS" if name.startswith("arn:") else "Service": name}


def _function_arn(resource: Resource, placeholders: Placeholders) -> str:
    """Return the ARN that ``FunctionName`` names, which can be a name, a partial ARN or an ARN, with a qualifier."""
    given = placeholders.text(resource.properties.get("FunctionName"))
    if given.startswith("arn:"):
        return given
    partition, region, account = (
        placeholders.text({"Ref": f"AWS::{name}"}) for name in ("Partition", "Region", "AccountId")
    )
    before, is_partial, name = given.partition(":function:")
    return f"arn:{partition}:lambda:{region}:{before if is_partial else account}:function:{name or given}"
