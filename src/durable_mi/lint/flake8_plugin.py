"""The rules for flake8, which finds this by its entry point: ``flake8 --select DMC``.

flake8 gives one file at a time, as it is in the editor. What a module that it imports does wrong is reported where the
file calls it, or by ``durable-mi lint``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.module import Module
from durable_mi.lint.code.project import Project
from durable_mi.lint.code.sdk import SDK
from durable_mi.lint.report import lint_files

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

__all__ = ["DurableMiPlugin"]


@dataclass(slots=True)
class _EditedProject(Project):
    """A project with one file whose content comes from elsewhere."""

    edited: Module | None = None

    def module(self, file: Path) -> Module | None:
        if self.edited is not None and file == self.edited.file:
            return self.edited
        # Not super(): a dataclass with slots is another class than the one that was written.
        return Project.module(self, file)

    def mentions(self, file: Path, name: str) -> bool:
        if self.edited is not None and file == self.edited.file:
            return name in self.edited.text
        return Project.mentions(self, file, name)


class DurableMiPlugin:
    """Checks one file.

    Args:
        tree: Its syntax tree.
        filename: Its name.
        lines: Its lines.
    """

    name: Final = "durable-mi"
    """The plugin's name in the output of ``flake8 --version``."""
    version: Final = version("durable-mi-constructs")
    """The version of this distribution."""

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
        file = Path(os.path.normpath(Path(filename).absolute()))
        self._edited = Module(file=file, text="".join(lines), tree=tree)

    def run(self) -> Iterator[tuple[int, int, str, type[DurableMiPlugin]]]:
        """Yield line, column from 0, text and plugin of each finding."""
        if SDK not in self._edited.text:
            return
        project = _EditedProject(top=(Path.cwd(),), edited=self._edited)
        for finding in lint_files(project, [self._edited.file]).findings:
            if finding.file == self._edited.file:
                yield finding.line, finding.column - 1, f"{finding.rule} {finding.message}", type(self)
