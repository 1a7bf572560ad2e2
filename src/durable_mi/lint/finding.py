"""One place in workflow code where a rule does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place where a rule does not hold.

    Attributes:
        file: The file.
        line: The line, from 1.
        column: The column, from 1, in characters.
        rule: The rule's id.
        message: What happens and how to write it instead, in one line.
        also: Another line whose comment can ignore the finding, file and line: where a followed call does it.
    """

    file: Path
    line: int
    column: int
    rule: str
    message: str
    also: tuple[Path, int] | None = None
