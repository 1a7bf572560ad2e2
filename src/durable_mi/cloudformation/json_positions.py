"""The positions of the parts of a JSON text."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["find", "find_second"]

_DECODER: Final = json.JSONDecoder()
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_TOKEN: Final = re.compile(r'("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|[{}]', re.DOTALL)
_LARGE: Final = 2
"""Levels from the top that hold as much as the template has; they are read once for all positions."""


def find(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Return line and column, both from 1, of the key (or list item) at a path, or of the nearest part around it.

    Args:
        text: JSON that can be parsed.
        path: Keys and list indexes from the top.
    """
    start = value = _skip(text, 0)
    for level, step in enumerate(path):
        found = _index(text, value).get(str(step)) if level < _LARGE else _part(text, value, str(step))
        if found is None:
            break
        start, value = found
    return _place(text, start)


def find_second(text: str) -> tuple[int, int]:
    """Return line and column of the first key that its object gave before; of the start where there is none.

    Args:
        text: JSON that can be parsed.
    """
    objects: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token[0] == "{":
            objects.append(set())
        elif token[0] == "}":
            objects.pop()
        elif token[2]:
            key = _DECODER.decode(token[1])
            if key in objects[-1]:
                return _place(text, token.start())
            objects[-1].add(key)
    return 1, 1


def _place(text: str, at: int) -> tuple[int, int]:
    lines = _lines(text)
    line = bisect_right(lines, at)
    return line, at - lines[line - 1] + 1


@lru_cache(maxsize=2)
def _lines(text: str) -> list[int]:
    """Return the offsets at which the lines begin."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


@lru_cache(maxsize=4 * _LARGE)
def _index(text: str, at: int) -> Mapping[str, tuple[int, int]]:
    """Return the offsets of the keys and values of the object or list at an offset."""
    index: dict[str, tuple[int, int]] = {}
    for key, key_start, value_start in _parts(text, at):
        index.setdefault(str(key), (key_start, value_start))
    return index


def _part(text: str, at: int, wanted: str) -> tuple[int, int] | None:
    for key, key_start, value_start in _parts(text, at):
        if str(key) == wanted:
            return key_start, value_start
    return None


def _parts(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Yield the parts of the object or list at an offset: key, offset of the key, offset of the value."""
    if text[at] not in "{[":
        return
    is_object = text[at] == "{"
    index = 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        key_start = value_start = at
        key: str | int = index
        if is_object:
            key, after = _DECODER.raw_decode(text, at)
            value_start = _skip(text, _skip(text, after) + 1)
        yield key, key_start, value_start
        _, at = _DECODER.raw_decode(text, value_start)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
