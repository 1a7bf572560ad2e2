"""An operator and what a value is compared with."""

from __future__ import annotations

import operator
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from durable_mi.local.logs.filter.regular_expression import compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.logs.filter.scanner import Scanner

__all__ = ["number_of", "parse_condition"]

_OPERATOR: Final = re.compile(r"!=|<=|>=|[=<>]")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_EXPRESSION: Final = re.compile(r"%([^%]*)%")
_BARE: Final = re.compile(r"[\w.*+-]+")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ORDERS: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def parse_condition(scanner: Scanner, number: Callable[[object], Decimal | None]) -> Callable[[object], bool]:
    """Read an operator and a value: a word, a phrase in quotation marks, a number or a regular expression.

    Args:
        scanner: Where to read.
        number: Returns a value as a number, ``None`` where it is none.

    Returns:
        Whether a value, which is a text, a number or a truth value, meets the condition.
    """
    sign = scanner.take(_OPERATOR)
    if sign is None:
        scanner.fail("one of =, !=, <, <=, > and >=")
    if sign[0] in _ORDERS:
        return _ordered(sign[0], scanner, number)
    equal = _equal(scanner, number)
    return equal if sign[0] == "=" else lambda value: not equal(value)


def number_of(text: object) -> Decimal | None:
    """Return a text as a number, ``None`` where it is none."""
    if not isinstance(text, str) or _NUMBER.fullmatch(text) is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _ordered(sign: str, scanner: Scanner, number: Callable[[object], Decimal | None]) -> Callable[[object], bool]:
    word = scanner.take(_BARE)
    limit = None if word is None else number_of(word[0])
    if limit is None:
        scanner.fail(f"a number after {sign}")
    compare = _ORDERS[sign]

    def is_met(value: object) -> bool:
        given = number(value)
        return given is not None and bool(compare(given, limit))

    return is_met


def _equal(scanner: Scanner, number: Callable[[object], Decimal | None]) -> Callable[[object], bool]:
    if (expression := scanner.take(_EXPRESSION)) is not None:
        compiled = compile_expression(expression[1])
        return lambda value: compiled.search(_text(value)) is not None
    if (phrase := scanner.take(_QUOTED)) is not None:
        return _like(re.sub(r"\\(.)", r"\1", phrase[1]))
    word = scanner.take(_BARE)
    if word is None:
        scanner.fail("a word, a number, a phrase in quotation marks or a regular expression between percent signs")
    like, wanted = _like(word[0]), number_of(word[0])
    if wanted is None:
        return like
    return lambda value: like(value) or number(value) == wanted


def _like(text: str) -> Callable[[object], bool]:
    """Return whether a value is this text, in which an asterisk means any characters."""
    if "*" not in text:
        return lambda value: _text(value) == text
    wildcard = re.compile(".*".join(map(re.escape, re.split(r"\*+", text))), re.DOTALL)
    return lambda value: wildcard.fullmatch(_text(value)) is not None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
