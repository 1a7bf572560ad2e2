"""Patterns of terms for lines of any form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.local.logs.filter.regular_expression import compile_expression
from durable_mi.local.logs.filter.scanner import PatternError, Scanner

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["parse_terms"]

_SIGN: Final = re.compile(r"[?-]?")
_PHRASE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?=\s|$)')
_EXPRESSION: Final = re.compile(r"%([^%]*)%(?=\s|$)")
_WORD: Final = re.compile(r"\w+(?=\s|$)")
_ANYTHING: Final = re.compile(r"\S+")


def parse_terms(text: str) -> Callable[[str], bool]:
    """Parse terms.

    Every term must occur; of those with a question mark one, unless there are terms without: then AWS ignores them.
    A term with a minus sign must not occur. Upper and lower case differ.

    Args:
        text: Terms with blanks between them.

    Raises:
        PatternError: A term has characters other than letters, digits and underscores, and no quotation marks.
    """
    scanner = Scanner(text)
    terms: dict[str, list[Callable[[str], bool]]] = {"": [], "?": [], "-": []}
    while scanner.rest:
        sign = scanner.take(_SIGN)
        terms["" if sign is None else sign[0]].append(_term(scanner))
    required, optional, excluded = terms[""], terms["?"], terms["-"]
    if required or excluded:
        optional = []
    return lambda message: (
        all(term(message) for term in required)
        and (not optional or any(term(message) for term in optional))
        and not any(term(message) for term in excluded)
    )


def _term(scanner: Scanner) -> Callable[[str], bool]:
    if (expression := scanner.take_at_once(_EXPRESSION)) is not None:
        compiled = compile_expression(expression[1])
        return lambda message: compiled.search(message) is not None
    if (phrase := scanner.take_at_once(_PHRASE)) is not None and phrase[1]:
        wanted = re.sub(r"\\(.)", r"\1", phrase[1])
        # A phrase of blanks alone is how AWS writes a pattern that matches everything.
        return (lambda _: True) if wanted.isspace() else lambda message: wanted in message
    if phrase is None and (word := scanner.take_at_once(_WORD)) is not None:
        given = word[0]
        return lambda message: given in message
    wrong = phrase or scanner.take_at_once(_ANYTHING)
    msg = (
        f"Invalid character(s) in term '{wrong[0] if wrong else ''}': terms must be letters, digits and underscores, "
        "or in quotation marks"
    )
    raise PatternError(msg)
