"""What ``Fn::Split`` makes of a text that holds references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from durable_mi.cloudformation.values import Reference, Text, Unknown

__all__ = ["Pieces"]

# What names, versions, regions and account ids consist of: no other character is in them.
_IN_A_NAME: Final = re.compile(r"[\w.$-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text.

    Attributes:
        known: The pieces from the first on, as far as they can be counted.
        complete: Whether these are all.
    """

    known: tuple[str | Reference | Unknown | Text, ...]
    complete: bool

    @classmethod
    def of(
        cls,
        parts: Iterable[str | Reference | Unknown],
        separator: str,
        is_name: Callable[[Reference | Unknown], bool],
    ) -> Pieces:
        """Split a text.

        Args:
            parts: Its parts.
            separator: What it is split at.
            is_name: Returns whether an unknown part is a name, which has only the characters of names.
        """
        may_be_in_a_name = _IN_A_NAME.fullmatch(separator) is not None
        known: list[str | Reference | Unknown | Text] = []
        piece: list[str | Reference | Unknown] = []
        for part in parts:
            if isinstance(part, str):
                first, *others = part.split(separator)
                piece.append(first)
                for other in others:
                    known.append(joined(piece))
                    piece = [other]
            elif is_name(part) and not may_be_in_a_name:
                piece.append(part)
            else:
                return cls(tuple(known), complete=False)
        return cls((*known, joined(piece)), complete=True)
