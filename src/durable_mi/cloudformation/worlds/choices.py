"""What decides a template's conditions: parameters with their possible values, and comparisons that nobody knows."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.values import Unknown, literal
from durable_mi.cloudformation.worlds.number_range import NumberRange
from durable_mi.cloudformation.worlds.world import World, comparison

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resolver import Resolver
    from durable_mi.cloudformation.resource import Resource

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
        open_ranges: Numbers without a value that the template limits.
        asked: What they were collected from.
    """

    choices: list[Choice] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    mapped: list[str] = field(default_factory=list)
    open_parameters: list[Choice] = field(default_factory=list)
    open_ranges: list[NumberRange] = field(default_factory=list)
    asked: _Asked | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        stack: Stack,
        resolver: Resolver,
        resources: Iterable[Resource],
        outputs: Iterable[Mapping[str, Any]] = (),
        nested: Mapping[int, Choices] | None = None,
    ) -> Choices:
        """Collect the choices.

        Args:
            stack: The stack.
            resolver: Its resolver.
            resources: The resources that matter.
            outputs: The outputs that matter. Defaults to none.
            nested: The choices of stacks nested in this one, by the identity of the stack. Defaults to none.
        """
        if not (stack.conditions or stack.mappings or stack.parameters):
            return cls()
        asked = _Asked(stack)
        resources = list(resources)
        for resource in resources:
            if resource.condition is not None:
                asked.condition(resource.condition)
            asked.walk(resource.properties)
            asked.walk(resource.deletion_policy)
            asked.walk(resource.update_replace_policy)
            asked.walk(resource.update_policy)
        for output in outputs:
            if isinstance(condition := output.get("Condition"), str):
                asked.condition(condition)
            asked.walk(output.get("Value"))
        for inner in stack.inner:
            choices = (nested or {}).get(id(inner))
            if choices is not None and choices.asked is not None:
                asked.passed(inner, choices.asked)
        return cls(
            _choices(asked, stack, resolver),
            list(asked.conditions),
            [name for name in asked.keys if name in asked.mapped or name in asked.handed_on],
            [
                Choice(name, tuple(values))
                for name in asked.referred
                if 0 < len(values := _listed(stack, name)) <= 2 * _MAX_VALUES
                and isinstance(resolver.resolve({"Ref": name}), Unknown)
            ],
            [
                numbers
                for numbers in NumberRange.used(stack.parameters, resources)
                if isinstance(resolver.resolve({"Ref": numbers.name}), Unknown)
            ],
            asked,
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
        self.handed_on: set[str] = set()
        """Parameters that are given to a nested stack and decide conditions there."""

    def passed(self, nested: Stack, inner: _Asked) -> None:
        """Note what a nested stack asks of parameters that it is given as they are."""
        for name in inner.keys:
            for parameter in _handed_on(nested, name) or ():
                self.keys.setdefault(parameter)
                self.handed_on.add(parameter)
                self.compared[parameter] += inner.compared[name]
                if name in inner.mapped:
                    self.mapped[parameter] += inner.mapped[name]
                if name in inner.defaulted:
                    self.defaulted.add(parameter)

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
        every = self.stack.mappings
        mappings = [every.get(name)] if isinstance(name, str) else list(every.values())
        entries = {key: inner for each in mappings if isinstance(each, dict) for key, inner in each.items()}
        inner = {key: None for each in entries.values() if isinstance(each, dict) for key in each}
        has_default = any(isinstance(each, dict) and "DefaultValue" in each for each in keys)
        for key, known in zip((name, *keys), (every, entries, inner), strict=False):
            parameter, before, after = _variable(key)
            values = [
                text[len(before) : len(text) - len(after)]
                for text in map(str, known)
                if len(text) > len(before + after) and text.startswith(before) and text.endswith(after)
            ]
            if parameter and values:
                self.keys.setdefault(parameter)
                self.mapped[parameter] += values
                if has_default:
                    self.defaulted.add(parameter)


def _variable(key: object) -> tuple[str, str, str]:
    """Return the only parameter in a key with the text before and after it; empty texts for any other key."""
    match key:
        case {"Ref": str(name)}:
            return name, "", ""
        case {"Fn::Sub": str(text)} if len(names := _VARIABLE.findall(text)) == 1:
            before, _, after = text.partition(f"${{{names[0]}}}")
            return names[0], before, after
    return "", "", ""


def _handed_on(stack: Stack, name: str) -> list[str] | None:
    """Return the parameters of the stack around of which a nested one has one as it is.

    Returns:
        None of them where the stack around chooses between other values; ``None`` where it decides nothing.
    """
    argument = stack.arguments.get(name)
    if stack.parent is None or not isinstance(argument, dict):
        return None
    found: list[str] = []
    waiting: list[object] = [argument]
    while waiting:
        match waiting.pop():
            case {"Fn::If": [_, yes, no]}:
                waiting += [no, yes]
            case {"Ref": str(parameter)} if parameter in stack.parent.parameters:
                found.append(parameter)
    is_chosen = "Fn::If" in argument or "Fn::FindInMap" in argument
    return found if found or is_chosen else None


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
    handed_on = {name: OTHER for name in asked.keys if _handed_on(stack, name) is not None}
    assumed = World({**handed_on, **{choice.name: str(choice.values[-1]) for choice in found}})
    known = resolver.in_world(assumed.all_given())
    found += [
        Choice(identity, (True, False))
        for identity, sides in asked.comparisons.items()
        if not all(isinstance(known.resolve(side), str | int | float) for side in sides)
    ]
    return found


def _values(asked: _Asked, stack: Stack, resolver: Resolver, name: str) -> tuple[str, ...]:
    """Return what a parameter may be, its default first; none where it is no choice."""
    # A choice about a parameter of the stack around is made there, once for all that it is given to.
    if (name not in stack.parameters and name not in _PSEUDO_PARAMETERS) or _handed_on(stack, name) is not None:
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
    # What an SSM parameter lists are its names, not its values.
    if not isinstance(parameter, dict) or re.match(r"AWS::SSM::|.*List", str(parameter.get("Type"))):
        return []
    values = parameter.get("AllowedValues")
    if not isinstance(values, list):
        return []
    return list(dict.fromkeys(literal(value) for value in values if isinstance(value, str | int | float)))
