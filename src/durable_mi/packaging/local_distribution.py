"""What a local requirement installs: a project of the repository, built into a wheel, or a wheel that lies there."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.packaging import install
from durable_mi.packaging.cache import kept
from durable_mi.packaging.pin import required_names
from durable_mi.packaging.source import EXCLUDED_TEXTS, ProjectSource

if TYPE_CHECKING:
    from durable_mi.packaging.local_requirement import LocalRequirement
    from durable_mi.packaging.target import PackageTarget

__all__ = ["LocalDistribution"]

FORMAT: Final = "1"
"""Part of every cache key. Increase it in a release that builds differently."""

_UNREACHABLE: Final = re.compile(r"Failed to (?:fetch|download)|Request failed after|Retrying \(Retry|dns error")
_RAISED: Final = re.compile(r"^\s*([\w.]+(?:Error|Exception): .*?)\s*$", re.MULTILINE)
"""The line of a traceback that has the exception."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalDistribution:
    """A local project or wheel, whose content is part of the package's hash as the source is.

    Attributes:
        requirement: The requirement that leads to it.
        source: The project's files, or ``None`` for a wheel.
    """

    requirement: LocalRequirement
    source: ProjectSource | None

    @classmethod
    def of(cls, requirement: LocalRequirement) -> LocalDistribution:
        """Find the files of a local requirement.

        Args:
            requirement: The requirement.

        Raises:
            ValueError: A symbolic link in the project is broken or leads out of it.
        """
        path = requirement.path
        return cls(requirement=requirement, source=ProjectSource.of_distribution(path) if path.is_dir() else None)

    @property
    def path(self) -> Path:
        """Path of the project or of the wheel."""
        return self.requirement.path

    @property
    def name(self) -> str:
        """The distribution's name, as the requirement has it."""
        return self.requirement.name

    def digest(self) -> str:
        """Hash the content: the wheel, or the project's files except texts for readers; no path of this machine."""
        if self.source is None:
            return hashlib.sha256(f"{self.path.name}\0".encode() + self.path.read_bytes()).hexdigest()
        files = tuple(file for file in self.source.files if file.path.name not in EXCLUDED_TEXTS)
        return ProjectSource(root=self.source.root, files=files).digest()

    def installed(self, target: PackageTarget) -> Path:
        """Return a directory with the distribution for the target, and install it if it does not exist yet.

        The build runs the project's build backend on this machine, in a copy of the project.

        Args:
            target: The platform to install for.

        Raises:
            ValueError: The project cannot be built, has compiled code, or is not for the target's Python.
            RuntimeError: Neither uv nor pip is installed, or the build's own requirements cannot be downloaded.
        """
        key = hashlib.sha256(f"{FORMAT}\0{target}\0{self.name}\0{self.digest()}".encode()).hexdigest()[:32]

        def make(directory: Path) -> None:
            with tempfile.TemporaryDirectory() as temporary:
                wheel = self.path if self.source is None else self._build(self.source, Path(temporary))
                install.install_wheel(wheel, target, directory)
            _without_description(directory)

        return kept("local", key, make)

    def required(self, directory: Path) -> frozenset[str]:
        """Return the names of what the distribution requires without a marker, in normal form.

        Args:
            directory: Where it is installed.
        """
        needs = [need for found in distributions(path=[str(directory)]) for need in found.requires or ()]
        return required_names(needs) - {self.name}

    def _build(self, source: ProjectSource, directory: Path) -> Path:
        copy, out = directory / "project", directory / "out"
        source.copy_into(copy)
        out.mkdir()
        run = install.run_installer(_build_command(copy, out), directory=copy)
        wheels = sorted(out.glob("*.whl"))
        if run.returncode != 0 or not wheels:
            said = run.stderr or run.stdout
            if _UNREACHABLE.search(said):
                msg = f"{self.name}, at {self.path}, could not be built: what its build requires could not be "
                msg += "downloaded; check the network and the index settings of uv or pip, or name the package's "
                msg += "directory in include"
                raise RuntimeError(msg)
            raised = _RAISED.findall(said)
            msg = f"{self.name}, at {self.path}, must be a project that can be built, got: "
            msg += raised[-1] if raised else install.reason(said)
            raise ValueError(msg)
        if not wheels[0].name.endswith("-none-any.whl"):
            msg = f"a local requirement must be pure Python, as the build is for this machine, got {wheels[0].name} of "
            msg += f"{self.path}; build wheels for Lambda and name the wheel, or take them from a package index"
            raise ValueError(msg)
        return wheels[0]


def _build_command(project: Path, out: Path) -> list[str]:
    if uv := install.find_uv():
        # not --quiet, which hides what the backend raised
        options = ("--no-progress", "--no-sources", "--python", sys.executable, "--out-dir", str(out))
        return [uv, "build", "--wheel", *options, str(project)]
    if importlib.util.find_spec("pip") is None:
        msg = f"uv or pip must be installed to build a local requirement, got neither; run: {install.GET_UV}"
        raise RuntimeError(msg)
    options = ("--quiet", "--no-deps", "--ignore-requires-python", "--no-input", "--wheel-dir", str(out))
    return [sys.executable, "-m", "pip", "wheel", *options, str(project)]


def _without_description(directory: Path) -> None:
    """Remove the text for readers from the metadata: it is not part of the hash."""
    for metadata in directory.glob("*.dist-info/METADATA"):
        headers = metadata.read_text(encoding="utf-8").partition("\n\n")[0]
        metadata.write_text(f"{headers}\n", encoding="utf-8", newline="\n")
