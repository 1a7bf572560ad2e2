"""A bounded number of worlds in which every two choices meet in every way."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.worlds.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from durable_mi.cloudformation.worlds.choices import Choice

__all__ = ["MAX_CHOICES", "MAX_WORLDS", "worlds"]

MAX_WORLDS: Final = 48
"""Enough that every three of forty choices meet in nearly every way."""
MAX_CHOICES: Final = 200


def worlds(choices: Sequence[Choice]) -> Iterator[World]:
    """Yield all worlds where these are few, else a fixed selection of them.

    Args:
        choices: What decides conditions.
    """
    most = choices[:MAX_CHOICES]
    if prod(len(choice.values) for choice in most) <= MAX_WORLDS:
        for values in product(*(choice.values for choice in most)):
            yield _world(dict(zip((choice.name for choice in most), values, strict=True)))
        return
    for base in (0, -1):
        yield _world({choice.name: choice.values[base] for choice in most})
    for number in range(MAX_WORLDS - 2):
        yield _world({choice.name: _spread(choice, number) for choice in most})


def _spread(choice: Choice, number: int) -> str | bool:
    """Return a value that follows from the name and the number alone, so that a report is the same each time."""
    from hashlib import sha256  # noqa: PLC0415 - it loads OpenSSL, and most templates have few conditions

    digest = sha256(f"{number} {choice.name}".encode(errors="surrogatepass")).digest()
    return choice.values[int.from_bytes(digest[:4]) % len(choice.values)]


def _world(decided: Mapping[str, str | bool]) -> World:
    values = {name: value for name, value in decided.items() if isinstance(value, str)}
    comparisons = {name: value for name, value in decided.items() if isinstance(value, bool)}
    return World(values, comparisons)
