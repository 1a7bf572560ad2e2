"""JSON that a template holds as a text, with references in it."""

from __future__ import annotations

import json
import re
from typing import Final

from durable_mi.cloudformation.values import Text, parts_of

__all__ = ["parse"]

_MARK: Final = re.compile("\x1f(\\d+)\x1f")


def parse(value: object) -> object:
    """Read an embedded document.

    Args:
        value: A resolved value: a text with references, or an object, which is given back.

    Returns:
        The document; strings with references in them are :class:`Text`, or what they consist of. ``None`` where the
        value is no JSON.
    """
    if isinstance(value, dict):
        return value
    parts = parts_of(value)
    references = [part for part in parts if not isinstance(part, str)]
    numbers = iter(range(len(references)))
    text = "".join(part.replace("\x1f", "") if isinstance(part, str) else f"\x1f{next(numbers)}\x1f" for part in parts)

    def restore(inner: object) -> object:
        if isinstance(inner, dict):
            return {key: restore(item) for key, item in inner.items()}
        if isinstance(inner, list):
            return [restore(item) for item in inner]
        if not isinstance(inner, str) or "\x1f" not in inner:
            return inner
        pieces = [
            references[int(piece)] if index % 2 else piece
            for index, piece in enumerate(_MARK.split(inner))
            if index % 2 or piece
        ]
        return pieces[0] if len(pieces) == 1 else Text(tuple(pieces))

    try:
        return restore(json.loads(text, strict=False))
    except (ValueError, RecursionError, IndexError):
        return None
