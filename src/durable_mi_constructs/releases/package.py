"""The janitor's package: the modules of ``durable_mi`` that its handler imports, and nothing else.

Lambda's runtime has boto3. The same modules make the same package on every machine, with the same name.
"""

from __future__ import annotations

import ast
import zoneinfo
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING, Final

import durable_mi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["HANDLER", "ZONES", "JanitorPackage", "import_closure"]

HANDLER: Final = "durable_mi.release.janitor.handler"
"""Module and function of the janitor."""

ZONES: Final = "zoneinfo"
"""Directory in the package that has the time zones."""

_SOURCE: Final = Path(durable_mi.__file__).parent.parent


@dataclass(frozen=True, slots=True)
class JanitorPackage:
    """The content of the package.

    Attributes:
        files: Each file by its path in the package.
    """

    files: Mapping[str, bytes]

    @classmethod
    def of(cls, *zones: str) -> JanitorPackage:
        """Collect the files.

        Args:
            zones: Names of the time zones of opening hours. Their data comes along, since that of the runtime is not
                documented.

        Raises:
            ValueError: This machine has no data of a time zone.
        """
        return cls({**_modules(), **{f"{ZONES}/{zone}": _zone(zone) for zone in zones}})

    @property
    def digest(self) -> str:
        """SHA-256 over paths and content."""
        found = sha256()
        for path, content in sorted(self.files.items()):
            for part in (path.encode(), content):
                found.update(len(part).to_bytes(8) + part)
        return found.hexdigest()

    def write(self, directory: Path) -> None:
        """Write the files.

        Args:
            directory: An empty directory.
        """
        for path, content in self.files.items():
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o644)


@cache
def _modules() -> Mapping[str, bytes]:
    closure = import_closure(HANDLER.rpartition(".")[0])
    return {path.relative_to(_SOURCE).as_posix(): path.read_bytes() for path in closure}


def import_closure(module: str) -> list[Path]:
    """Return the files of a module of ``durable_mi`` and of all modules in it that run with it.

    Imports for types alone do not run. Imports inside of functions do.

    Args:
        module: The module's name.
    """
    found: dict[str, Path] = {}
    todo = [module]
    while todo:
        name = todo.pop()
        path = _file(name)
        if name in found or path is None:
            continue
        found[name] = path
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        todo += [package, name.rpartition(".")[0]]
        for imported in _imports(ast.parse(path.read_bytes()), package):
            if imported.split(".")[0] == durable_mi.__name__:
                todo += [imported, imported.rpartition(".")[0]]
    return sorted(found.values())


def _file(module: str) -> Path | None:
    base = _SOURCE.joinpath(*module.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


def _imports(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the names that are imported, modules and what is in them."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                yield from (alias.name for alias in child.names)
            case ast.ImportFrom():
                base = resolve_name("." * child.level + (child.module or ""), package)
                yield from (f"{base}.{alias.name}" for alias in child.names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                yield from (name for other in child.orelse for name in _imports(other, package))
            case _:
                yield from _imports(child, package)


def _zone(zone: str) -> bytes:
    """Return the data of a time zone from where Python's ``zoneinfo`` takes it."""
    places = [*(Path(place) for place in zoneinfo.TZPATH), *_tzdata()]
    for place in places:
        file = place.joinpath(*zone.split("/"))
        if file.is_file():
            return file.read_bytes()
    msg = f"the time zone {zone} must be known to this machine, got no data of it: install tzdata"
    raise ValueError(msg)


def _tzdata() -> Iterator[Path]:
    try:
        with resources.as_file(resources.files("tzdata")) as installed:
            yield installed / "zoneinfo"
    except ModuleNotFoundError:
        return
