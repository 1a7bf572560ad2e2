"""Patterns in braces, for lines in JSON."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Never

from durable_mi.local.logs.filter.condition import parse_condition
from durable_mi.local.logs.filter.regular_expression import MAX_EXPRESSIONS
from durable_mi.local.logs.filter.scanner import PatternError, Scanner, parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["parse_json_pattern"]

_STEP: Final = re.compile(
    r"""\.?\['(?P<quoted>[^']+)'\]|\[(?P<index>\d+)\]|\[(?P<each>\*)\]|\.(?P<every>\*)|\.(?P<name>[\w-]+)"""
)
_ROOT: Final = re.compile(r"\$")
_IS: Final = re.compile(r"IS\s+(NULL|TRUE|FALSE)\b")
_NOT_EXISTS: Final = re.compile(r"NOT\s+EXISTS\b")
_CONSTANTS: Final = {"NULL": None, "TRUE": True, "FALSE": False}
_MAX_WILDCARDS: Final = 3
_STRINGS: Final = re.compile(r'"(?:[^"\\]|\\.)*"')

Step = str | int | None
"""A member's name, an element's index, or ``None`` for each of them."""


def parse_json_pattern(text: str) -> Callable[[str], bool]:
    """Parse a condition on the members of a JSON object, such as ``{ $.level = "ERROR" && $.attempt > 1 }``.

    Raises:
        PatternError: CloudWatch Logs rejects such a pattern.
    """
    if not text.endswith("}"):
        msg = "If a filter pattern starts with '{' it must end with '}'"
        raise PatternError(msg)
    wildcards: list[None] = []
    scanner = Scanner(text[1:-1])
    condition = parse_expression(scanner, lambda here: _comparison(here, wildcards))
    if scanner.rest:
        scanner.fail("&&, || or the end")
    if len(wildcards) > _MAX_WILDCARDS:
        msg = f"Invalid filter pattern: at most {_MAX_WILDCARDS} wildcard selectors are allowed, got {len(wildcards)}"
        raise PatternError(msg)
    expressions = _STRINGS.sub("", text).count("%") // 2
    if expressions > MAX_EXPRESSIONS:
        msg = f"Invalid filter pattern: at most {MAX_EXPRESSIONS} regular expressions are allowed, got {expressions}"
        raise PatternError(msg)

    def matches(message: str) -> bool:
        try:
            content = json.loads(message, parse_float=Decimal, parse_constant=_reject_constant)
        except (ValueError, ArithmeticError, RecursionError):
            return False
        return isinstance(content, dict | list) and condition(content)

    return matches


def _comparison(scanner: Scanner, wildcards: list[None]) -> Callable[[object], bool]:
    steps = _selector(scanner)
    wildcards += [step for step in steps if step is None]
    if (constant := scanner.take(_IS)) is not None:
        wanted = _CONSTANTS[constant[1]]
        return lambda content: any(value is wanted for value in _select(content, steps))
    if scanner.take(_NOT_EXISTS) is not None:
        return lambda content: not any(True for _ in _select(content, steps))
    condition = parse_condition(scanner, _number)
    return lambda content: any(
        condition(value) for value in _select(content, steps) if isinstance(value, str | int | Decimal)
    )


def _selector(scanner: Scanner) -> list[Step]:
    if scanner.take(_ROOT) is None:
        scanner.fail("a selector, such as $.level,")
    steps: list[Step] = []
    while (step := scanner.take_at_once(_STEP)) is not None:
        if step["index"] is not None:
            steps.append(int(step["index"]))
        else:
            steps.append(step["quoted"] or step["name"])
    if not steps:
        scanner.fail("the name of a member, such as $.level or $.['a.b'],")
    if steps.count(None) > 1:
        msg = "Invalid filter pattern: a selector must have at most one wildcard"
        raise PatternError(msg)
    return steps


def _select(content: Any, steps: list[Step]) -> Iterator[object]:  # noqa: ANN401 - JSON
    """Yield the values that a selector leads to; none where there is no such member."""
    if not steps:
        yield content
        return
    step, *rest = steps
    match content, step:
        case dict(), str() if step in content:
            yield from _select(content[step], rest)
        case list(), int() if step < len(content):
            yield from _select(content[step], rest)
        case dict(), None:
            for value in content.values():
                yield from _select(value, rest)
        case list(), None:
            for value in content:
                yield from _select(value, rest)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _reject_constant(name: str) -> Never:
    msg = f"{name} is not a JSON value"
    raise ValueError(msg)
