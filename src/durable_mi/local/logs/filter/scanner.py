"""Reading a pattern from left to right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PatternError", "Scanner", "parse_expression"]

_BLANKS = re.compile(r"\s*")


class PatternError(ValueError):
    """A pattern that CloudWatch Logs rejects."""


class Scanner:
    """A position in a pattern.

    Args:
        text: The pattern, without what encloses it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    @property
    def rest(self) -> str:
        """Return what has not been read, without blanks before it."""
        self._skip()
        return self._text[self._position :]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what matches here, after blanks; ``None`` where nothing does."""
        self._skip()
        return self.take_at_once(pattern)

    def take_at_once(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what matches exactly here; ``None`` where nothing does."""
        found = pattern.match(self._text, self._position)
        if found is not None:
            self._position = found.end()
        return found

    def takes(self, word: str) -> bool:
        """Read a word, after blanks, if it is here."""
        is_here = self.rest.startswith(word)
        if is_here:
            self._position += len(word)
        return is_here

    def fail(self, expected: str) -> Never:
        """Say what must be here.

        Raises:
            PatternError: Always.
        """
        msg = f"Invalid filter pattern: {expected} must come at {self.rest or 'the end'!r}"
        raise PatternError(msg)

    def _skip(self) -> None:
        blanks = _BLANKS.match(self._text, self._position)
        if blanks is not None:
            self._position = blanks.end()


def parse_expression(
    scanner: Scanner, operand: Callable[[Scanner], Callable[[object], bool]]
) -> Callable[[object], bool]:
    """Read operands with ``&&``, ``||`` and parentheses; ``&&`` binds closer.

    Args:
        scanner: Where to read.
        operand: Reads one operand.
    """
    either = [_conjunction(scanner, operand)]
    while scanner.takes("||"):
        either.append(_conjunction(scanner, operand))
    return either[0] if len(either) == 1 else lambda value: any(part(value) for part in either)


def _conjunction(scanner: Scanner, operand: Callable[[Scanner], Callable[[object], bool]]) -> Callable[[object], bool]:
    every = [_primary(scanner, operand)]
    while scanner.takes("&&"):
        every.append(_primary(scanner, operand))
    return every[0] if len(every) == 1 else lambda value: all(part(value) for part in every)


def _primary(scanner: Scanner, operand: Callable[[Scanner], Callable[[object], bool]]) -> Callable[[object], bool]:
    if not scanner.takes("("):
        return operand(scanner)
    inner = parse_expression(scanner, operand)
    if not scanner.takes(")"):
        scanner.fail("a closing parenthesis")
    return inner
