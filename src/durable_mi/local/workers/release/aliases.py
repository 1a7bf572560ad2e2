"""The aliases of functions, which callers can create, move and delete."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Alias", "Aliases"]


@dataclass(frozen=True, slots=True)
class Alias:
    """One alias; another one takes its place at each change.

    Attributes:
        name: The alias's name.
        version: The version that it invokes.
        description: Its description.
        weights: Other versions, each with its share of the invocations, from 0 to 1.
        revision: An id that no other state of the alias has.
    """

    name: str
    version: str
    description: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    revision: str = field(default_factory=lambda: str(uuid.uuid4()))

    def names(self, version: str) -> bool:
        """Return whether it invokes a version, if only with a weight."""
        return version == self.version or version in self.weights

    def chosen(self, drawn: float) -> str:
        """Return the version for one invocation.

        Args:
            drawn: A random number from 0 to 1, 1 excluded.
        """
        for version, weight in self.weights.items():
            if drawn < weight:
                return version
            drawn -= weight
        return self.version


class Aliases:
    """The aliases of all functions.

    Args:
        draw: Returns a random number from 0 to 1, 1 excluded, for aliases with weights.
    """

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        self._draw = draw
        self._aliases: dict[str, dict[str, Alias]] = {}

    def of(self, function: str) -> Iterator[Alias]:
        """Return the aliases of a function's plain name, in the order in which they were created."""
        return iter(tuple(self._aliases.get(function, {}).values()))

    def find(self, function: str, name: str) -> Alias | None:
        """Return an alias of a function's plain name, ``None`` where there is none."""
        return self._aliases.get(function, {}).get(name)

    def put(self, function: str, alias: Alias) -> None:
        """Create an alias, or put it in the place of the one of its name."""
        self._aliases.setdefault(function, {})[alias.name] = alias

    def delete(self, function: str, name: str) -> None:
        """Delete an alias; one that is not there is no error."""
        self._aliases.get(function, {}).pop(name, None)

    def naming(self, function: str, version: str) -> list[str]:
        """Return the names of the aliases that invoke a version, if only with a weight."""
        return [alias.name for alias in self.of(function) if alias.names(version)]

    def chosen(self, alias: Alias) -> str:
        """Return the version that an alias invokes now."""
        return alias.chosen(self._draw()) if alias.weights else alias.version
