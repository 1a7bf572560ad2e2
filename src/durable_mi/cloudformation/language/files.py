"""Files beside a template that it names by a path, as ``aws cloudformation package`` and SAM take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.cloudformation.content.json_object import AssemblyError
from durable_mi.cloudformation.source import Source

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["beside", "included"]


def beside(file: Path | None, location: object) -> Path | None:
    """Return the file that a location leads to; ``None`` for a URL, and where there is no such file.

    Args:
        file: The template.
        location: What it names: a path from the template's directory.
    """
    if file is None or not isinstance(location, str) or "://" in location or "\0" in location or not location:
        return None
    found = file.parent / location
    try:
        return found if found.is_file() else None
    except OSError:
        return None


def included(file: Path | None, location: str) -> object:
    """Return what ``AWS::Include`` adds; ``None`` where the location is no file that can be read.

    Args:
        file: The template.
        location: The parameter ``Location``.
    """
    found = beside(file, location)
    if found is None:
        return None
    try:
        return Source.read(found).content
    except AssemblyError:
        return None
