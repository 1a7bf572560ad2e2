"""What an update of a stack takes from a role, if only for the time until another policy has it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


def lost_on_the_way(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what a role has before and after an update, but may not have in between.

    CloudFormation creates and changes resources in the order of their references. It deletes at the end.

    Args:
        before: The resources of the deployed template.
        after: Those of the new one.
    """
    lost = []
    for name in sorted(_policies(before) & _policies(after)):
        if before[name]["Properties"].get("PolicyName") != after[name]["Properties"].get("PolicyName"):
            lost.append(f"{name}: renamed in place")
        first = needed(after, name)
        for permission in sorted(_permissions(before[name]) - _permissions(after[name])):
            holders = {other for other in _policies(after) if permission in _permissions(after[other])}
            had = {other for other in holders & _policies(before) if permission in _permissions(before[other])}
            if holders and not had and not holders & first:
                lost.append(f"{name}: {permission}")
    return lost + [
        f"{new}: has the name of {old}, which is deleted at the end"
        for old in sorted(_policies(before) - _policies(after))
        for new in sorted(_policies(after) - _policies(before))
        if _names(before[old]) & _names(after[new])
    ]


def _policies(resources: Mapping[str, Any]) -> set[str]:
    return {name for name, resource in resources.items() if resource["Type"] in POLICIES}


def _names(policy: Mapping[str, Any]) -> set[tuple[str, str]]:
    name = policy["Properties"].get("PolicyName")
    return {(name, json.dumps(role)) for role in policy["Properties"]["Roles"]} if name else set()


def _permissions(policy: Mapping[str, Any]) -> set[str]:
    return {
        json.dumps([role, action, resource, statement.get("Condition")])
        for role in policy["Properties"]["Roles"]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def needed(resources: Mapping[str, Any], name: str) -> set[str]:
    """Return what a resource waits for, directly or through others."""
    found: set[str] = set()
    pending = [name]
    while pending:
        more = set(_references(resources[pending.pop()])) & set(resources) - found
        found |= more
        pending += more
    return found


def _references(value: Any) -> Iterator[str]:
    text = json.dumps(value)
    yield from re.findall(r'"Ref": "(\w+)"', text)
    yield from re.findall(r'"Fn::GetAtt": \["(\w+)"', text)
    yield from re.findall(r"\$\{(\w+)", text)
    yield from _listed(value.get("DependsOn", []))
