"""The modules of an asset, of which installed packages are libraries and not the project."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.project import Project
from durable_mi.lint.code.sdk import SDK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from durable_mi.lint.code.module import Module

__all__ = ["AssetProject"]

_ALWAYS_LIBRARIES: Final = frozenset({SDK, "boto3", "botocore", "s3transfer", "requests", "urllib3", "httpx"})
"""Packages that are libraries also where whoever made the asset removed what pip notes about them."""


@dataclass(slots=True)
class AssetProject(Project):
    """The project's modules in an asset; imports of installed packages lead to none.

    Attributes:
        root: The asset.
        libraries: Files of installed packages, by their path in the asset.
    """

    root: Path | None = None
    libraries: frozenset[str] = frozenset()

    @classmethod
    def at(cls, root: Path, handlers: Collection[Path]) -> AssetProject:
        """Read which files of an asset are installed packages.

        Args:
            root: The asset.
            handlers: The handlers' files; a package with one of them is the project's, and so is one that was installed
                from a directory.
        """
        own = {_name(file, root) for file in handlers}
        libraries: set[str] = set()
        for directory in sorted(root.glob("*.dist-info")):
            files = set(_recorded(directory))
            if not files & own and not _is_local(directory):
                libraries |= files
        return cls(top=(root,), root=root, libraries=frozenset(libraries))

    def imported(self, importer: Module, name: str, level: int) -> Path | None:
        """Return the file of an imported module; ``None`` if it is not of the project."""
        # Not super(): a dataclass with slots is another class than the one that was written.
        file = Project.imported(self, importer, name, level)
        return None if file is None or self.is_library(file) else file

    def is_library(self, file: Path) -> bool:
        """Return whether a file is of an installed package."""
        if self.root is None or not file.is_relative_to(self.root):
            return False
        name = _name(file, self.root)
        return name in self.libraries or name.split("/")[0].removesuffix(".py") in _ALWAYS_LIBRARIES


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _recorded(directory: Path) -> Iterator[str]:
    """Yield the files of a package by their path in the asset."""
    try:
        with (directory / "RECORD").open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                if row:
                    yield str(PurePosixPath(row[0]))
    except (OSError, UnicodeDecodeError, csv.Error):
        return


def _is_local(directory: Path) -> bool:
    """Return whether a package was installed from a directory, as PEP 610 notes it."""
    try:
        noted = json.loads((directory / "direct_url.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(noted, dict) and "dir_info" in noted
