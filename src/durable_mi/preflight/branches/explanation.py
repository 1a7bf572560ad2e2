"""In which branches something was found, in the template's own words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.worlds.choices import OTHER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.cloudformation.worlds.choices import Choices
    from durable_mi.cloudformation.worlds.world import World
    from durable_mi.preflight.model import Model

__all__ = ["Branch", "Explanations"]

_MAX_NAMED: Final = 3
_MAX_LITERALS: Final = {1: 1000, 2: 300, 3: 80}
"""By how many of them are combined; more take too long, and nobody writes them."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Where something is so.

    Attributes:
        text: What a message begins with, such as ``if Prod and not Small: ``; empty where it is so everywhere.
        is_joint: Whether it takes several conditions.
        world: One combination of assumptions with it.
    """

    text: str
    is_joint: bool
    world: World


class Explanations:
    """Names branches by the conditions that hold in them.

    A set of readings is a number whose bits are the readings.

    Args:
        choices: What decides the conditions.
        readings: The template under each combination of assumptions.
    """

    def __init__(self, choices: Choices, readings: list[tuple[World, Model]]) -> None:
        self._all = (1 << len(readings)) - 1
        self._readings = readings
        self._literals: dict[str, int] = {}
        for name in choices.conditions:
            outcomes = [model.resolver.condition(name) for _, model in readings]
            self._enter(name, [outcome is True for outcome in outcomes])
            self._enter(f"not {name}", [outcome is False for outcome in outcomes])
        for name in choices.mapped:
            values = [value for world, _ in readings if (value := world.values.get(name)) is not None]
            for value in dict.fromkeys(values):
                text = _text(name, value, values)
                if text.isprintable():
                    self._enter(text, [world.values.get(name) == value for world, _ in readings])

    def of(self, where: int, logical_id: str) -> Branch | None:
        """Return the branches in which something was found.

        Args:
            where: The readings with the finding.
            logical_id: The resource that it is about.

        Returns:
            ``None`` where the resource does not exist in these.
        """
        # A resource that is in some branches only need not have them named: it is wrong wherever it is.
        exists = sum(1 << number for number, (_, model) in enumerate(self._readings) if logical_id in model.items)
        if not exists & where:
            return None
        world, _ = self._readings[(exists & where & -(exists & where)).bit_length() - 1]
        if not exists & ~where:
            return Branch("", is_joint=False, world=world)
        for length in range(1, _MAX_NAMED + 1):
            best = self._best(where, exists, length)
            if best is not None:
                return Branch(f"if {' and '.join(best)}: ", is_joint=length > 1, world=world)
        named = self._example(where, exists & where)
        return Branch(f"if {' and '.join(named)}: " if named else "in some branches: ", is_joint=True, world=world)

    def _best(self, where: int, exists: int, length: int) -> tuple[str, ...] | None:
        names = [name for name, readings in self._literals.items() if readings & where]
        most, best = 0, None
        for chosen in combinations(names[: _MAX_LITERALS[length]], length):
            readings = exists
            for name in chosen:
                readings &= self._literals[name]
            size = readings.bit_count()
            if size > most and not readings & ~where:
                most, best = size, chosen
        return best

    def _example(self, where: int, readings: int) -> list[str]:
        """Return everything that singles out the first of some readings, as far as it takes."""
        first = readings & -readings
        named, left = [], self._all
        for name, holds in self._literals.items():
            if holds & first and left & ~holds & ~where:
                named.append(name)
                left &= holds
        return named

    def _enter(self, name: str, holds: list[bool]) -> None:
        readings = sum(1 << number for number, outcome in enumerate(holds) if outcome)
        if readings not in {0, self._all}:
            self._literals[name] = readings


def _text(name: str, value: str, values: Iterable[str]) -> str:
    """Return in words that a parameter has a value; one that stands for all others by the values that it is not."""
    if not value.startswith(OTHER):
        return f"{name} is {value}"
    others = [other for other in dict.fromkeys(values) if not other.startswith(OTHER)]
    return f"{name} is none of {', '.join(others)}"
