"""What CloudFormation would do to get from one template to another, by its own resource schemas.

A resource is replaced when a create-only property changes, and so when such a property refers to a resource that is
itself replaced. The lists are those of the schemas that cfn-lint carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Update", "references", "update"]

REGION: Final = "us-east-1"
SWITCHED: Final = {("AWS::Lambda::Function", "/properties/DurableConfig")}
"""Conditionally create-only properties whose condition is known: set or taken away, they replace; altered, they do not.

CDK's documentation of `durableConfig` and CloudFormation's of `DurableConfig` say so. Any other one counts as
create-only.
"""


@dataclass(frozen=True, slots=True)
class Update:
    """The resources of an update that do not stay as they are, each with its type.

    Attributes:
        created: Only in the new template.
        removed: Only in the old template, and deleted; what is retained is not among them.
        replaced: In both, but made anew.
        changed: In both, and updated in place.
    """

    created: Mapping[str, str]
    removed: Mapping[str, str]
    replaced: Mapping[str, str]
    changed: Mapping[str, str]


def update(before: Mapping[str, Any], after: Mapping[str, Any]) -> Update:
    """Compare two templates.

    Args:
        before: What is deployed.
        after: What will be.
    """
    old, new = before["Resources"], after["Resources"]
    both = [name for name in new if name in old]
    replaced: set[str] = set()
    while True:
        more = {name for name in both if name not in replaced and _is_replaced(old[name], new[name], replaced)}
        if not more:
            break
        replaced |= more
    return Update(
        created={name: new[name]["Type"] for name in new if name not in old},
        removed={
            name: old[name]["Type"] for name in old if name not in new and old[name].get("DeletionPolicy") != "Retain"
        },
        replaced={name: old[name]["Type"] for name in both if name in replaced},
        changed={
            name: new[name]["Type"]
            for name in both
            if name not in replaced and old[name].get("Properties") != new[name].get("Properties")
        },
    )


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids that a part of a template names through `Ref`, `Fn::GetAtt` and `Fn::Sub`."""
    if isinstance(value, dict):
        match value:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
                yield name
            case {"Fn::GetAtt": str(text)}:
                yield text.partition(".")[0]
            case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                yield from (part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:])
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _is_replaced(old: Mapping[str, Any], new: Mapping[str, Any], replaced: set[str]) -> bool:
    if old["Type"] != new["Type"]:
        return True
    always, conditional = _create_only(old["Type"])
    was, will_be = {"properties": old.get("Properties", {})}, {"properties": new.get("Properties", {})}
    for path in always | conditional:
        values = list(_at(was, path.split("/")[1:])), list(_at(will_be, path.split("/")[1:]))
        if (old["Type"], path) in SWITCHED:
            if bool(values[0]) != bool(values[1]):
                return True
        elif values[0] != values[1] or replaced.intersection(references(values[1])):
            return True
    return False


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
    elif isinstance(value, list):
        for item in value:
            yield from _at(item, path[1:] if path[0] == "*" else path)


@cache
def _create_only(resource_type: str) -> tuple[frozenset[str], frozenset[str]]:
    if resource_type.startswith("Custom::"):
        return frozenset({"/properties/ServiceToken"}), frozenset()
    # By name, since cfn-lint has no types.
    schemas = import_module("cfnlint.schema").PROVIDER_SCHEMA_MANAGER
    schema: Mapping[str, list[str]] = schemas.get_resource_schema(REGION, resource_type).schema
    return (
        frozenset(schema.get("createOnlyProperties", [])),
        frozenset(schema.get("conditionalCreateOnlyProperties", [])),
    )
