"""The checkout that is released."""

from __future__ import annotations

import subprocess
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["NotReleasableError", "Project"]


class NotReleasableError(Exception):
    """The checks cannot run at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A checkout with its metadata.

    Attributes:
        root: The directory of ``pyproject.toml``.
        metadata: The table ``[project]``.
        tracked: The files that git tracks, as paths from the root.
    """

    root: Path
    metadata: Mapping[str, Any]
    tracked: frozenset[str]

    @classmethod
    def read(cls, root: Path) -> Project:
        """Read a checkout.

        Raises:
            NotReleasableError: The directory is no checkout of a Python project.
        """
        try:
            metadata = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
            msg = f"the project must have a pyproject.toml with a table [project], got {error!r}"
            raise NotReleasableError(msg) from error
        names = run_git(root, "ls-files", "-z").split("\0")
        # A file that is deleted but not yet committed is still listed.
        return cls(root=root, metadata=metadata, tracked=frozenset(n for n in names if n and (root / n).exists()))

    @property
    def version(self) -> str:
        """The version in ``pyproject.toml``.

        Raises:
            NotReleasableError: There is none.
        """
        version = self.metadata.get("version")
        if not isinstance(version, str):
            msg = f"[project] in pyproject.toml must have a version as text, got {version!r}"
            raise NotReleasableError(msg)
        return version

    def text(self, name: str) -> str:
        """Return the text of a file, or nothing if there is no such file."""
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def git(self, *arguments: str) -> str:
        """Return what git prints."""
        return run_git(self.root, *arguments)


def run_git(root: Path, *arguments: str) -> str:
    """Return what git prints for a directory.

    Raises:
        NotReleasableError: Git is not there, or the directory is no checkout.
    """
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except OSError as error:
        msg = "a release must be checked with git, which is not installed: install it"
        raise NotReleasableError(msg) from error
    if done.returncode:
        msg = f"a release must be checked in a git checkout, got: {done.stderr.strip()}"
        raise NotReleasableError(msg)
    return done.stdout
