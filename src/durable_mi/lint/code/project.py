"""The Python files below some paths, and which of them an import means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.module import Module, UnreadableModuleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Project", "python_files"]

_NOT_THE_PROJECT: Final = frozenset(
    {"__pycache__", "node_modules", "site-packages", "venv", "cdk.out", "build", "dist"}
)


def python_files(path: Path) -> Iterator[Path]:
    """Yield the Python files below a directory, in order, without those of virtual environments and builds."""
    for entry in sorted(path.iterdir()):
        if entry.name.startswith(".") or entry.name in _NOT_THE_PROJECT:
            continue
        if entry.is_dir():
            if not entry.is_symlink() and not (entry / "pyvenv.cfg").exists():
                yield from python_files(entry)
        elif entry.suffix == ".py" and entry.is_file():
            yield entry


@dataclass(slots=True)
class Project:
    """The modules of a project, parsed when they are asked for.

    Attributes:
        top: The directories that absolute imports are looked up below, besides the directories above a module.
        unreadable: The files that could not be read.
    """

    top: tuple[Path, ...] = ()
    unreadable: dict[Path, UnreadableModuleError] = field(default_factory=dict)
    _modules: dict[Path, Module | None] = field(default_factory=dict)
    _found: dict[tuple[Path, str], Path | None] = field(default_factory=dict)
    _of_tops: dict[str, Path | None] = field(default_factory=dict)
    _absent: dict[Path, set[str]] = field(default_factory=dict)
    _top_names: set[str] = field(default_factory=set)
    _tops: set[Path] = field(default_factory=set)
    _above: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    _listed: dict[Path, frozenset[str]] = field(default_factory=dict)

    def module(self, file: Path) -> Module | None:
        """Return the module of a file; ``None`` if it cannot be read."""
        if file not in self._modules:
            try:
                self._modules[file] = Module.read(file)
            except UnreadableModuleError as error:
                self.unreadable[file] = error
                self._modules[file] = None
        return self._modules[file]

    def reject(self, module: Module, why: str) -> None:
        """Note that a module that was parsed cannot be read all the same."""
        self.unreadable[module.file] = UnreadableModuleError(module.file, 1, why)

    def mentions(self, file: Path, name: str) -> bool:
        """Return whether a file has a name in it; ``True`` where it cannot be read, which parsing it then reports."""
        try:
            return name.encode() in file.read_bytes()
        except OSError:
            return True

    def imported(self, importer: Module, name: str, level: int) -> Path | None:
        """Return the file of an imported module; ``None`` if it is not of the project.

        Args:
            importer: The module with the import.
            name: The dotted name; empty for ``from . import``.
            level: Number of leading dots.
        """
        directory = importer.file.parent
        if level:
            for _ in range(level - 1):
                directory = directory.parent
            return self._file(directory, name)
        first = name.partition(".")[0]
        absent = self._absent.setdefault(directory, set())
        if first in absent:
            return None
        key = (directory, name)
        if key not in self._found:
            near = (self._file(base, name) for base in self._bases(directory))
            self._found[key] = next((file for file in near if file is not None), None) or self._below_top(name)
            if self._found[key] is None and not self._is_anywhere(directory, first):
                absent.add(first)
        return self._found[key]

    def _is_anywhere(self, directory: Path, first: str) -> bool:
        """Return whether the first part of a dotted name is in any directory that it is looked up in."""
        if not self._top_names:
            self._top_names.update(*(self._names(base) for top in self.top for base in (top, top / "src")))
        places = (self._top_names, *(self._names(base) for base in self._bases(directory)))
        return any(first in names or f"{first}.py" in names for names in places)

    def _bases(self, directory: Path) -> tuple[Path, ...]:
        """Return the directory of a module, and those above it that its package or the project reaches to."""
        if directory not in self._above:
            bases = [directory]
            if not self._tops:
                self._tops.update(self.top)
            above = [each for each in (directory, *directory.parents) if each in self._tops]
            while bases[-1] != bases[-1].parent and (
                "__init__.py" in self._names(bases[-1]) or any(top in bases[-1].parents for top in above)
            ):
                bases.append(bases[-1].parent)
            self._above[directory] = tuple(bases)
        return self._above[directory]

    def _below_top(self, name: str) -> Path | None:
        """Return the file of a module that one of the project's directories has."""
        if name not in self._of_tops:
            found = (self._file(base, name) for top in self.top for base in (top, top / "src"))
            self._of_tops[name] = next((file for file in found if file is not None), None)
        return self._of_tops[name]

    def _names(self, directory: Path) -> frozenset[str]:
        """Return what a directory has in it. It is listed once: most imports are of libraries, and found nowhere."""
        if directory not in self._listed:
            try:
                self._listed[directory] = frozenset(entry.name for entry in directory.iterdir())
            except OSError:
                self._listed[directory] = frozenset()
        return self._listed[directory]

    def _file(self, directory: Path, name: str) -> Path | None:
        *packages, last = name.split(".") if name else ("",)
        for package in packages:
            if package not in self._names(directory):
                return None
            directory /= package
        names = self._names(directory)
        if last in names or not last:
            file = directory / last / "__init__.py"
            if "__init__.py" in self._names(file.parent) and file.is_file():
                return file
        if f"{last}.py" in names and (file := directory / f"{last}.py").is_file():
            return file
        return None
