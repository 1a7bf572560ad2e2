"""The source around the lines that a replay came to, for whoever shows them."""

from __future__ import annotations

import tokenize
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.replay.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.testing.replay.verdict import HistoryVerdict

__all__ = ["document_with_sources"]

_AROUND: Final = 15
"""How many lines before and after a line are shown."""

_LONGEST: Final = 500
"""How much of a line is shown."""


def document_with_sources(verdict: HistoryVerdict, directories: Sequence[Path]) -> Mapping[str, Any]:
    """Return a verdict as a document of JSON, with the source around each of its lines.

    Its member ``sources`` has, by file and line, the number of the first line and the lines.

    Args:
        verdict: The verdict.
        directories: Where the code is, for as long as it can be read. Files in them are named from there on.
    """
    finding = verdict.finding
    places = {each for each in (finding.place, *(each.place for each in finding.operations)) if each is not None}
    named = {each: Place(_named(each.file, directories), each.line) for each in places}
    shown = replace(
        finding,
        place=None if finding.place is None else named[finding.place],
        operations=tuple(each._replace(place=each.place and named[each.place]) for each in finding.operations),
    )
    files = {file: _lines(Path(file)) for file in {each.file for each in places}}
    sources = {f"{name.file}:{name.line}": _around(files[each.file], each.line) for each, name in named.items()}
    return {**replace(verdict, finding=shown).document(), "text": str(shown), "sources": sources}


def _named(file: str, directories: Sequence[Path]) -> str:
    inside = (each for each in map(Path.resolve, directories) if Path(file).is_relative_to(each))
    return next((str(Path(file).relative_to(each)) for each in inside), file)


def _lines(file: Path) -> Sequence[str]:
    """Return the lines of a file; none if it is no text, such as code that was made while it ran."""
    try:
        with tokenize.open(file) as source:
            return [each.rstrip("\n")[:_LONGEST] for each in source]
    except (OSError, SyntaxError, ValueError):
        return ()


def _around(lines: Sequence[str], line: int) -> Mapping[str, Any]:
    first = max(line - _AROUND, 1)
    return {"first": first, "lines": lines[first - 1 : line + _AROUND]}
