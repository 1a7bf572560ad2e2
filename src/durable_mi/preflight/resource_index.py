"""The resources of a template: found by type, and followed by reference."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.values import MISSING, Reference, shown
from durable_mi.preflight.iam.statement import statements
from durable_mi.preflight.readings.changes import Changes
from durable_mi.preflight.target import Targets
from durable_mi.preflight.template_resource import TemplateResource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.preflight.finding import Path, Skipped
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.readings.shared_resources import SharedResources

__all__ = ["ResourceIndex"]


class ResourceIndex:
    """The resources of one stack, with references followed.

    A resource whose condition is known to be false is left out. One whose condition is known only at deploy time
    counts.

    Args:
        stack: The stack.
        resolver: Its resolver. Defaults to one that assumes nothing.
        around: The stacks that are read as one with it, itself included. Defaults to itself alone.
        shared: What other readings of the stack have in common with this one. Defaults to nothing.
    """

    def __init__(
        self,
        stack: Stack,
        resolver: Resolver | None = None,
        around: Sequence[Stack] = (),
        shared: SharedResources | None = None,
    ) -> None:
        self.stack = stack
        self.around = around
        self.stacks: Sequence[Stack] = around or (stack,)
        """The stacks that are read as one, the stack among them."""
        self.skipped: set[Skipped] = set()
        """What rules asked for and is known only at deploy time."""
        self.resolver = resolver or Resolver(stack)
        self.changes = Changes()
        """What rules asked for and another reading of the stack may answer otherwise."""
        self._shared = shared
        self._conditional = shared.conditional if shared is not None else frozenset()
        self.items: Mapping[str, TemplateResource] = {
            item.id: item for each in self.stacks for item in self._items(self.resolver.of(each), each)
        }
        self._by_type: dict[str, list[TemplateResource]] = defaultdict(list)
        for item in self.items.values():
            self._by_type[item.type].append(item)
        self.targets = Targets(self.items, self._function_named)

    def of_type(self, *types: str) -> Iterator[TemplateResource]:
        """Yield the resources of some types, type by type, in the template's order."""
        for resource_type in types:
            self.changes.asked += resource_type in self._conditional
            yield from self._by_type.get(resource_type, ())

    def every(self) -> Iterator[TemplateResource]:
        """Yield all resources."""
        self.changes.asked += bool(self._conditional)
        yield from self.items.values()

    def referred(self, value: object, resource_type: str, attributes: Collection[str]) -> TemplateResource | None:
        """Return the resource of a type that a resolved value refers to.

        Args:
            value: A resolved value.
            resource_type: The type it must have.
            attributes: The attributes that identify the resource; empty for ``Ref``.
        """
        if not isinstance(value, Reference) or value.attribute not in attributes:
            return None
        item = self.items.get(value.logical_id)
        return item if item is not None and item.type == resource_type else None

    def statements(self, item: TemplateResource, path: Path) -> tuple[Statement, ...]:
        """Return the statements of a policy document, which several rules ask for.

        Args:
            item: The resource that holds the document.
            path: The document's path in its properties.
        """
        if self._shared is not None and self._shared.has(item):
            known = self._shared.statements
            if (item.id, path) not in known:
                known[item.id, path] = tuple(statements(item, path))
            return known[item.id, path]
        return self.changes.remember(("statements", item.id, path), lambda: tuple(statements(item, path)))

    def referring(self, resource_type: str, key: str) -> Mapping[str, list[TemplateResource]]:
        """Return the resources of a type by the logical id that a property refers to.

        Args:
            resource_type: The type.
            key: The property.

        Returns:
            Under an empty text those whose property is not known, or no reference.
        """
        return self.changes.remember(("referring", resource_type, key), lambda: self._by_reference(resource_type, key))

    def _by_reference(self, resource_type: str, key: str) -> Mapping[str, list[TemplateResource]]:
        found: dict[str, list[TemplateResource]] = defaultdict(list)
        for item in self.of_type(resource_type):
            value = item.get(key)
            found[value.logical_id if isinstance(value, Reference) else ""].append(item)
        return found

    @property
    def policy_names(self) -> Mapping[str, TemplateResource]:
        """The managed policies of the template that have a name, by name, unknown parts as they are shown."""
        return self.changes.remember("policy names", self._named_policies)

    def _named_policies(self) -> Mapping[str, TemplateResource]:
        named = ((item, item.get("ManagedPolicyName")) for item in self.of_type("AWS::IAM::ManagedPolicy"))
        return {shown(name): item for item, name in named if name is not MISSING}

    def _function_named(self, name: str) -> str | None:
        return self.changes.remember("function names", self._named_functions).get(name)

    def _named_functions(self) -> Mapping[str, str]:
        names = ((item, item.get("FunctionName")) for item in self.of_type("AWS::Lambda::Function"))
        return {shown(name): item.id for item, name in names if name is not MISSING}

    def _items(self, resolver: Resolver, stack: Stack) -> Iterator[TemplateResource]:
        for resource in stack.resources.values():
            if resolver.exists(resource) is not False:
                if self._shared is not None:
                    yield self._shared.item(resource, resolver, self.skipped, self.changes)
                else:
                    yield TemplateResource(resource, resolver, self.skipped)
