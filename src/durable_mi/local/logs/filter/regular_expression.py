"""The regular expressions of filter patterns, between percent signs."""

from __future__ import annotations

import re
from typing import Final

from durable_mi.local.logs.filter.scanner import PatternError

__all__ = ["MAX_EXPRESSIONS", "compile_expression"]

MAX_EXPRESSIONS: Final = 2
"""Regular expressions in one pattern for JSON or columns."""

_ALLOWED: Final = re.compile(r"[A-Za-z0-9 \t:_#=@/;,\-^$?\[\]{}|\\*+.]*")
_ESCAPE: Final = re.compile(r"\\(?:[dDsSwWtn]|x[0-9A-Fa-f]{2}|[^A-Za-z0-9])")
_REPEAT: Final = re.compile(r"\{\s*(\d*)\s*(,?)\s*(\d*)\s*\}")


def compile_expression(text: str) -> re.Pattern[str]:
    """Compile what is between the percent signs.

    Raises:
        PatternError: It has characters that CloudWatch Logs does not support, such as parentheses, or is malformed.
    """
    allowed = _ALLOWED.match(text)
    if not text or allowed is None or allowed.end() < len(text):
        msg = f"Invalid character(s) in term '%{text}%'"
        raise PatternError(msg)
    try:
        return re.compile(_in_python(text), re.ASCII)
    except re.error as error:
        msg = f"Invalid filter pattern: the regular expression %{text}% is malformed: {error}"
        raise PatternError(msg) from None


def _in_python(text: str) -> str:
    """Return the expression in Python's syntax, in which some characters of a class have a meaning of their own."""
    parts: list[str] = []
    position, is_class = 0, False
    while position < len(text):
        special = _ESCAPE.match(text, position) or (None if is_class else _REPEAT.match(text, position))
        character = text[position]
        if character == "\\" and special is None:
            msg = f"Invalid character(s) in term '%{text}%': {text[position : position + 2]} is not supported"
            raise PatternError(msg)
        if special is not None:
            parts.append("".join(special[0].split()) if character == "{" else special[0])
            position = special.end()
            continue
        if is_class and character == "]" and parts[-1] not in {"[", "[^"}:
            is_class = False
        elif not is_class and character == "[":
            is_class = True
            if text[position + 1 : position + 2] == "^":
                character = "[^"
        elif (is_class and character in "[]|") or (is_class and character == parts[-1] == "-"):
            character = f"\\{character}"
        parts.append(character)
        position += len(character.removeprefix("\\")) if character != "\\" else 1
    return "".join(parts)
