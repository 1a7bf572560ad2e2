"""Which stacks are connected by nesting, imports and outputs, and so are read as one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.other_stacks import CROSS_REGION_READER, App
from durable_mi.cloudformation.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resource import Resource

__all__ = ["app_of", "groups"]


def groups(stacks: Sequence[Stack]) -> list[list[Stack]]:
    """Divide stacks into those that are connected, in their order.

    Args:
        stacks: The stacks.
    """
    if len(stacks) == 1:
        return [list(stacks)]
    known = {id(stack) for stack in stacks}
    leader = {id(stack): id(stack) for stack in stacks}

    def find(stack: int) -> int:
        while leader[stack] != stack:
            leader[stack] = stack = leader[leader[stack]]
        return stack

    for stack in stacks:
        for other in _used(stack):
            if id(other) in known:
                leader[find(id(other))] = find(id(stack))
    found: dict[int, list[Stack]] = {}
    for stack in stacks:
        found.setdefault(find(id(stack)), []).append(stack)
    return list(found.values())


def app_of(stacks: Sequence[Stack]) -> App:
    """Return what the resolvers of connected stacks share.

    A resource has its logical id as its name, and that of its stack too where several stacks have the logical id.

    Args:
        stacks: The stacks.
    """
    if len(stacks) == 1:
        return App()
    often = Counter(logical_id for stack in stacks for logical_id in stack.resources)
    names: dict[tuple[int, str], str] = {(id(stack), ""): stack.name for stack in stacks}
    homes: dict[str, tuple[Stack, Resource]] = {}
    for stack in stacks:
        for logical_id, resource in stack.resources.items():
            name = logical_id if often[logical_id] == 1 else f"{logical_id} of stack {stack.name}"
            while name in homes:
                name += "'"
            names[id(stack), logical_id] = name
            homes[name] = (stack, resource)
    return App(names=names, homes=homes)


def _used(stack: Stack) -> Iterator[Stack]:
    """Yield the stacks that a stack is nested in or takes values of."""
    if stack.parent is not None:
        yield stack.parent
    if len(stack.neighbours) <= 1:
        return
    resolver = Resolver(stack)
    seen = set()
    reads = {reader.logical_id for reader in stack.of_type(CROSS_REGION_READER)}
    for resource in stack.resources.values():
        for part in _imports(resource.properties, reads):
            key = repr(part)
            if key not in seen:
                seen.add(key)
                used = resolver.stack_behind(part)
                if used is not None:
                    yield used


def _imports(value: object, reads: Collection[str]) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "Fn::ImportValue" in part or "Fn::GetStackOutput" in part or _is_read(part.get("Fn::GetAtt"), reads):
                yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _is_read(attribute: object, reads: Collection[str]) -> bool:
    """Return whether an attribute is of a resource that reads another Region."""
    return bool(reads) and isinstance(attribute, list) and bool(attribute) and attribute[0] in reads
