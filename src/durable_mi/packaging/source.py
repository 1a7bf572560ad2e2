"""A project's own files: which of them go into the package, and the hash of their content."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

EXCLUDED: Final = (".*", "__pycache__", "*.py[co]", "*.egg-info", "cdk.out", "node_modules")
"""Names that are excluded at any depth. ``.*`` covers version control, virtual environments, caches, editors and, on
purpose, ``.env`` files."""

EXCLUDED_AT_TOP: Final = ("test", "tests", "test_*.py", "*_test.py", "conftest.py")
"""Names that are excluded at the top of the project only: below, ``tests`` may be a package of the application."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFile:
    """One file of the project.

    Attributes:
        name: Its name relative to the project, with forward slashes.
        path: Path of the file; for a symbolic link, the path of its target.
    """

    name: str
    path: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectSource:
    """The files of a project that go into its package, sorted by name."""

    root: Path
    files: tuple[SourceFile, ...]

    @classmethod
    def scan(cls, root: Path, exclude: Sequence[str] = ()) -> ProjectSource:
        """Find a project's files.

        Excluded are :data:`EXCLUDED`, :data:`EXCLUDED_AT_TOP`, any directory that is a virtual environment, and what
        ``exclude`` adds. A symbolic link is followed and packaged as its target.

        Args:
            root: The project's directory.
            exclude: Glob patterns. A pattern without a slash is matched with the name of every file and directory. A
                pattern with a slash is matched with the path relative to the project.

        Raises:
            ValueError: The root is not a directory or has no file to package, or a symbolic link is broken, leads out
                of the project, or leads into a directory that contains it.
        """
        if not root.is_dir():
            msg = f"the project must be a directory, got {root}, which is {'a file' if root.exists() else 'not there'}"
            raise ValueError(msg)
        root = root.resolve()
        files = tuple(sorted(_walk((root,), "", exclude), key=lambda file: file.name))
        if not files:
            msg = f"the project must have a file to package, got none in {root} after leaving out tests and excludes"
            raise ValueError(msg)
        return cls(root=root, files=files)

    def digest(self) -> str:
        """Hash names and contents, and nothing else: no times, no modes, no path of the project."""
        total = hashlib.sha256()
        for file in self.files:
            content = hashlib.sha256(file.path.read_bytes()).hexdigest()
            total.update(f"{file.name}\0{content}\n".encode())
        return total.hexdigest()

    def copy_into(self, directory: Path) -> None:
        """Copy the files into a directory, readable for everyone as Lambda needs it."""
        for file in self.files:
            to = directory / file.name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.path, to)
            to.chmod(0o755 if file.path.stat().st_mode & 0o100 else 0o644)


def _walk(above: tuple[Path, ...], prefix: str, exclude: Sequence[str]) -> Iterator[SourceFile]:
    """Walk the last of the directories ``above``, which lead to it from the root with links resolved."""
    for entry in above[-1].iterdir():
        name = f"{prefix}{entry.name}"
        if _is_excluded(name, entry.name, exclude):
            continue
        path = _link_target(above, entry, name) if entry.is_symlink() else entry
        if path.is_file():
            yield SourceFile(name=name, path=path)
        elif path.is_dir() and not (path / "pyvenv.cfg").exists():
            yield from _walk((*above, path), f"{name}/", exclude)


def _is_excluded(name: str, last: str, exclude: Sequence[str]) -> bool:
    patterns = (*EXCLUDED, *EXCLUDED_AT_TOP) if name == last else EXCLUDED
    if any(fnmatchcase(last, pattern) for pattern in patterns):
        return True
    return any(
        fnmatchcase(name if "/" in pattern.strip("/") else last, pattern.removeprefix("./").strip("/"))
        for pattern in exclude
    )


def _link_target(above: tuple[Path, ...], link: Path, name: str) -> Path:
    try:
        path = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a loop is a RuntimeError before Python 3.13
        msg = f"a symbolic link must lead to a file or directory, got {name}, which is broken; fix or exclude it"
        raise ValueError(msg) from error
    if not path.is_relative_to(above[0]):
        msg = f"a symbolic link must lead to a path in the project, got {name} -> {path}"
        msg += "; copy the file, make it a requirement, or exclude it"
        raise ValueError(msg)
    if path in above:
        msg = f"a symbolic link must not lead into a directory that contains it, got {name} -> {path}; exclude it"
        raise ValueError(msg)
    return path
