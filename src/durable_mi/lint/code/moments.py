"""Arithmetic with dates and times, whose results are no JSON either."""

from __future__ import annotations

import ast
import re
from typing import Final

from durable_mi.lint.code.values import Made, Value

__all__ = ["calculate"]

_MOMENT: Final = re.compile(r"datetime\.(?:datetime|date)\b.*\(\)")
_SPAN: Final = "datetime.timedelta()"


def calculate(operator: ast.operator, left: Value, right: Value) -> Value | None:
    """Return the sum or difference of a moment and something; ``None`` if it is not certain to be one."""
    if not isinstance(left, Made) or not isinstance(operator, (ast.Add, ast.Sub)):
        return None
    spans = isinstance(right, Made) and right.path == _SPAN
    if _MOMENT.fullmatch(left.path) and spans:
        return left
    if isinstance(operator, ast.Sub) and isinstance(right, Made) and _MOMENT.fullmatch(right.path):
        return Made(_SPAN) if _MOMENT.fullmatch(left.path) else None
    return left if left.path == _SPAN and spans else None
