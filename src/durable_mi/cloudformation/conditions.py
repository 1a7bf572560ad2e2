"""The conditions of a template."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import literal
from durable_mi.cloudformation.worlds.world import AS_IT_IS, World, comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Conditions"]

_COMBINE: Final[Mapping[str, Callable[[list[bool | None]], bool | None]]] = {
    "Fn::Not": lambda parts: None if parts[0] is None else not parts[0],
    "Fn::And": lambda parts: False if False in parts else None if None in parts else True,
    "Fn::Or": lambda parts: True if True in parts else None if None in parts else False,
}


class Conditions:
    """Evaluates conditions by name, each once.

    Args:
        conditions: The template's ``Conditions``.
        resolve: Gives the value behind an intrinsic function.
        world: What is assumed. Defaults to nothing.
    """

    def __init__(
        self, conditions: Mapping[str, object], resolve: Callable[[object], object], world: World = AS_IT_IS
    ) -> None:
        self._conditions = conditions
        self._resolve = resolve
        self._world = world
        self._known: dict[str, bool | None] = {}

    def holds(self, name: str) -> bool | None:
        """Evaluate a condition; ``None`` where it is known only after deployment."""
        if name not in self._known:
            # Also the answer for a condition that a broken template makes depend on itself.
            self._known[name] = None
            # A chain of conditions may be longer than Python follows.
            with suppress(RecursionError):
                self._known[name] = self.evaluate(self._conditions.get(name))
        return self._known[name]

    def evaluate(self, condition: object) -> bool | None:
        """Evaluate a condition's expression; ``None`` where it is known only after deployment."""
        if not isinstance(condition, dict) or len(condition) != 1:
            return None
        ((name, argument),) = condition.items()
        if name == "Condition":
            return self.holds(argument) if isinstance(argument, str) else None
        if not isinstance(argument, list):
            return None
        if name == "Fn::Equals":
            return self._equals(argument)
        if name == "Fn::Contains":
            return self._contains(argument)
        parts = [self.evaluate(part) for part in argument]
        combine = _COMBINE.get(str(name))
        return combine(parts) if combine and parts else None

    def _equals(self, sides: list[object]) -> bool | None:
        plain = [self._resolve(side) for side in sides]
        if not all(isinstance(side, str | int | float) for side in plain) or len(plain) != len(("left", "right")):
            return self._world.comparisons.get(comparison(sides)) if self._world.comparisons else None
        left, right = (literal(side) for side in plain)
        return left == right

    def _contains(self, argument: list[object]) -> bool | None:
        """Evaluate what only a template's ``Rules`` have: whether a value is in a list."""
        if len(argument) != len(("list", "value")):
            return None
        choices, value = map(self._resolve, argument)
        plain = list(map(self._resolve, choices)) if isinstance(choices, list) else []
        if not plain or not all(isinstance(each, str | int | float) for each in (*plain, value)):
            return None
        return literal(value) in map(literal, plain)
