"""The Python files below some paths, and which of them an import means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.module import Module, UnreadableModuleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
            return _file(directory, name)
        key = (directory, name)
        if key not in self._found:
            self._found[key] = next(
                (file for base in self._bases(directory) if (file := _file(base, name)) is not None), None
            )
        return self._found[key]

    def _bases(self, directory: Path) -> Iterable[Path]:
        yield directory
        tops = [top for top in self.top if directory.is_relative_to(top)]
        package = directory
        while (package / "__init__.py").exists() or any(package != top and package.is_relative_to(top) for top in tops):
            if package == package.parent:
                break
            package = package.parent
            yield package
        for top in self.top:
            yield top
            yield top / "src"


def _file(directory: Path, name: str) -> Path | None:
    base = directory.joinpath(*name.split(".")) if name else directory
    for file in (base / "__init__.py", base.with_name(f"{base.name}.py")):
        if file.is_file():
            return file
    return None
