"""A resource of a template, read through its intrinsic functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.cloudformation.values import MISSING, Unknown, parts_of
from durable_mi.preflight.finding import Finding, Skipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cloudformation.resolver import Resolver
    from durable_mi.cloudformation.resource import Resource
    from durable_mi.preflight.readings.changes import Changes

__all__ = ["ReadAnew", "TemplateResource"]


class TemplateResource:
    """One resource. What cannot be known is noted in ``skipped`` when it is asked for.

    Args:
        resource: The resource.
        resolver: The resolver of its stack.
        skipped: Takes what cannot be known.
        reading: What it has in common with other readings of its stack. Defaults to nothing.
    """

    def __init__(
        self, resource: Resource, resolver: Resolver, skipped: set[Skipped], reading: ReadAnew | None = None
    ) -> None:
        self._reading = reading
        self._resource = resource
        self._resolver = resolver
        self._skipped = skipped
        self._id = resolver.name(resource)
        self._known: dict[tuple[str | int, ...], object] = {}
        self._entries: dict[tuple[str | int, ...], Sequence[object] | None] = {}

    @property
    def id(self) -> str:
        """The logical id, with the stack where several stacks that are read as one have it."""
        return self._id

    @property
    def type(self) -> str:
        """The CloudFormation type."""
        return self._resource.type

    @property
    def is_read(self) -> bool:
        """Whether anybody asked for a property."""
        return bool(self._known)

    @property
    def resource(self) -> Resource:
        """The resource as the template has it."""
        return self._resource

    def get(self, *path: str | int) -> object:
        """Return the resolved value at a path in the properties.

        Returns:
            As :meth:`Resolver.resolve`; :data:`MISSING` where any part of the path is missing.
        """
        shared = None if self._reading is None else self._reading.common(path)
        if shared is not None:
            return shared.get(*path)
        if path not in self._known:
            self._known[path] = self.within(self._resource.properties, *path, at=())
        return self._known[path]

    def within(self, value: object, *path: str | int, at: tuple[str | int, ...]) -> object:
        """Return the resolved value at a path in a part of this resource.

        Args:
            value: The part.
            path: Keys and indexes from the part.
            at: The part's path in the properties, to note what is skipped.
        """
        if self._reading is not None:
            self._reading.changes.asked += 1
        resolved = self._resolver.at(value, *path)
        if isinstance(resolved, Unknown):
            self.note((*at, *path), resolved)
        return resolved

    def note(self, path: tuple[str | int, ...], unknown: Unknown) -> None:
        """Note a value that was skipped.

        Args:
            path: The value in the properties.
            unknown: What it would take to know it.
        """
        self._skipped.add(Skipped(self.id, "/".join(map(str, path)), unknown.what))

    def has(self, *path: str | int) -> bool:
        """Return whether a value is given, and known to be."""
        value = self.get(*path)
        return value is not MISSING and not isinstance(value, Unknown)

    def lacks(self, *path: str | int) -> bool:
        """Return whether a value is known not to be given."""
        return self.get(*path) is MISSING

    def text(self, *path: str | int, default: str | None = None) -> str | None:
        """Return a plain text; ``default`` where it is missing, ``None`` where it is not known."""
        value = self.get(*path)
        if value is MISSING:
            return default
        return value if isinstance(value, str) else None

    def number(self, *path: str | int, default: float | None = None) -> float | None:
        """Return a number; ``default`` where it is missing, ``None`` where it is not known or no number."""
        value = self.get(*path)
        if value is MISSING:
            return default
        return _number(value)

    def flag(self, *path: str | int, default: bool | None = None) -> bool | None:
        """Return a boolean; ``default`` where it is missing, ``None`` where it is not known or no boolean."""
        value = self.get(*path)
        if value is MISSING:
            return default
        return {"true": True, "false": False}.get("".join(map(str, parts_of(value))).lower())

    def entries(self, *path: str | int) -> Sequence[object] | None:
        """Return a list's resolved entries, one value as a list; ``[]`` if it is missing, ``None`` if not known."""
        shared = None if self._reading is None else self._reading.common(path)
        if shared is not None:
            return shared.entries(*path)
        if path not in self._entries:
            self._entries[path] = self._resolved_entries(*path)
        return self._entries[path]

    def _resolved_entries(self, *path: str | int) -> Sequence[object] | None:
        value = self.get(*path)
        if value is MISSING:
            return []
        if isinstance(value, Unknown):
            return None
        if not isinstance(value, list):
            return [value]
        resolved = [self.within(entry, at=(*path, index)) for index, entry in enumerate(value)]
        return [entry for entry in resolved if entry is not MISSING]

    def finding(self, message: str, *path: str | int) -> Finding:
        """Make a finding at a path in this resource's properties."""
        return Finding(self.id, path, message)


@dataclass(frozen=True, slots=True)
class ReadAnew:
    """What a resource has in common with another reading of its stack, and what it has not.

    Attributes:
        changes: The reading's changes.
        other: The resource in the other reading; ``None`` where it has nothing in common.
        changing: The properties that another reading may answer otherwise.
    """

    changes: Changes
    other: TemplateResource | None = None
    changing: frozenset[str] = frozenset()

    def common(self, path: tuple[str | int, ...]) -> TemplateResource | None:
        """Return the resource in the other reading if that has the same at a path; else count that it is asked for."""
        if self.other is not None and path and path[0] not in self.changing:
            return self.other
        self.changes.asked += 1
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else number
