"""The resources of a template: found by type, and followed by reference."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.values import MISSING, Reference, shown
from durable_mi.preflight.iam.statement import statements
from durable_mi.preflight.target import Targets
from durable_mi.preflight.template_resource import TemplateResource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.preflight.finding import Path, Skipped
    from durable_mi.preflight.iam.statement import Statement

__all__ = ["ResourceIndex"]


class ResourceIndex:
    """The resources of one stack, with references followed.

    A resource whose condition is known to be false is left out. One whose condition is known only at deploy time
    counts.

    Args:
        stack: The stack.
        resolver: Its resolver. Defaults to one that assumes nothing.
        around: The stacks that are read as one with it, itself included. Defaults to itself alone.
    """

    def __init__(self, stack: Stack, resolver: Resolver | None = None, around: Sequence[Stack] = ()) -> None:
        self.stack = stack
        self.stacks: Sequence[Stack] = around or (stack,)
        """The stacks that are read as one, the stack among them."""
        self.skipped: set[Skipped] = set()
        """What rules asked for and is known only at deploy time."""
        self.resolver = resolver or Resolver(stack)
        self.items: Mapping[str, TemplateResource] = {
            item.id: item for each in self.stacks for item in _items(self.resolver.of(each), each, self.skipped)
        }
        self._by_type: dict[str, list[TemplateResource]] = defaultdict(list)
        for item in self.items.values():
            self._by_type[item.type].append(item)
        self._statements: dict[tuple[str, Path], tuple[Statement, ...]] = {}
        self._referring: dict[tuple[str, str], Mapping[str, list[TemplateResource]]] = {}
        self.targets = Targets(self.items, self._function_names.get)

    def of_type(self, *types: str) -> Iterator[TemplateResource]:
        """Yield the resources of some types, type by type, in the template's order."""
        for resource_type in types:
            yield from self._by_type.get(resource_type, ())

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
        if (item.id, path) not in self._statements:
            self._statements[item.id, path] = tuple(statements(item, path))
        return self._statements[item.id, path]

    def referring(self, resource_type: str, key: str) -> Mapping[str, list[TemplateResource]]:
        """Return the resources of a type by the logical id that a property refers to.

        Args:
            resource_type: The type.
            key: The property.

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
    def _function_names(self) -> Mapping[str, str]:
        names = ((item, item.get("FunctionName")) for item in self.of_type("AWS::Lambda::Function"))
        return {shown(name): item.id for item, name in names if name is not MISSING}


def _items(resolver: Resolver, stack: Stack, skipped: set[Skipped]) -> Iterator[TemplateResource]:
    for resource in stack.resources.values():
        if resolver.exists(resource) is not False:
            yield TemplateResource(resource, resolver, skipped)
