"""What decides a template's conditions: parameters with their possible values, and comparisons that nobody knows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.values import Unknown, literal
from durable_mi.cloudformation.worlds.world import World, comparison

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from durable_mi.cloudformation.assembly import Resource, Stack
    from durable_mi.cloudformation.resolver import Resolver

__all__ = ["OTHER", "Choice", "Choices"]

_MAX_VALUES: Final = 8
_PSEUDO_PARAMETERS: Final = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName")
_VARIABLE: Final = re.compile(r"\$\{([^!}]+)\}")
OTHER: Final = "\x1fany other value of "
"""What a value begins with that is none of those which a template names."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that decides conditions.

    Attributes:
        name: A parameter, a pseudo parameter, or a comparison that nobody knows.
        values: What it may be: texts for a parameter, ``True`` and ``False`` for a comparison. The first is what holds
            where nothing else is said, if that is known.
    """

    name: str
    values: tuple[str | bool, ...]


@dataclass(slots=True)
class Choices:
    """The choices of one stack that matter to some of its resources.

    Attributes:
        choices: The choices, those that the first resources ask for first.
        conditions: The conditions that they decide, in the same order.
        mapped: The parameters among them that are keys of mappings.
        open_parameters: Parameters without a value whose every value the template lists, with these values.
    """

    choices: list[Choice] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    mapped: list[str] = field(default_factory=list)
    open_parameters: list[Choice] = field(default_factory=list)

    @classmethod
    def of(
        cls, stack: Stack, resolver: Resolver, resources: Iterable[Resource], outputs: Iterable[Mapping[str, Any]] = ()
    ) -> Choices:
        """Collect the choices.

        Args:
            stack: The stack.
            resolver: Its resolver.
            resources: The resources that matter.
            outputs: The outputs that matter. Defaults to none.
        """
        if not (stack.conditions or stack.mappings or stack.parameters):
            return cls()
        asked = _Asked(stack)
        for resource in resources:
            if resource.condition is not None:
                asked.condition(resource.condition)
            asked.walk(resource.properties)
            asked.walk(resource.deletion_policy)
        for output in outputs:
            if isinstance(condition := output.get("Condition"), str):
                asked.condition(condition)
            asked.walk(output.get("Value"))
        return cls(
            _choices(asked, stack, resolver),
            list(asked.conditions),
            [name for name in asked.keys if name in asked.mapped],
            [
                Choice(name, tuple(values))
                for name in asked.referred
                if 0 < len(values := _listed(stack, name)) <= 2 * _MAX_VALUES
                and isinstance(resolver.resolve({"Ref": name}), Unknown)
            ],
        )


class _Asked:
    """Follows everything that decides something in a part of a template, each condition once."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.conditions: dict[str, None] = {}
        self.keys: dict[str, None] = {}
        """Parameters that decide conditions or are keys of mappings."""
        self.compared: dict[str, list[str]] = defaultdict(list)
        self.mapped: dict[str, list[str]] = defaultdict(list)
        self.defaulted: set[str] = set()
        """Parameters that are keys of mappings with a value for any other key."""
        self.comparisons: dict[str, list[Any]] = {}
        self.referred: dict[str, None] = {}

    def walk(self, value: object) -> None:
        """Note the conditions and mappings in a value."""
        waiting = [value]
        while waiting:
            part = waiting.pop()
            if isinstance(part, list):
                waiting.extend(reversed(part))
            elif isinstance(part, dict):
                waiting.extend(reversed(part.values()))
                if len(part) == 1:
                    self._intrinsic(part)

    def _intrinsic(self, part: Mapping[str, Any]) -> None:
        match part:
            case {"Fn::If": [str(name), *_]}:
                self.condition(name)
            case {"Fn::FindInMap": [name, *keys]}:
                self._mapping(name, keys)
            case {"Ref": str(name)}:
                self.referred.setdefault(name)
            case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                for name in _VARIABLE.findall(text):
                    self.referred.setdefault(name)

    def condition(self, name: str) -> None:
        """Note a condition, and what it depends on."""
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in self.conditions:
                continue
            self.conditions[current] = None
            for part in _parts(self.stack.conditions.get(current)):
                match part:
                    case {"Condition": str(other)}:
                        waiting.append(other)
                    case {"Fn::Equals": [left, right]}:
                        self._equals([left, right])

    def _equals(self, sides: list[Any]) -> None:
        self.comparisons.setdefault(comparison(sides), sides)
        for side, other in (sides, sides[::-1]):
            match side:
                case {"Ref": str(name)}:
                    self.keys.setdefault(name)
                    if isinstance(other, str | int | float):
                        self.compared[name].append(literal(other))
                case _:
                    for part in _parts(side):
                        match part:
                            case {"Ref": str(name)}:
                                self.keys.setdefault(name)
                            case {"Fn::FindInMap": [mapping, *keys]}:
                                self._mapping(mapping, keys)
                            case {"Fn::Sub": str(text)}:
                                for parameter in self.stack.parameters:
                                    if f"${{{parameter}}}" in text:
                                        self.keys.setdefault(parameter)

    def _mapping(self, name: object, keys: list[Any]) -> None:
        mapping = self.stack.mappings.get(name) if isinstance(name, str) else None
        if not isinstance(mapping, dict):
            return
        inner = {key: None for entries in mapping.values() if isinstance(entries, dict) for key in entries}
        for key, known in zip(keys, (mapping, inner), strict=False):
            match key:
                case {"Ref": str(parameter)}:
                    self.keys.setdefault(parameter)
                    self.mapped[parameter].extend(map(str, known))
                    if any(isinstance(each, dict) and "DefaultValue" in each for each in keys):
                        self.defaulted.add(parameter)


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects in a value with one key, itself included."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            waiting.extend(reversed(part.values()))
            if len(part) == 1:
                yield part


def _choices(asked: _Asked, stack: Stack, resolver: Resolver) -> list[Choice]:
    found = []
    for name in asked.keys:
        values = _values(asked, stack, resolver, name)
        if values:
            found.append(Choice(name, values))
    # Whether a comparison is known with the parameters it depends on, any values of these show.
    assumed = World({choice.name: str(choice.values[-1]) for choice in found})
    known = resolver.in_world(assumed.all_given())
    found += [
        Choice(identity, (True, False))
        for identity, sides in asked.comparisons.items()
        if not all(isinstance(known.resolve(side), str | int | float) for side in sides)
    ]
    return found


def _values(asked: _Asked, stack: Stack, resolver: Resolver, name: str) -> tuple[str, ...]:
    """Return what a parameter may be, its default first; none where it is no choice."""
    if name not in stack.parameters and name not in _PSEUDO_PARAMETERS:
        return ()
    known = resolver.resolve({"Ref": name})
    if isinstance(known, list) or (isinstance(known, Unknown) and known.many):
        return ()
    is_known = isinstance(known, str | int | float)
    listed = _listed(stack, name)
    # A default is what a deploy takes that says nothing else. Other values count where the template lists them.
    if is_known and (name in stack.arguments or not listed):
        return ()
    matters = list(dict.fromkeys((*asked.compared[name], *asked.mapped[name])))
    if listed:
        others = [value for value in listed if value not in matters]
        values = [value for value in matters if value in listed] + others[:1]
        if not matters:
            values = others
    else:
        is_one_of_them = name in asked.mapped and name not in asked.defaulted and not asked.compared[name]
        values = matters if is_one_of_them else [*matters, OTHER + name]
    if is_known:
        values = [literal(known), *values]
    return tuple(dict.fromkeys(values))[:_MAX_VALUES]


def _listed(stack: Stack, name: str) -> list[str]:
    parameter = stack.parameters.get(name)
    if not isinstance(parameter, dict) or "List" in str(parameter.get("Type")):
        return []
    values = parameter.get("AllowedValues")
    if not isinstance(values, list):
        return []
    return list(dict.fromkeys(literal(value) for value in values if isinstance(value, str | int | float)))
