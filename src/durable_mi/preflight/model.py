"""A template as the rules see it: resources by type, and what belongs together."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.values import MISSING, Reference, shown
from durable_mi.preflight.function import Function
from durable_mi.preflight.policies import Policies, attached
from durable_mi.preflight.target import Targets
from durable_mi.preflight.template_resource import TemplateResource
from durable_mi.preflight.triggers import Trigger, triggers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.preflight.finding import Path, Skipped

__all__ = ["Model"]


class Model:
    """One stack, with references followed.

    A resource whose condition is known to be false is left out; one whose condition only a deploy tells counts.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.skipped: set[Skipped] = set()
        """What rules asked for and only a deploy tells."""
        self.resolver = Resolver(stack)
        self.items: Mapping[str, TemplateResource] = {
            resource.logical_id: TemplateResource(resource, self.resolver, self.skipped)
            for resource in stack.resources.values()
            if resource.condition is None or self.resolver.condition(resource.condition) is not False
        }
        self._by_type: dict[str, list[TemplateResource]] = defaultdict(list)
        for item in self.items.values():
            self._by_type[item.type].append(item)
        self._referring: dict[tuple[str, str], Mapping[str, list[TemplateResource]]] = {}
        self._policies: dict[str, Policies | None] = {}
        self.targets = Targets(self.items, self._function_names.get)

    def of_type(self, *types: str) -> Iterator[TemplateResource]:
        """The resources of some types, type by type, in the template's order."""
        for resource_type in types:
            yield from self._by_type.get(resource_type, ())

    def referred(self, value: object, resource_type: str, attributes: Collection[str]) -> TemplateResource | None:
        """Give the resource of a type that a resolved value refers to.

        Args:
            value: a resolved value.
            resource_type: the type it must have.
            attributes: the attributes that stand for the resource; empty for ``Ref``.
        """
        if not isinstance(value, Reference) or value.attribute not in attributes:
            return None
        item = self.items.get(value.logical_id)
        return item if item is not None and item.type == resource_type else None

    def referring(self, resource_type: str, key: str) -> Mapping[str, list[TemplateResource]]:
        """Give the resources of a type by the logical id that a property refers to.

        Args:
            resource_type: the type.
            key: the property.

        Returns:
            Under an empty text those whose property is not known, or no reference.
        """
        if (resource_type, key) not in self._referring:
            found: dict[str, list[TemplateResource]] = defaultdict(list)
            for item in self.of_type(resource_type):
                value = item.get(key)
                found[value.logical_id if isinstance(value, Reference) else ""].append(item)
            self._referring[resource_type, key] = found
        return self._referring[resource_type, key]

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The functions that are durable, or run on managed instances, by logical id."""
        every = (Function(item, self) for item in self.of_type("AWS::Lambda::Function"))
        return {function.id: function for function in every if function.is_managed or function.is_durable}

    @property
    def managed(self) -> list[Function]:
        """The functions on managed instances."""
        return [function for function in self.functions.values() if function.is_managed]

    @property
    def durable(self) -> list[Function]:
        """The durable functions."""
        return [function for function in self.functions.values() if function.is_durable]

    @cached_property
    def providers(self) -> list[TemplateResource]:
        """The capacity providers."""
        return list(self.of_type("AWS::Lambda::CapacityProvider"))

    @cached_property
    def versions(self) -> Mapping[str, list[TemplateResource]]:
        """The published versions of each function, by the function's logical id."""
        return self._of_functions("AWS::Lambda::Version")

    @cached_property
    def aliases(self) -> Mapping[str, list[TemplateResource]]:
        """The aliases of each function, by the function's logical id."""
        return self._of_functions("AWS::Lambda::Alias")

    @cached_property
    def triggers(self) -> list[Trigger]:
        """What invokes the functions of the template, or may invoke them."""
        return list(triggers(self))

    @cached_property
    def attached_policies(self) -> Mapping[str, list[tuple[TemplateResource, Path]]]:
        """The policies that are attached to each role, as resource and path, by the role's logical id."""
        return attached(self)

    def policies(self, role: TemplateResource | None) -> Policies | None:
        """Give what a role is allowed, ``None`` where there is no role or one of its policies is not known."""
        if role is None:
            return None
        if role.id not in self._policies:
            self._policies[role.id] = Policies.of(self, role)
        return self._policies[role.id]

    def users(self, provider: TemplateResource) -> list[Function]:
        """The functions on a capacity provider."""
        return self._users.get(provider.id, [])

    @cached_property
    def _users(self) -> Mapping[str, list[Function]]:
        users: dict[str, list[Function]] = defaultdict(list)
        for function in self.managed:
            provider = function.provider
            if provider is not None:
                users[provider.id].append(function)
        return users

    def _of_functions(self, resource_type: str) -> Mapping[str, list[TemplateResource]]:
        found: dict[str, list[TemplateResource]] = defaultdict(list)
        for item in self.of_type(resource_type):
            target = self.targets.of(item.get("FunctionName"))
            if target is not None:
                found[target.function].append(item)
        return found

    @cached_property
    def _function_names(self) -> Mapping[str, str]:
        names = ((item, item.get("FunctionName")) for item in self.of_type("AWS::Lambda::Function"))
        return {shown(name): item.id for item, name in names if name is not MISSING}
