"""``watch`` of an app's ``cdk.json``, with the meaning that it has for ``cdk watch``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["WatchSettings"]

_EVERYTHING = ("", ".", "*", "**", "**/*")
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[[^\]/]+\]|\{[^{}]*\}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Patterns of paths below the app's directory.

    Attributes:
        include: What is watched; everything where there are none.
        exclude: What is not.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @classmethod
    def read(cls, source: Path) -> WatchSettings:
        """Read the settings of the app in a directory.

        A ``cdk.json`` that cannot be read has none: the synthesis that follows reports what is wrong with it.
        """
        try:
            content = json.loads((source / "cdk.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return cls()
        watch = content.get("watch") if isinstance(content, dict) else None
        if not isinstance(watch, dict):
            return cls()
        return cls(_patterns(watch.get("include")), _patterns(watch.get("exclude")))

    def includes(self, path: str) -> bool:
        """Return whether this path, relative to the app's directory, is watched."""
        return not self.include or _matches(self.include, path)

    def excludes(self, path: str) -> bool:
        """Return whether this path or a directory above it is excluded."""
        return _matches(self.exclude, path)

    def names(self, path: str) -> bool:
        """Return whether this path is included by a pattern that does not include everything."""
        return _matches([each for each in self.include if each not in _EVERYTHING], path)


def _patterns(value: object) -> tuple[str, ...]:
    """One pattern or a list of them, as ``cdk watch`` takes both."""
    values = value if isinstance(value, list) else [value]
    return tuple(each.removeprefix("./").rstrip("/") for each in values if isinstance(each, str))


def _matches(patterns: Iterable[str], path: str) -> bool:
    """Return whether a pattern matches the path or a directory above it: a directory includes all that it holds."""
    parts = path.split("/")
    paths = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    return any(
        pattern in _EVERYTHING or re.fullmatch(_expression(pattern), each) for pattern in patterns for each in paths
    )


def _expression(pattern: str) -> str:
    return "".join(_translated(pattern))


def _translated(pattern: str) -> Iterator[str]:
    """Yield the parts of a glob's regular expression: ``**`` crosses directories, ``*`` and ``?`` do not."""
    for match in _TOKEN.finditer(pattern):
        part = match[0]
        if part == "**/":
            yield "(?:.*/)?"
        elif part == "**":
            yield ".*"
        elif part in {"*", "?"}:
            yield {"*": "[^/]*", "?": "[^/]"}[part]
        elif part[0] == "[" and len(part) > 1:
            yield _character_class(part[1:-1])
        elif part[0] == "{" and len(part) > 1:
            yield f"(?:{'|'.join(map(_expression, part[1:-1].split(',')))})"
        else:
            yield re.escape(part)


def _character_class(members: str) -> str:
    negation = "^" if members[0] in "!^" else ""
    escaped = re.sub(r"([\\^\[])", r"\\\1", members[len(negation) :])
    return f"[{negation}{escaped}]" if escaped else re.escape(f"[{members}]")
