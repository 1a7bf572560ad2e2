"""The positions of the parts of a JSON text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["find", "find_second"]

_DECODER: Final = json.JSONDecoder()
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_TOKEN: Final = re.compile(r'("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|[{}]', re.DOTALL)


def find(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Return line and column, both from 1, of the key (or list item) at a path, or of the nearest part around it.

    Args:
        text: JSON that can be parsed.
        path: Keys and list indexes from the top.
    """
    start = value = _skip(text, 0)
    for step in path:
        for key, key_start, value_start in _parts(text, value):
            if str(key) == str(step):
                start, value = key_start, value_start
                break
        else:
            break
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
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


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
