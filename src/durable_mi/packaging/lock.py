"""The lock of a project: a requirements file, or the lock file of uv or Poetry, read through their own export."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.packaging import install
from durable_mi.packaging.requirements import OTHER_LOCKS, LockedRequirements

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DEFAULT_LOCK", "read_lock"]

DEFAULT_LOCK: Final = "requirements.txt"

_UV: Final = ("export", "--frozen", "--no-dev", "--no-emit-project", "--no-header", "--no-annotate", "--quiet")
_POETRY: Final = ("export", "--format", "requirements.txt", "--no-interaction", "--no-ansi")


def read_lock(project: Path, name: str | None = None) -> LockedRequirements:
    """Read a project's lock.

    Args:
        project: The project's directory.
        name: The lock's path, relative to the project; a file named ``uv.lock`` or ``poetry.lock`` is read through uv
            or Poetry. By default, the first that exists: ``requirements.txt``, ``uv.lock`` or ``poetry.lock`` in the
            project, and if the project has a ``pyproject.toml``, ``uv.lock`` of the workspace above it.

    Raises:
        ValueError: There is no lock, it is not complete, or its tool is not installed or cannot export it.
    """
    path = _find(project) if name is None else project / name
    if path.name == "uv.lock" and path.is_file():
        return _exported(path, [_tool(path, install.find_uv()), *_UV], _directory_of(project, path))
    if path.name == "poetry.lock" and path.is_file():
        return _exported(path, [_tool(path, _find_poetry()), *_POETRY], path.parent)
    return LockedRequirements.read(path)


def _find(project: Path) -> Path:
    for name in (DEFAULT_LOCK, "uv.lock", "poetry.lock"):
        if (project / name).is_file():
            return project / name
    if (project / "pyproject.toml").is_file():
        for parent in project.resolve().parents:
            if (parent / "uv.lock").is_file():
                return parent / "uv.lock"
    return project / DEFAULT_LOCK


def _directory_of(project: Path, lock: Path) -> Path:
    """Return the member of the workspace that the directory belongs to."""
    for directory in (project.resolve(), *project.resolve().parents):
        if (directory / "pyproject.toml").is_file():
            return directory
        if directory == lock.resolve().parent:
            break
    return lock.parent


def _tool(lock: Path, found: str | None) -> str:
    if found is not None:
        return found
    tool = lock.name.removesuffix(".lock")
    install_it = install.GET_UV if tool == "uv" else "pip install poetry poetry-plugin-export"
    msg = f"{tool} must be installed to read {lock.name}, got none on PATH; run: {install_it}, or create "
    msg += f"{DEFAULT_LOCK}: {OTHER_LOCKS[lock.name]}"
    raise ValueError(msg)


def _find_poetry() -> str | None:
    beside = Path(sys.executable).with_name("poetry")
    return str(beside) if beside.is_file() else shutil.which("poetry")


def _exported(lock: Path, command: Sequence[str], directory: Path) -> LockedRequirements:
    run = install.run_installer(command, directory)
    if run.returncode != 0:
        msg = f"{lock.name} must be a lock that {lock.name.removesuffix('.lock')} can export, got: "
        msg += f"{install.reason(run.stderr or run.stdout)}; try it: {OTHER_LOCKS[lock.name]}"
        if lock.name == "poetry.lock":
            msg += " (pip install poetry-plugin-export adds the command)"
        raise ValueError(msg)
    return LockedRequirements.parse(run.stdout, lock)
