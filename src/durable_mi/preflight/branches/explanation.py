"""In which branches something was found, in the template's own words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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
            for value in dict.fromkeys(world.values.get(name) for world, _ in readings):
                if value is not None and value.isprintable():
                    self._enter(f"{name} is {value}", [world.values.get(name) == value for world, _ in readings])

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
        return Branch("if some conditions hold and others do not: ", is_joint=True, world=world)

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

    def _enter(self, name: str, holds: list[bool]) -> None:
        readings = sum(1 << number for number, outcome in enumerate(holds) if outcome)
        if readings not in {0, self._all}:
            self._literals[name] = readings
