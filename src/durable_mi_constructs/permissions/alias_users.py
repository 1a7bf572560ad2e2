"""Which resources of a stack use a function's alias, so that the function's version must not wait for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_iam as iam

__all__ = ["AliasUsers"]

_IN_SUB: Final = re.compile(r"\$\{(\w+)")


class AliasUsers:
    """The resources of a stack that lead to some targets, by reference or by dependency.

    Only the resources that a question leads to are read: to resolve a whole stack takes as long as to synthesize it.

    Args:
        stack: The stack of the function.
        targets: The alias, and the version that it points at.
    """

    def __init__(self, stack: cdk.Stack, *targets: cdk.CfnResource) -> None:
        self._stack = stack
        resources = [child for child in stack.node.find_all() if isinstance(child, cdk.CfnResource)]
        found: list[str] = stack.resolve([resource.logical_id for resource in resources])
        self._resources = dict(zip(found, resources, strict=True))
        self._targets: set[str] = set(stack.resolve([target.logical_id for target in targets]))

    def include(self, statement: iam.PolicyStatement) -> bool:
        """Return whether a resource that a statement names uses the alias, directly or through others.

        Args:
            statement: A statement about resources of the stack.
        """
        seen: set[str] = set()
        pending = list(_names(self._stack.resolve(statement.to_statement_json())))
        while pending:
            name = pending.pop()
            if name in self._targets:
                return True
            if name in seen or name not in self._resources:
                continue
            seen.add(name)
            pending += self._needed_by(self._resources[name])
        return False

    def _needed_by(self, resource: cdk.CfnResource) -> list[str]:
        needed = [found for found in resource.obtain_dependencies() if isinstance(found, cdk.CfnResource)]
        for scope in resource.node.scopes:
            for dependency in scope.node.dependencies:
                needed += [child for child in dependency.node.find_all() if isinstance(child, cdk.CfnResource)]
        # Protected in CDK, and the only way to a resource's properties before the template is written.
        properties = self._stack.resolve(resource._cfn_properties)  # noqa: SLF001
        waited_for: list[str] = self._stack.resolve([found.logical_id for found in needed])
        return [*waited_for, *_names(properties)]


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401 - a template's value is anything
    """Find the logical ids that a value of a template refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(name)}:
            yield name.partition(".")[0]
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            yield from _IN_SUB.findall(text)
            yield from _names(value["Fn::Sub"][1:] if isinstance(value["Fn::Sub"], list) else [])
        case dict():
            for item in value.values():
                yield from _names(item)
        case list():
            for item in value:
                yield from _names(item)
