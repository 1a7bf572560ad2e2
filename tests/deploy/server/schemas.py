"""What CloudFormation's own resource schemas say of a change. They come with cfn-lint."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["replaces"]


def replaces(resource_type: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether a change of properties makes CloudFormation replace the resource rather than update it.

    Create-only properties do. What is conditionally create-only does so here when it appears or goes away, as
    `DurableConfig` of a function does; a change within it is made in place.
    """
    schema = _schema(resource_type)
    return any(_at(old, path) != _at(new, path) for path in map(_path, schema.get("createOnlyProperties", []))) or any(
        (_at(old, path) is None) != (_at(new, path) is None)
        for path in map(_path, schema.get("conditionalCreateOnlyProperties", []))
    )


@cache
def _schema(resource_type: str) -> Mapping[str, Any]:
    # By name, since cfn-lint has no types.
    manager = import_module("cfnlint.schema").PROVIDER_SCHEMA_MANAGER
    try:
        schema: Mapping[str, Any] = manager.get_resource_schema("us-east-1", resource_type).schema
    except import_module("cfnlint.schema").ResourceNotFoundError:
        return {}
    return schema


def _path(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.removeprefix("/properties/").split("/"))


def _at(properties: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = properties
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value
