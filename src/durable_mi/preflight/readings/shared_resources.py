"""Resources that read the same whatever is assumed about a stack's conditions, so that they are read once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from durable_mi.preflight.template_resource import ReadAnew, TemplateResource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resolver import Resolver
    from durable_mi.cloudformation.resource import Resource
    from durable_mi.preflight.finding import Path, Skipped
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.readings.changes import Changes

__all__ = ["SharedResources"]

_DECIDING: Final = ("Fn::If", "Fn::FindInMap", "Fn::ImportValue", "Fn::GetStackOutput", "Outputs.")
"""What a value with any of these is may follow from a condition, a parameter or another stack."""
_NAMING: Final = {"AWS::Lambda::Version": ("FunctionName",), "AWS::Lambda::Alias": ("FunctionName", "Name")}
"""What the ARN of a version or an alias is written out with, wherever it is referred to."""


class SharedResources:
    """The resources of a stack, and what of them no assumption changes, for all readings of it.

    Args:
        stack: The stack.
        items: Its resources in a reading without assumptions, by logical id.
        assumed: The parameters and pseudo parameters about which something is assumed.
    """

    def __init__(self, stack: Stack, items: Mapping[str, TemplateResource], assumed: Collection[str]) -> None:
        self.statements: dict[tuple[str, Path], tuple[Statement, ...]] = {}
        """The statements of policy documents in resources that do not change at all, by resource and path."""
        self.conditional = frozenset(each.type for each in stack.resources.values() if each.condition is not None)
        """The types of resources that only some readings have."""
        # An ARN is written out with region and account, wherever it is.
        is_everywhere = any(name.startswith("AWS::") for name in assumed)
        self._changing = {} if is_everywhere else _changing(stack, assumed)
        self._items = {name: item for name, item in items.items() if name in self._changing}

    def has(self, item: TemplateResource) -> bool:
        """Return whether a resource is one that all readings have in common."""
        return self._items.get(item.id) is item

    def item(self, resource: Resource, resolver: Resolver, skipped: set[Skipped], changes: Changes) -> TemplateResource:
        """Return a resource for one reading.

        Args:
            resource: The resource.
            resolver: The resolver of the reading.
            skipped: Takes what cannot be known of what is the reading's own.
            changes: Counts how often that is asked for.
        """
        other = self._items.get(resource.logical_id)
        changing = self._changing.get(resource.logical_id, frozenset())
        if other is not None and not changing:
            return other
        return TemplateResource(resource, resolver, skipped, ReadAnew(changes, other, changing))

    def skipped(self, entries: Iterable[Skipped]) -> Iterator[Skipped]:
        """Yield those of the values that a reading without assumptions skipped which all readings skip."""
        for entry in entries:
            changing = self._changing.get(entry.logical_id)
            if changing is not None and entry.path.partition("/")[0] not in changing:
                yield entry


def _changing(stack: Stack, assumed: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return the properties of each resource whose text names what may change; some only look so.

    A resource is left out if its deletion may change.
    """
    resources = stack.resources.values()
    names = {*assumed, *(each.logical_id for each in resources if each.condition is not None)}
    while True:
        pattern = _pattern(names)
        more = {
            each.logical_id
            for each in resources
            if each.logical_id not in names
            and any(
                pattern.search(json.dumps(each.properties.get(key), default=str)) for key in _NAMING.get(each.type, ())
            )
        }
        if not more:
            break
        names |= more
    return {
        each.logical_id: frozenset(
            key for key, value in each.properties.items() if pattern.search(json.dumps(value, default=str))
        )
        for each in resources
        if not pattern.search(json.dumps((each.deletion_policy, each.update_replace_policy), default=str))
    }


def _pattern(names: Collection[str]) -> re.Pattern[str]:
    # Names are longest first, since the first alternative that fits counts.
    named = "|".join(re.escape(json.dumps(name)[1:-1]) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"{'|'.join(map(re.escape, _DECIDING))}" + (rf"|\b(?:{named})\b" if named else ""))
