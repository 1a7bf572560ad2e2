"""A filter pattern of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.local.logs.filter.columns import parse_columns
from durable_mi.local.logs.filter.json_pattern import parse_json_pattern
from durable_mi.local.logs.filter.scanner import PatternError
from durable_mi.local.logs.filter.terms import parse_terms

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FilterPattern"]

_MAX_LENGTH = 1024


class FilterPattern:
    """A parsed pattern.

    Args:
        matches: Returns whether a log line matches. Defaults to every line.
    """

    __slots__ = ("matches",)

    def __init__(self, matches: Callable[[str], bool] = lambda _: True) -> None:
        self.matches = matches

    @classmethod
    def parse(cls, text: str) -> FilterPattern:
        """Parse a pattern.

        Args:
            text: Terms (``ERROR -"cold start"``), a condition on JSON (``{ $.level = "ERROR" }``), columns
                (``[level = ERROR, ...]``), or regular expressions (``%4[0-9]{2}%``). An empty pattern matches
                everything.

        Raises:
            PatternError: CloudWatch Logs rejects such a pattern.
        """
        if len(text) > _MAX_LENGTH:
            msg = f"filterPattern must have at most {_MAX_LENGTH} characters, got {len(text)}"
            raise PatternError(msg)
        text = text.strip()
        kinds = {"{": parse_json_pattern, "[": parse_columns}
        try:
            return cls(kinds.get(text[:1], parse_terms)(text))
        except RecursionError:
            msg = "Invalid filter pattern: parentheses are nested too deeply"
            raise PatternError(msg) from None
