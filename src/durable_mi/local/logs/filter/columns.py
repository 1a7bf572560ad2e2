"""Patterns in brackets, for lines of fields with blanks between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.local.logs.filter.condition import number_of, parse_condition
from durable_mi.local.logs.filter.regular_expression import MAX_EXPRESSIONS
from durable_mi.local.logs.filter.scanner import PatternError, Scanner, parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["parse_columns"]

_NAME: Final = re.compile(r"[\w-]+")
_COMMA: Final = re.compile(r",")
_ELLIPSIS: Final = re.compile(r"\.\.\.")
_STRINGS: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_FIELD: Final = re.compile(r'"([^"]*)"(?=\s|$)|\[([^\]]*)\](?=\s|$)|(\S+)')


def parse_columns(text: str) -> Callable[[str], bool]:
    """Parse columns, such as ``[level = ERROR, time, ..., latency > 100]``.

    The last column has the rest of the line, unless there is an ellipsis, which has any number of fields.

    Raises:
        PatternError: CloudWatch Logs rejects such a pattern.
    """
    if not text.endswith("]"):
        msg = "If a filter pattern starts with '[' it must end with ']'"
        raise PatternError(msg)
    scanner = Scanner(text[1:-1])
    before: list[Callable[[object], bool]] = []
    after: list[Callable[[object], bool]] | None = None
    while True:
        if scanner.take(_ELLIPSIS) is not None:
            if after is not None:
                msg = "Invalid filter pattern: at most one ellipsis is allowed"
                raise PatternError(msg)
            after = []
        else:
            (before if after is None else after).append(_column(scanner))
        if scanner.take(_COMMA) is None:
            break
    if scanner.rest:
        scanner.fail("a comma or the end")
    expressions = _STRINGS.sub("", text).count("%") // 2
    if expressions > MAX_EXPRESSIONS:
        msg = f"Invalid filter pattern: at most {MAX_EXPRESSIONS} regular expressions are allowed, got {expressions}"
        raise PatternError(msg)
    return lambda message: _matches(message, before, after)


def _column(scanner: Scanner) -> Callable[[object], bool]:
    """Read a column: a name, or conditions on it, which all name the same column."""
    names: list[str] = []

    def operand(here: Scanner) -> Callable[[object], bool]:
        name = here.take(_NAME)
        if name is None:
            here.fail("the name of a column")
        names.append(name[0])
        if not here.rest or here.rest[0] in ",)":
            return lambda _: True
        return parse_condition(here, number_of)

    column = parse_expression(scanner, operand)
    if len(set(names)) > 1:
        msg = f"Invalid filter pattern: the conditions of a column must name one column, got {', '.join(names)}"
        raise PatternError(msg)
    return column


def _matches(
    message: str, before: Sequence[Callable[[object], bool]], after: Sequence[Callable[[object], bool]] | None
) -> bool:
    fields = list(_FIELD.finditer(message))
    columns = len(before) + len(after or ())
    if len(fields) < columns:
        return False
    texts = [next(text for text in field.groups() if text is not None) for field in fields]
    if after is None:
        if len(fields) > columns:
            texts[columns - 1 :] = [message[fields[columns - 1].start() :].rstrip()]
        return all(column(text) for column, text in zip(before, texts, strict=True))
    head, tail = texts[: len(before)], texts[len(texts) - len(after) :]
    return all(column(text) for column, text in zip((*before, *after), (*head, *tail), strict=True))
