"""A requirement that is a path: another project of the repository, or a wheel that lies there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from durable_mi.packaging.pin import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["LocalRequirement", "is_project"]

_EDITABLE: Final = re.compile(r"(?:-e|--editable)(?:\s+|\s*=\s*)(?P<what>.+)")
_NAMED: Final = re.compile(r"[A-Za-z0-9._-]+\s*(?:\[[^\]]*\])?\s*@\s*(?P<what>\S.*)")
_MARKER: Final = re.compile(r"\s+;.*$|\s+--hash\S*.*$")
_EXTRAS: Final = re.compile(r"\[[^\]]*\]$")
_OTHER_URL: Final = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalRequirement:
    """A path that a lock names as a requirement.

    Attributes:
        path: Path of the project's directory or of the wheel, with links resolved.
        line: The requirement as the lock has it.
    """

    path: Path
    line: str

    @property
    def name(self) -> str:
        """The distribution's name in normal form; the directory's name for a project that computes its own."""
        if self.path.suffix == ".whl":
            return normal_name(self.path.name.split("-")[0])
        try:
            project = tomllib.loads((self.path / "pyproject.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return normal_name(self.path.name)
        poetry = project.get("tool", {}).get("poetry", {})
        return normal_name(str(project.get("project", poetry).get("name", self.path.name)))

    @classmethod
    def parse(cls, line: str, directory: Path) -> LocalRequirement | None:
        """Read a line of a requirements file.

        A relative path is relative to the directory of the file, as installers have it that run there. ``uv export``
        writes paths relative to the workspace, so the directories above with a ``uv.lock`` are tried too.

        Args:
            line: The line without its comment.
            directory: Directory of the file.

        Returns:
            The requirement, or ``None`` if the line is not a path to a project or to a wheel that exists.
        """
        text = _path_in(line)
        if text is None:
            return None
        for base in _bases(directory):
            path = base / text
            if is_project(path) or (path.suffix == ".whl" and path.is_file()):
                return cls(path=path.resolve(), line=line)
        return None

    @classmethod
    def looks_like(cls, line: str) -> bool:
        """Return whether a line names a path, whether or not it exists.

        Args:
            line: The line without its comment.
        """
        return _path_in(line) is not None


def is_project(path: Path) -> bool:
    """Return whether a directory is a Python project that can be built.

    Args:
        path: The directory.
    """
    return (path / "pyproject.toml").is_file() or (path / "setup.py").is_file()


def _path_in(line: str) -> str | None:
    editable = _EDITABLE.fullmatch(line)
    text = _MARKER.sub("", (editable["what"] if editable else line).strip()).strip("\"'")
    if named := _NAMED.fullmatch(text):
        text = named["what"].strip()
        if not text.startswith("file:"):
            return None
    elif editable is None and "/" not in text and not text.endswith(".whl"):
        return None
    if _OTHER_URL.match(text):
        return None
    if text.startswith("file:"):
        parts = urlsplit(text)
        text = unquote(parts.path)
    return _EXTRAS.sub("", text)


def _bases(directory: Path) -> Iterator[Path]:
    yield directory
    yield from (parent for parent in directory.resolve().parents if (parent / "uv.lock").is_file())
