"""Whether two patterns of texts have a text in common.

A pattern is a sequence of :class:`Symbols`: each stands for one character out of a set, and may be repeated or left
out. IAM's wildcards, names that are known only at deploy time, and the forms of ARNs all are such patterns.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

__all__ = ["ANY", "ANYTHING", "NAME", "NUMBER", "Pattern", "Symbols", "meet", "text"]


@dataclass(frozen=True, slots=True)
class Symbols:
    """Characters that a place in a text may have.

    Attributes:
        characters: The characters; ``None`` for every one.
        repeats: Whether the place may have more than one.
        optional: Whether it may have none.
    """

    characters: frozenset[str] | None
    repeats: bool = False
    optional: bool = False

    def shares(self, other: Symbols) -> bool:
        """Return whether some character is in both."""
        if self.characters is None or other.characters is None:
            return True
        return not self.characters.isdisjoint(other.characters)


Pattern: TypeAlias = tuple[Symbols, ...]

ANY: Final = Symbols(None)
"""One character, IAM's ``?``."""

ANYTHING: Final = Symbols(None, repeats=True, optional=True)
"""Any text, IAM's ``*``."""

NAME: Final = Symbols(frozenset(string.ascii_letters + string.digits + "-_"), repeats=True)
"""A name, which never holds a colon or a slash."""

NUMBER: Final = Symbols(frozenset(string.digits), repeats=True)
"""A version number, an account id."""


@lru_cache(maxsize=4096)
def text(literal: str) -> Pattern:
    """Return the pattern that matches a literal text only."""
    return tuple(Symbols(frozenset(character)) for character in literal)


def meet(one: Pattern, other: Pattern) -> bool:
    """Return whether there is a text that both patterns match.

    Args:
        one: A pattern.
        other: Another one.
    """
    # Both are walked in step: a pair of places says how far each has come.
    seen = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        left, right = waiting.pop()
        if left == len(one) and right == len(other):
            return True
        following = []
        here = one[left] if left < len(one) else None
        there = other[right] if right < len(other) else None
        if here is not None and here.optional:
            following.append((left + 1, right))
        if there is not None and there.optional:
            following.append((left, right + 1))
        if here is not None and there is not None and here.shares(there):
            following += [
                (left + forward, right + onward)
                for forward in ((0, 1) if here.repeats else (1,))
                for onward in ((0, 1) if there.repeats else (1,))
            ]
        for pair in following:
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return False
