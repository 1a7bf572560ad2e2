"""Templates as others write them: any resource types, random properties, and intrinsic functions everywhere."""

from __future__ import annotations

import json
import random
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["every_type", "few_types", "foreign"]

_KEYS = ("Name", "Arn", "Role", "Policies", "FunctionName", "Tags", "Targets", "VpcConfig", "Timeout", "Definition")
# Whose presence makes a template ours, not somebody's.
_NOT_FOREIGN = frozenset({"AWS::Lambda::CapacityProvider", "AWS::Serverless::CapacityProvider"})
_OURS = frozenset({"DurableConfig", "CapacityProviderConfig", "FunctionScalingConfig"})


@cache
def few_types() -> Mapping[str, list[str]]:
    """Return the properties of the resource types that rules ask for, and of some that they do not."""
    found: dict[str, list[str]] = json.loads(Path(__file__).with_name("foreign_types.json").read_text())
    return found


@cache
def every_type() -> Mapping[str, list[str]]:
    """Return the properties of every resource type of CloudFormation's schemas; to import cfn-lint takes seconds."""
    manager = import_module("cfnlint.schema").PROVIDER_SCHEMA_MANAGER
    names = sorted(frozenset(manager.get_resource_types("us-east-1")) - _NOT_FOREIGN)
    schemas = {name: manager.get_resource_schema("us-east-1", name).schema for name in names}
    return {name: [key for key in schema.get("properties", {}) if key not in _OURS] for name, schema in schemas.items()}


def foreign(count: int, known: Mapping[str, list[str]], seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield templates, the same for each seed.

    Args:
        count: How many.
        known: The resource types with their properties.
        seed: Where to begin.
    """
    source = random.Random(seed)  # noqa: S311 - templates, no secrets
    for _ in range(count):
        yield _template(source, known)


def _template(source: random.Random, known: Mapping[str, list[str]]) -> dict[str, Any]:
    types = list(known)
    ids = [f"R{number}" for number in range(source.randint(1, 8))]
    resources: dict[str, Any] = {}
    for logical_id in ids:
        # Lambda's own more often than one in a thousand.
        kind = source.choice(
            ["AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::IAM::Role", *source.choices(types, k=9)]
        )
        names = known[kind]
        chosen = source.sample(names, min(len(names), source.randint(0, 6)))
        resources[logical_id] = {"Type": kind, "Properties": {name: _value(source, ids, 0) for name in chosen}}
        if source.random() < 0.3:
            resources[logical_id]["Condition"] = source.choice(["C0", "C1", "None"])
    return {
        "Parameters": {"P0": {"Type": "String", "AllowedValues": ["a", "b"]}, "P1": {"Type": "Number", "Default": 1}},
        "Mappings": {"M": {"a": {"k": "v", "n": 128}, "b": {"k": ["w"], "n": {}}}},
        "Conditions": {
            "C0": {"Fn::Equals": [{"Ref": "P0"}, "a"]},
            "C1": {"Fn::Or": [{"Condition": "C0"}, {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}]},
        },
        "Resources": resources,
        "Outputs": {"O": {"Value": _value(source, ids, 1), "Export": {"Name": "o"}}},
    }


def _value(source: random.Random, ids: list[str], depth: int) -> Any:

    def inner() -> Any:
        return _value(source, ids, depth + 1)

    plain = [None, True, 0, 3, 1e9, "", "a", "*", "$LATEST", "arn:aws:lambda:eu-west-1:123456789012:function:f", "{}"]
    if depth > 3 or source.random() < 0.35:
        return source.choice(plain)
    made: list[Callable[[], Any]] = [
        lambda: [inner() for _ in range(source.randint(0, 3))],
        lambda: {key: inner() for key in source.sample(_KEYS, source.randint(0, 3))},
        lambda: {"Ref": source.choice([*ids, "P0", "P1", "AWS::Region", "AWS::NoValue", "Nothing"])},
        lambda: {"Fn::GetAtt": [source.choice(ids), source.choice(["Arn", "Name", "Outputs.O"])]},
        lambda: {"Fn::Sub": source.choice(["${P0}-x", "${R0.Arn}:live", "arn:${AWS::Partition}:${!x}"])},
        lambda: {"Fn::If": [source.choice(["C0", "C1", "None"]), inner(), inner()]},
        lambda: {"Fn::Join": [":", [inner(), inner()]]},
        lambda: {"Fn::Select": [source.choice([0, 1, "6", "x"]), inner()]},
        lambda: {"Fn::FindInMap": ["M", {"Ref": "P0"}, source.choice(["k", "n", "none"])]},
        lambda: {"Fn::ImportValue": source.choice(["o", "other"])},
        lambda: {"Fn::ToJsonString": inner()},
    ]
    return source.choice(made)()
