"""Parameters that take any number of a range."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from durable_mi.cloudformation.resource import Resource

__all__ = ["NumberRange"]

_VARIABLE: Final = re.compile(r"\$\{([^!}.]+)\}")
_DECIDING: Final = ("CapacityProviderConfig", "DurableConfig")
_TAKE_NUMBERS: Final = ("AWS::Lambda::", "AWS::CloudFormation::Stack")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """What a parameter of type ``Number`` may be.

    Attributes:
        name: The parameter.
        low: ``MinValue``, negative infinity where there is none.
        high: ``MaxValue``, infinity where there is none.
        is_direct: Whether no condition decides over what takes its value.
    """

    name: str
    low: float
    high: float
    is_direct: bool = True

    def __str__(self) -> str:
        """Return its ends in words."""
        if math.isinf(self.high):
            return f"{self.low:.16g} or more"
        return f"{self.high:.16g} or less" if math.isinf(self.low) else f"{self.low:.16g} to {self.high:.16g}"

    @classmethod
    def of(cls, name: str, parameter: object) -> NumberRange | None:
        """Return the range that a template declares.

        Args:
            name: The parameter.
            parameter: Its declaration.

        Returns:
            ``None`` if it is no number, or if a value is given, each is listed, or any number is right.
        """
        if not isinstance(parameter, dict) or parameter.get("Type") != "Number":
            return None
        ends = parameter.keys() & {"MinValue", "MaxValue"}
        low, high = _number(parameter.get("MinValue", -math.inf)), _number(parameter.get("MaxValue", math.inf))
        if not ends or low is None or high is None or parameter.keys() & {"Default", "AllowedValues"}:
            return None
        return cls(name, low, high)

    @classmethod
    def used(cls, parameters: Mapping[str, Any], resources: Iterable[Resource]) -> Iterator[NumberRange]:
        """Yield the ranges of the parameters that functions, or stacks nested in this one, take.

        Args:
            parameters: The template's parameters.
            resources: Its resources.
        """
        every = {name: cls.of(name, parameter) for name, parameter in parameters.items()}
        if not any(every.values()):
            return
        is_direct: dict[str, bool] = {}
        for resource in resources:
            if resource.type.startswith(_TAKE_NUMBERS):
                is_there = resource.condition is None and resource.type.startswith(_TAKE_NUMBERS[0])
                is_clear = not any(_is_chosen(resource.properties.get(key)) for key in _DECIDING)
                for name, chosen in _referred(resource.properties):
                    is_direct[name] = is_direct.get(name, True) and is_there and is_clear and not chosen
        for name, found in every.items():
            if found is not None and name in is_direct:
                yield replace(found, is_direct=is_direct[name])


def _is_chosen(value: object) -> bool:
    return isinstance(value, dict) and "Fn::If" in value


def _referred(value: object) -> Iterator[tuple[str, bool]]:
    """Yield the names that a value refers to, each with whether a condition chooses it."""
    waiting = [(value, False)]
    while waiting:
        part, chosen = waiting.pop()
        if isinstance(part, list):
            waiting.extend((each, chosen) for each in part)
        elif isinstance(part, dict):
            waiting.extend((each, chosen or "Fn::If" in part) for each in part.values())
            match part:
                case {"Ref": str(name)}:
                    yield name, chosen
                case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                    yield from ((name, chosen) for name in _VARIABLE.findall(text))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number
