"""CloudWatch Logs filter patterns for text: terms, optional terms, excluded terms."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["FilterPattern"]

_TERM = re.compile(r"""(?P<sign>[?-]?)(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"]+))""")


@dataclass(frozen=True, slots=True)
class FilterPattern:
    """A parsed pattern.

    Attributes:
        required: Terms that must all occur.
        optional: Terms of which one must occur, if there are any (``?term``).
        excluded: Terms that must not occur (``-term``).
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> FilterPattern:
        """Parse a pattern of terms.

        Args:
            text: Terms split by blanks; ``"..."`` keeps blanks together, ``?`` makes a term optional, ``-``
                excludes it. An empty pattern matches everything.

        Raises:
            ValueError: A kind of pattern that CloudWatch Logs knows but the local runtime does not (JSON selectors,
                columns, regular expressions), or an unclosed quotation mark.
        """
        text = text.strip()
        if text[:1] in {"{", "[", "%"}:
            msg = (
                'filterPattern must be terms, such as "Validating order" -DEBUG ?ERROR: '
                f"the local runtime does not know patterns like {text}"
            )
            raise ValueError(msg)
        terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
        position = 0
        while position < len(text):
            match = _TERM.match(text, position)
            if match is None:
                msg = f"filterPattern must close its quotation marks, got {text}"
                raise ValueError(msg)
            quoted = match["quoted"]
            terms[match["sign"]].append(match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
            position = match.end()
            while position < len(text) and text[position].isspace():
                position += 1
        return cls(required=tuple(terms[""]), optional=tuple(terms["?"]), excluded=tuple(terms["-"]))

    def matches(self, message: str) -> bool:
        """Return whether a log line matches; upper and lower case differ."""
        return (
            all(term in message for term in self.required)
            and (not self.optional or any(term in message for term in self.optional))
            and not any(term in message for term in self.excluded)
        )
