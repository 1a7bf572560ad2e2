"""Follows a template's intrinsic functions as far as the template itself goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.function_arn import FunctionArns
from durable_mi.cloudformation.pieces import Pieces
from durable_mi.cloudformation.values import MISSING, Reference, Unknown, joined, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from durable_mi.cloudformation.assembly import Stack

__all__ = ["Resolver"]

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_ZONES: Final = tuple(f"zone {number}" for number in range(1, 7))

_COMBINE: Final[Mapping[str, Callable[[list[bool | None]], bool | None]]] = {
    "Fn::Not": lambda parts: None if parts[0] is None else not parts[0],
    "Fn::And": lambda parts: False if False in parts else None if None in parts else True,
    "Fn::Or": lambda parts: True if True in parts else None if None in parts else False,
}


class Resolver:
    """Resolves values of one stack, one level at a time: what an object or a list holds stays as it is.

    A parameter counts as its default, since that is what a deploy without arguments takes.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._conditions: dict[str, bool | None] = {}
        self._arns = FunctionArns(stack, self.resolve)
        self._functions: Mapping[str, Callable[[object], object]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": lambda _: list(_ZONES),
        }

    def resolve(self, value: object) -> object:
        """Give the value behind an intrinsic function.

        Args:
            value: a part of a template.

        Returns:
            A plain value; a :class:`Reference` or ``Text`` where resources are referred to; :class:`Unknown` where
            only a deploy tells; :data:`MISSING` for ``null`` and ``AWS::NoValue``.
        """
        if value is None:
            return MISSING
        if not isinstance(value, dict) or len(value) != 1:
            return value
        ((name, argument),) = value.items()
        function = self._functions.get(name)
        if function is not None:
            return function(argument)
        return Unknown(name) if isinstance(name, str) and name.startswith("Fn::") else value

    def condition(self, name: str) -> bool | None:
        """Evaluate a condition.

        Args:
            name: key in the template's ``Conditions``.

        Returns:
            ``None`` where only a deploy tells.
        """
        if name not in self._conditions:
            self._conditions[name] = None
            self._conditions[name] = self._holds(self._stack.conditions.get(name))
        return self._conditions[name]

    def _holds(self, condition: object) -> bool | None:
        if not isinstance(condition, dict) or len(condition) != 1:
            return None
        ((name, argument),) = condition.items()
        if name == "Condition":
            return self.condition(argument) if isinstance(argument, str) else None
        if not isinstance(argument, list):
            return None
        if name == "Fn::Equals":
            return self._equals(argument)
        parts = [self._holds(part) for part in argument]
        combine = _COMBINE.get(str(name))
        return combine(parts) if combine and parts else None

    def _equals(self, sides: list[object]) -> bool | None:
        plain = [self.resolve(side) for side in sides]
        if not all(isinstance(side, str | int | float) for side in plain) or len(plain) != len(("left", "right")):
            return None
        left, right = ("".join(map(str, parts_of(side))) for side in plain)
        return left == right

    def _ref(self, logical_id: object) -> object:
        if not isinstance(logical_id, str):
            return Unknown("Ref")
        if logical_id == "AWS::NoValue":
            return MISSING
        if logical_id.startswith("AWS::"):
            known = {"AWS::Region": self._stack.region, "AWS::AccountId": self._stack.account}
            return known.get(logical_id) or Unknown(logical_id)
        return Reference(logical_id) if logical_id in self._stack.resources else self._parameter(logical_id)

    def _parameter(self, name: str) -> object:
        parameter = self._stack.parameters.get(name)
        if not isinstance(parameter, dict):
            return Unknown(name)
        kind = str(parameter.get("Type", "String"))
        default = parameter.get("Default")
        # The default of an SSM parameter is its name, not its value.
        if default is None or kind.startswith("AWS::SSM::"):
            return Unknown(f"parameter {name}")
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [entry.strip() for entry in str(default).split(",")]
        return default

    def _attribute(self, argument: object) -> object:
        match argument:
            case str():
                logical_id, _, attribute = argument.partition(".")
            case [str(logical_id), str(attribute)]:
                pass
            case _:
                return Unknown("Fn::GetAtt")
        if logical_id in self._stack.resources:
            return Reference(logical_id, attribute)
        return Unknown(f"{logical_id}.{attribute}")

    def _sub(self, argument: object) -> object:
        variables: dict[str, object] = {}
        match argument:
            case str(text):
                pass
            case [str(text), dict(variables)]:
                pass
            case _:
                return Unknown("Fn::Sub")
        parts: list[object] = []
        end = 0
        for found in _VARIABLE.finditer(text):
            parts.append(text[end : found.start()])
            end = found.end()
            name = found[1].strip()
            if name.startswith("!"):
                parts.append(f"${{{name[1:]}}}")
            elif name in variables:
                parts.append(self.resolve(variables[name]))
            else:
                parts.append(self._attribute(name) if "." in name else self._ref(name))
        parts.append(text[end:])
        return joined(parts, "")

    def _join(self, argument: object) -> object:
        if not isinstance(argument, list) or len(argument) != len(("separator", "values")):
            return Unknown("Fn::Join")
        separator, values = argument[0], self.resolve(argument[1])
        if not isinstance(separator, str) or not isinstance(values, list):
            return values if isinstance(values, Unknown) else Unknown("Fn::Join")
        return joined([part for part in map(self.resolve, values) if part is not MISSING], separator)

    def _if(self, argument: object) -> object:
        match argument:
            case [str(name), yes, no]:
                holds = self.condition(name)
                if holds is not None:
                    return self.resolve(yes if holds else no)
                then, otherwise = self.resolve(yes), self.resolve(no)
                return then if then == otherwise else Unknown(f"condition {name}")
        return Unknown("Fn::If")

    def _select(self, argument: object) -> object:
        match argument:
            case [index, {"Fn::Split": split}]:
                pieces = self._pieces(split)
                number = self.resolve(index)
                if pieces is not None and _is_index(number, pieces.known):
                    return pieces.known[int(str(number))]
            case [index, choices]:
                number, values = self.resolve(index), self.resolve(choices)
                if isinstance(values, list) and _is_index(number, values):
                    return self.resolve(values[int(str(number))])
                if isinstance(values, Unknown):
                    return Unknown(f"{values.what} [{number}]")
        return Unknown("Fn::Select")

    def _split(self, argument: object) -> object:
        pieces = self._pieces(argument)
        return list(pieces.known) if pieces is not None and pieces.complete else Unknown("Fn::Split")

    def _pieces(self, argument: object) -> Pieces | None:
        match argument:
            case [str(separator), text] if separator:
                parts = parts_of(self.resolve(text))
                return Pieces.of(self._arns.written_out(parts), separator, self._arns.is_name) if parts else None
        return None

    def _find_in_map(self, argument: object) -> object:
        found: object = self._stack.mappings
        keys = argument if isinstance(argument, list) else []
        for key in keys[:3]:
            name = self.resolve(key)
            if not isinstance(name, str | int) or not isinstance(found, dict) or str(name) not in found:
                return Unknown(f"mapping {keys[0]}" if isinstance(keys[0], str) else "Fn::FindInMap")
            found = found[str(name)]
        return found if keys else Unknown("Fn::FindInMap")


def _is_index(number: object, values: Sequence[object]) -> bool:
    text = str(number)
    return text.isascii() and text.isdecimal() and len(text) <= len(str(len(values))) and int(text) < len(values)
