"""A module of the project: its file and its syntax tree."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Module", "UnreadableModuleError"]


class UnreadableModuleError(Exception):
    """A file that is not Python which this interpreter can read. ``str()`` says why, in one line."""

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(f"{file} must be Python that this interpreter can read, got line {line}: {why}")
        self.file = file
        self.line = line
        self.why = why


@dataclass(eq=False, slots=True)
class Module:
    """A module of the project.

    Attributes:
        file: Its file.
        text: Its source.
        tree: Its syntax tree.
        lines: Its lines, as soon as one was asked for.
    """

    file: Path
    text: str
    tree: ast.Module
    lines: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path) -> Module:
        """Parse a file.

        Raises:
            UnreadableModuleError: It cannot be read, or is not Python that this interpreter can read.
        """
        try:
            content = file.read_bytes()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # About the user's code, which the interpreter reports by itself.
                tree = ast.parse(content)
        except SyntaxError as error:
            raise UnreadableModuleError(file, error.lineno or 1, error.msg) from error
        except ValueError as error:  # A null byte, before Python 3.12.
            raise UnreadableModuleError(file, 1, str(error)) from error
        except (RecursionError, MemoryError):
            raise UnreadableModuleError(file, 1, "it is nested too deeply") from None
        except OSError as error:
            raise UnreadableModuleError(file, 1, error.strerror or str(error)) from error
        return cls(file=file, text=content.decode("utf-8", "replace"), tree=tree)

    def text_line(self, number: int) -> str:
        """Return a line by its number, which begins at 1."""
        if not self.lines:
            self.lines = self.text.splitlines() or [""]
        return self.lines[number - 1] if number <= len(self.lines) else ""
