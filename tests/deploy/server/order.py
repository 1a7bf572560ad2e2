"""The order in which a template's resources are made and deleted: the worst one that the template allows.

CloudFormation promises no order but the one that references and `DependsOn` give. Here functions and capacity providers
are made as early, and everything that they could need is deleted as early, as the template lets it, so that a missing
dependency shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["creation_order", "deletion_order", "references"]

_EAGER: Final = (
    "AWS::Lambda::CapacityProvider",
    "AWS::Lambda::Function",
    "AWS::Lambda::Version",
    "AWS::Lambda::Alias",
)
_VARIABLE: Final = re.compile(r"\$\{([^!}.]+)(?:\.[^}]*)?\}")


def creation_order(resources: Mapping[str, Any]) -> list[str]:
    """Return the logical ids, each after what it depends on, functions and capacity providers as early as can be."""
    needs = {name: references(body, resources) for name, body in resources.items()}
    return _after(needs, sorted(resources, key=lambda name: _rank(resources[name])))


def deletion_order(resources: Mapping[str, Any]) -> list[str]:
    """Return the logical ids, each after what depends on it, functions and capacity providers as late as can be."""
    needs = {name: references(body, resources) for name, body in resources.items()}
    left = sorted(resources, key=lambda name: _rank(resources[name]), reverse=True)
    ordered: list[str] = []
    while left:
        needed = set().union(*(needs[name] for name in left))
        free = [name for name in left if name not in needed]
        if not free:
            msg = f"Circular dependency between resources: [{', '.join(left)}]"
            raise ValueError(msg)
        ordered.append(free[0])
        left.remove(free[0])
    return ordered


def references(body: Mapping[str, Any], resources: Mapping[str, Any]) -> set[str]:
    """Return the other resources that a resource refers to, or waits for by `DependsOn`."""
    waits = body.get("DependsOn", [])
    named = {waits} if isinstance(waits, str) else set(waits)
    for attribute in ("Properties", "UpdatePolicy"):
        named |= set(_referred(body.get(attribute, {})))
    return {name for name in named if name in resources}


def _referred(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _VARIABLE.findall(text)
        case {"Fn::Sub": [str(text), dict(variables)]}:
            yield from _VARIABLE.findall(text)
            yield from _referred(variables)
        case dict():
            for item in value.values():
                yield from _referred(item)
        case list():
            for item in value:
                yield from _referred(item)


def _rank(body: Mapping[str, Any]) -> int:
    return _EAGER.index(body["Type"]) if body["Type"] in _EAGER else len(_EAGER)


def _after(needs: Mapping[str, set[str]], wanted: list[str]) -> list[str]:
    ordered: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            msg = f"Circular dependency between resources: [{', '.join(path)}]"
            raise ValueError(msg)
        if name not in ordered:
            for needed in sorted(needs[name]):
                visit(needed, (*path, name))
            ordered[name] = None

    for name in wanted:
        visit(name, ())
    return list(ordered)
