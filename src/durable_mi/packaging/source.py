"""A project's own files: which of them go into the package, and the hash of their content."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

EXCLUDED: Final = (".*", "__pycache__", "*.py[co]", "*.egg-info", "cdk.out", "node_modules")
"""Names that are excluded at any depth. ``.*`` covers version control, virtual environments, caches, editors and, on
purpose, ``.env`` files."""

EXCLUDED_TEXTS: Final = ("README", "README.md", "README.rst", "README.txt")
"""Names of texts for readers of the source, which are excluded from packages at any depth."""

TESTS: Final = ("test", "tests", "test_*.py", "*_test.py", "conftest.py")
"""Names that are excluded at the top of the project only: below, ``tests`` may be a package of the application."""

PROJECT_FILES: Final = (
    "CHANGELOG*",
    "CONTRIBUTING*",
    "LICENSE*",
    "Makefile",
    "Pipfile*",
    "constraints*.txt",
    "pdm.lock",
    "poetry.lock",
    "pylock*.toml",
    "pyproject.toml",
    "requirements*.in",
    "requirements*.txt",
    "setup.cfg",
    "setup.py",
    "tox.ini",
    "uv.lock",
)
"""Names at the top of a project that are for those who develop it, and excluded from its package: a comment in one of
them is no new version of the function."""

BUILD_LEAVINGS: Final = ("build", "dist")
"""Names at the top of a project that its build creates."""


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
    def scan(
        cls, root: Path, exclude: Sequence[str] = (), include: Mapping[str, str | os.PathLike[str]] | None = None
    ) -> ProjectSource:
        """Find a project's files.

        Excluded are :data:`EXCLUDED`, :data:`EXCLUDED_TEXTS`, :data:`TESTS`, :data:`PROJECT_FILES`, any directory that
        is a virtual environment, and what ``exclude`` adds. A symbolic link is followed and packaged as its target.

        Args:
            root: The project's directory.
            exclude: Glob patterns. A pattern without a slash is matched with the name of every file and directory. A
                pattern with a slash is matched with the path in the package.
            include: Files and directories outside the project, by the path that each gets in the package. A relative
                path is relative to the project. Of a directory, only ``EXCLUDED`` and ``EXCLUDED_TEXTS`` are excluded,
                and what ``exclude`` adds.

        Raises:
            ValueError: The root is not a directory or has no file to package; a symbolic link is broken, leads out of
                the directory that is read, or leads into a directory that contains it; or what ``include`` names does
                not exist, has no file, or would replace a file of the project.
        """
        if not root.is_dir():
            msg = f"the project must be a directory, got {root}, which is {'a file' if root.exists() else 'not there'}"
            raise ValueError(msg)
        root = root.resolve()
        found = {file.name: file for file in _walk((root,), "", _Excluded(exclude, (*TESTS, *PROJECT_FILES)))}
        for name, path in (include or {}).items():
            for file in _included(name, root / path, exclude):
                if file.name in found:
                    msg = (
                        f"include must not replace a file of the project, got {file.name} in both; rename or exclude it"
                    )
                    raise ValueError(msg)
                found[file.name] = file
        if not found:
            msg = f"the project must have a file to package, got none in {root} after leaving out tests and excludes"
            raise ValueError(msg)
        return cls(root=root, files=tuple(found[name] for name in sorted(found)))

    @classmethod
    def of_distribution(cls, root: Path) -> ProjectSource:
        """Find the files of a project that its build can read; texts for readers are among them.

        Args:
            root: The project's directory.

        Raises:
            ValueError: A symbolic link is broken, leads out of the project, or leads into a directory that contains it.
        """
        root = root.resolve()
        excluded = _Excluded((), (*TESTS, *BUILD_LEAVINGS), texts=())
        return cls(root=root, files=tuple(sorted(_walk((root,), "", excluded), key=lambda file: file.name)))

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


@dataclass(frozen=True, slots=True)
class _Excluded:
    """What is not read of a directory: patterns of the user, names at its top, and names of texts at any depth."""

    patterns: Sequence[str]
    at_top: tuple[str, ...] = ()
    texts: tuple[str, ...] = EXCLUDED_TEXTS

    def covers(self, name: str, last: str, *, top: bool) -> bool:
        names = (*EXCLUDED, *self.texts, *(self.at_top if top else ()))
        if any(fnmatchcase(last, pattern) for pattern in names):
            return True
        return any(
            fnmatchcase(name if "/" in pattern.strip("/") else last, pattern.removeprefix("./").strip("/"))
            for pattern in self.patterns
        )


def _walk(above: tuple[Path, ...], prefix: str, excluded: _Excluded) -> Iterator[SourceFile]:
    """Walk the last of the directories ``above``, which lead to it from the root with links resolved."""
    for entry in above[-1].iterdir():
        name = f"{prefix}{entry.name}"
        if excluded.covers(name, entry.name, top=len(above) == 1):
            continue
        path = _link_target(above, entry, name) if entry.is_symlink() else entry
        if path.is_file():
            yield SourceFile(name=name, path=path)
        elif path.is_dir() and not (path / "pyvenv.cfg").exists():
            yield from _walk((*above, path), f"{name}/", excluded)


def _included(name: str, path: Path, exclude: Sequence[str]) -> Iterator[SourceFile]:
    """Read what an entry of ``include`` leads to, a file or a directory."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute() or "\\" in name:
        msg = f"include must name paths inside the package, such as 'shared_lib', got {name!r}; write a relative path"
        raise ValueError(msg)
    into = "/".join(parts)
    if path.is_file():
        yield SourceFile(name=into, path=path.resolve())
        return
    if not path.is_dir():
        msg = f"include must lead to files and directories, got {path} for {name!r}, which is not there; a relative "
        msg += "path is relative to the project"
        raise ValueError(msg)
    files = tuple(_walk((path.resolve(),), f"{into}/", _Excluded(exclude)))
    if not files:
        msg = f"include must lead to files, got none in {path.resolve()} for {name!r}"
        raise ValueError(msg)
    yield from files


def _link_target(above: tuple[Path, ...], link: Path, name: str) -> Path:
    try:
        path = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a loop is a RuntimeError before Python 3.13
        msg = f"a symbolic link must lead to a file or directory, got {name}, which is broken; fix or exclude it"
        raise ValueError(msg) from error
    if not path.is_relative_to(above[0]):
        msg = f"a symbolic link must lead to a path in the project, got {name} -> {path}"
        msg += "; name its target in include, make it a requirement, or exclude it"
        raise ValueError(msg)
    if path in above:
        msg = f"a symbolic link must not lead into a directory that contains it, got {name} -> {path}; exclude it"
        raise ValueError(msg)
    return path
