"""Which resources of a stack use a function's alias, and so cannot come before it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aws_cdk import aws_iam as iam

__all__ = ["AliasUsers", "StackResources"]

_IN_SUB: Final = re.compile(r"\$\{(\w+)")


class StackResources:
    """The resources of a stack by their logical ids, and what each of them needs first.

    Only the resources that a question leads to are read: to resolve a whole stack takes as long as to synthesize it.

    Args:
        stack: The stack.
        prepared: Whether CDK has made dependencies of constructs into those of resources, as it does before validation.
    """

    def __init__(self, stack: cdk.Stack, *, prepared: bool = False) -> None:
        self._stack = stack
        self._prepared = prepared

    def ids(self, *resources: cdk.CfnResource) -> list[str]:
        """Return the logical ids of resources."""
        found: list[str] = self._stack.resolve([it.logical_id for it in resources]) if resources else []
        return found

    def named_in(self, statement: iam.PolicyStatement) -> list[str]:
        """Return the logical ids that a statement names."""
        return list(_names(self._stack.resolve(statement.to_statement_json())))

    def needed_by(self, resource: cdk.CfnResource) -> list[str]:
        """Return the logical ids that a resource refers to or depends on."""
        needed = [found for found in resource.obtain_dependencies() if isinstance(found, cdk.CfnResource)]
        for scope in () if self._prepared else resource.node.scopes:
            for dependency in scope.node.dependencies:
                needed += [child for child in dependency.node.find_all() if isinstance(child, cdk.CfnResource)]
        # Protected in CDK, and the only way to a resource's properties before the template is written. An alias that
        # CodeDeploy moves names its hooks in the update policy, which is one of the options.
        content = self._stack.resolve([resource._cfn_properties, resource.cfn_options])  # noqa: SLF001
        return [*self.ids(*needed), *_names(content)]

    def conditions(self, *resources: cdk.CfnResource) -> list[str | None]:
        """Return the name of the condition that each resource is under; ``None`` if there is none."""
        every: list[Mapping[str, Any]] = self._stack.resolve([resource.cfn_options for resource in resources])
        return [options.get("condition", {}).get("Condition") for options in every]

    def get(self, name: str) -> list[cdk.CfnResource]:
        """Return the resources with a logical id; none for a parameter, and for what is of another stack.

        They are several where a nested stack has the same id, since it is not known which of them a reference is to.
        """
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[cdk.CfnResource]]:
        resources = [child for child in self._stack.node.find_all() if isinstance(child, cdk.CfnResource)]
        found: dict[str, list[cdk.CfnResource]] = {}
        for name, resource in zip(self.ids(*resources), resources, strict=True):
            found.setdefault(name, []).append(resource)
        return found


class AliasUsers:
    """The resources of a stack that lead to some targets, by reference or by dependency.

    Args:
        resources: The resources of the function's stack.
        targets: The alias, and the version that it points at.
        known: What does not lead to them, such as the function itself.
    """

    def __init__(
        self, resources: StackResources, targets: Sequence[cdk.CfnResource], known: Sequence[cdk.CfnResource] = ()
    ) -> None:
        self._resources = resources
        self._targets = set(resources.ids(*targets))
        self._known = set(resources.ids(*known))

    def include(self, statement: iam.PolicyStatement) -> bool:
        """Return whether a resource that a statement names uses the alias, directly or through others.

        Args:
            statement: A statement about resources of the stack.
        """
        return self._lead_on(self._resources.named_in(statement))

    def include_resource(self, resource: cdk.CfnResource) -> bool:
        """Return whether a resource uses the alias, directly or through others.

        Args:
            resource: A resource of the stack.
        """
        return self._lead_on(self._resources.needed_by(resource))

    def _lead_on(self, pending: list[str]) -> bool:
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in self._targets:
                return True
            if name in seen or name in self._known or name.startswith("AWS::"):
                continue
            seen.add(name)
            for resource in self._resources.get(name):
                pending += self._resources.needed_by(resource)
        # What is reached from here does not lead on, whatever led here.
        self._known |= seen
        return False


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
