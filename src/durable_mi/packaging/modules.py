"""The Python modules of a package, found by name and parsed when they are asked for."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.packaging.module_names import ModuleNames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Module", "PackageModules"]


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the package.

    Attributes:
        name: Its dotted name.
        file: Its file's path in the package.
        content: The file, or its text where there is none.
    """

    name: str
    file: str
    content: Path | str

    @property
    def parent(self) -> str:
        """The package that relative imports in the module begin at."""
        return self.name if self.file.endswith("/__init__.py") else self.name.rpartition(".")[0]

    def names(self) -> ModuleNames:
        """Read the module's bindings.

        Raises:
            SyntaxError: It is not Python that this interpreter can read.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the user's code, which this is not the place for
            try:
                text = self.content if isinstance(self.content, str) else self.content.read_bytes()
                return ModuleNames.of(ast.parse(text))
            except ValueError as error:  # a null byte, before Python 3.12
                raise SyntaxError(str(error)) from error


@dataclass(frozen=True, slots=True)
class PackageModules:
    """Where a package's modules come from.

    Attributes:
        files: The project's files, or texts, by their path in the package.
        directories: Directories with installed requirements.
        complete: Whether these are all: no layer, and no requirement that is not installed yet.
    """

    files: Mapping[str, Path | str]
    directories: tuple[Path, ...] = ()
    complete: bool = True
    _names: dict[str, ModuleNames | None] = field(default_factory=dict)

    def find(self, name: str) -> Module | None:
        """Return a module, or ``None`` if the package has no Python file for it.

        Args:
            name: Its dotted name.
        """
        base = name.replace(".", "/")
        for file in (f"{base}/__init__.py", f"{base}.py"):
            if (content := self._content(file)) is not None:
                return Module(name, file, content)
        return None

    def may_have(self, name: str) -> bool:
        """Return whether a module that :meth:`find` does not find can be there: compiled, or from somewhere else.

        Args:
            name: Its dotted name.
        """
        base = name.replace(".", "/")
        compiled = (".so", ".pyd", ".pyc")
        if any(file.startswith((f"{base}.", f"{base}/__init__.")) and file.endswith(compiled) for file in self.files):
            return True
        if not self.complete or any(file.endswith(".pth") for file in self.files):
            return True
        return any(found.name.endswith(compiled) for place in self.directories for found in place.glob(f"{base}.*"))

    def names(self, module: Module) -> ModuleNames | None:
        """Return a module's bindings, or ``None`` if this interpreter cannot read it.

        Args:
            module: The module.
        """
        if module.file not in self._names:
            try:
                self._names[module.file] = module.names()
            except (SyntaxError, RecursionError, OSError):
                self._names[module.file] = None
        return self._names[module.file]

    def top_modules(self) -> list[str]:
        """Return the dotted names of the project's modules, sorted; those at the top if only a directory is known."""
        if not self.files:
            return sorted(path.stem for place in self.directories for path in place.glob("*.py"))
        names = (file.removesuffix(".py").removesuffix("/__init__") for file in self.files if file.endswith(".py"))
        return sorted(name.replace("/", ".") for name in names)

    def _content(self, file: str) -> Path | str | None:
        if file in self.files:
            return self.files[file]
        return next((place / file for place in self.directories if (place / file).is_file()), None)
