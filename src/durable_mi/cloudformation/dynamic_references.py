"""Dynamic references: ``{{resolve:ssm:name}}`` and the like, which CloudFormation replaces when it deploys."""

from __future__ import annotations

import re
from typing import Final

from durable_mi.cloudformation.values import Text, Unknown, joined

__all__ = ["split", "split_text"]

_BEGIN: Final = "{{resolve:"
_REFERENCE: Final = re.compile(r"(\{\{resolve:[^{}]*\}\})")


def split(text: str) -> list[str | Unknown]:
    """Split a text into what is known and its dynamic references.

    Args:
        text: A text of a template.

    Returns:
        The text alone where it has none; the reference itself, braces included, is what an :class:`Unknown` names.
    """
    if _BEGIN not in text:
        return [text]
    return [
        Unknown(part) if index % 2 else part for index, part in enumerate(_REFERENCE.split(text)) if index % 2 or part
    ]


def split_text(text: Text) -> object:
    """Return a text of several parts with its dynamic references in it as :class:`Unknown`.

    Args:
        text: A text. A name in a dynamic reference may be one of its parts, as ``Fn::Sub`` writes it.
    """
    if not any(isinstance(part, str) and _BEGIN in part for part in text.parts):
        return text
    found: list[object] = []
    open_text = ""
    for part in text.parts:
        if open_text:
            end = part.find("}}") if isinstance(part, str) else -1
            if not isinstance(part, str) or end < 0:
                continue
            found.append(Unknown(f"{open_text}...}}}}"))
            rest, open_text = part[end + len("}}") :], ""
        elif isinstance(part, str):
            rest = part
        else:
            found.append(part)
            continue
        pieces = split(rest)
        last = pieces[-1] if pieces else ""
        if isinstance(last, str) and _BEGIN in last:
            before, _, name = last.rpartition(_BEGIN)
            pieces[-1], open_text = before, f"{_BEGIN}{name}"
        found += pieces
    # One that never ends is an ordinary text.
    return text if open_text else joined(found)
