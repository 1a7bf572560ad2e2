"""Globs over paths, as ``exclude`` in a ``pyproject.toml`` has them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Globs"]


@dataclass(frozen=True, slots=True)
class Globs:
    """Files and directories below a directory that some globs match.

    Attributes:
        directory: The directory that they begin at.
        patterns: The globs. ``*`` and ``?`` match no slash, ``**`` matches any number of directories. One without a
            slash matches a name at any depth. A directory that matches matches with everything below it.
    """

    directory: Path
    patterns: Sequence[str]

    def match(self, file: Path) -> bool:
        """Return whether a glob matches a file."""
        if not self.patterns:
            return False
        name = PurePath(os.path.relpath(file, self.directory)).as_posix()
        return any(re.fullmatch(_regular_expression(pattern), name) for pattern in self.patterns)


def _regular_expression(glob: str) -> str:
    pattern = glob.removeprefix("./").rstrip("/")
    anywhere = "" if "/" in pattern else "(?:.*/)?"
    return f"(?s:{anywhere}{''.join(_parts(pattern.lstrip('/')))}(?:/.*)?)"


def _parts(pattern: str) -> Iterator[str]:
    for token in re.findall(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|.", pattern, re.DOTALL):
        match token:
            case "**/":
                yield "(?:.*/)?"
            case "**":
                yield ".*"
            case "*":
                yield "[^/]*"
            case "?":
                yield "[^/]"
            case str() if len(token) > 1:
                negated = token[1] == "!"
                members = token[1 + negated : -1].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
                yield f"[{'^/' if negated else ''}{members.replace('^', chr(92) + '^')}]"
            case _:
                yield re.escape(token)
