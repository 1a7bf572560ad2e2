"""A deployment package: source, pinned requirements and local requirements, put together for a target."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from durable_mi.packaging.handler import check_handler_in_package
from durable_mi.packaging.install import installed_requirements
from durable_mi.packaging.local_distribution import LocalDistribution
from durable_mi.packaging.lock import DEFAULT_LOCK, read_lock
from durable_mi.packaging.modules import PackageModules
from durable_mi.packaging.package_size import check_size
from durable_mi.packaging.requirements import HOW_TO_LOCK
from durable_mi.packaging.sdk import check_sdk
from durable_mi.packaging.source import ProjectSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from durable_mi.packaging.requirements import LockedRequirements
    from durable_mi.packaging.target import PackageTarget

__all__ = ["Package"]

FORMAT: Final = "durable-mi-package-2"
"""Part of every package's hash: increase it in a release that composes packages differently."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """The parts of a package, before a target is known.

    Attributes:
        source: The project's files and what was included, without the lock.
        locked: The lock.
        local: What the lock's paths lead to, without the project itself.
        lock_name: The name that the lock has in the package.
    """

    source: ProjectSource
    locked: LockedRequirements
    local: tuple[LocalDistribution, ...]
    lock_name: str

    @classmethod
    def read(
        cls,
        directory: Path,
        *,
        requirements: str | None = None,
        exclude: Sequence[str] = (),
        include: Mapping[str, str | os.PathLike[str]] | None = None,
    ) -> Package:
        """Read a project.

        Args:
            directory: The project's directory.
            requirements: The lock, as :func:`~durable_mi.packaging.lock.read_lock` takes it.
            exclude: Patterns, as :meth:`ProjectSource.scan` takes them.
            include: Further files, as :meth:`ProjectSource.scan` takes them.

        Raises:
            ValueError: The source or the lock is rejected.
        """
        source = ProjectSource.scan(directory, exclude, include)
        locked = read_lock(directory.resolve(), requirements)
        lock = locked.path.resolve()
        inside = lock.suffix != ".lock" or lock.name not in ("uv.lock", "poetry.lock")
        lock_name = lock.relative_to(source.root).as_posix() if inside and lock.is_relative_to(source.root) else ""
        itself = (source.root, source.root.parent if source.root.name == "src" else source.root)
        local = tuple(LocalDistribution.of(each) for each in locked.local if each.path not in itself)
        return cls(
            source=replace(source, files=tuple(file for file in source.files if file.path.resolve() != lock)),
            locked=locked,
            local=local,
            lock_name=lock_name or DEFAULT_LOCK,
        )

    def digest(self, target: PackageTarget) -> str:
        """Hash everything that the package's content depends on, and nothing that says where it is on this machine.

        Args:
            target: The platform.
        """
        local = sorted(f"{each.name} {each.digest()}" for each in self.local)
        parts = (FORMAT, str(target), self.locked.content.decode(), "\n".join(local), self.source.digest())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def install(self, target: PackageTarget) -> tuple[Path, ...]:
        """Install the requirements, check that the parts fit together, and return the requirements' directories.

        Args:
            target: The platform.

        Raises:
            ValueError: A requirement cannot be installed, a local project requires what the lock does not have, a file
                of one part would replace one of another, or the package is too large.
            RuntimeError: Neither uv nor pip is installed, or the package index cannot be reached.
        """
        pinned = installed_requirements(self.locked, target)
        local = {each.name: each.installed(target) for each in self.local}
        known = self.locked.names | set(local)
        for each in self.local:
            if missing := each.required(local[each.name]) - known:
                msg = f"{self.locked.path.name} must name every requirement, also transitive ones, got none for "
                msg += f"{', '.join(sorted(missing))}, which {each.name} requires; compile it: {HOW_TO_LOCK}"
                raise ValueError(msg)
        directories = (pinned, *local.values())
        for file in self.source.files:
            if any((directory / file.name).exists() for directory in directories):
                msg = f"a file of the project must not replace one of its requirements, got {file.name} in both"
                msg += "; rename it, or exclude it"
                raise ValueError(msg)
        self._check_local(directories)
        check_size(self._sizes(directories))
        return directories

    def check_handler(
        self, handler: str, target: PackageTarget, directories: tuple[Path, ...] | None, *, layers: bool
    ) -> None:
        """Check that the handler is a durable function of the package, and that the package has the SDK.

        Args:
            handler: Module and function.
            target: The platform.
            directories: The requirements' directories, or ``None`` if they are not installed.
            layers: Whether the function has layers, which can have modules and the SDK.

        Raises:
            ValueError: The handler does not exist or is no durable function, or the SDK is not required.
        """
        files = {file.name: file.path for file in self.source.files}
        complete = not layers and (directories is not None or not (self.locked.pins or self.local))
        check_handler_in_package(handler, PackageModules(files, directories or (), complete), target.python)
        if not layers:
            names = self.locked.names | {each.name for each in self.local}
            check_sdk(self.locked.path.name, names, files, directories or ())

    def assemble(self, target: PackageTarget, directory: Path) -> None:
        """Put the package into a directory.

        Args:
            target: The platform.
            directory: The directory.
        """
        for installed in self.install(target):
            shutil.copytree(installed, directory, dirs_exist_ok=True)
        self.source.copy_into(directory)
        lock = directory / self.lock_name
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_bytes(self.locked.content)

    def _check_local(self, directories: tuple[Path, ...]) -> None:
        seen: set[str] = set()
        for directory in directories if self.local else ():
            names = {name for name, _ in _files(directory)}
            if both := sorted(names & seen):
                msg = f"requirements must not have a file in common, got {both[0]} in two; rename the module in one"
                raise ValueError(msg)
            seen |= names

    def _sizes(self, directories: tuple[Path, ...]) -> Iterator[tuple[str, int]]:
        for directory in directories:
            yield from _files(directory)
        yield from ((file.name, file.path.stat().st_size) for file in self.source.files)


def _files(directory: Path, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield each file's path below the directory and its size; requirements have thousands."""
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(directory / entry.name, f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", entry.stat().st_size
