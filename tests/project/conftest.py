"""A small project to release, in a git checkout, and its distributions."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tools.release_check.archives import Archive, Distributions
from tools.release_check.project import Project

ROOT = Path(__file__).parents[2]
needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked source distribution has no history")

PYPROJECT = """\
[project]
name = "sample"
version = "1.2.3"
description = "A sample"
requires-python = ">=3.11"
license = "Apache-2.0"
classifiers = [
    "Development Status :: 5 - Production/Stable",
    "Framework :: AWS CDK :: 2",
    "Operating System :: OS Independent",
    "Programming Language :: Python :: 3.11",
    "Programming Language :: Python :: 3.12",
    "Typing :: Typed",
]
dependencies = ["aws-cdk-lib>=2.271.0,<3"]
authors = [{ name = "Somebody" }]
[project.urls]
Changelog = "https://sample.org/changelog"
Documentation = "https://sample.org/docs"
Homepage = "https://sample.org"
Issues = "https://sample.org/issues"
Source = "https://sample.org/source"
"""
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.3] - 2026-02-01

### Added

- Something.

## [1.2.2] - 2026-01-31

### Fixed

- Something else.
"""
METADATA = """\
Metadata-Version: 2.4
Name: sample
Version: 1.2.3
Description-Content-Type: text/markdown

# Sample
"""
WORKFLOW = 'jobs: {test: {strategy: {matrix: {python: ["3.11", "3.12"]}}}}\n'


FILES = {
    "pyproject.toml": PYPROJECT,
    "CHANGELOG.md": CHANGELOG,
    "README.md": "# Sample\n",
    "LICENSE": (ROOT / "LICENSE").read_text(),
    ".github/workflows/ci.yml": WORKFLOW,
    "src/sample/__init__.py": "",
    "src/sample/cli.py": "",
    "src/sample/py.typed": "",
}


@dataclass(frozen=True)
class Sample:
    """A project, which a test breaks. All of its files are taken as tracked, so that most tests need no git."""

    root: Path

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace what must be in a file."""
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    @property
    def project(self) -> Project:
        """The project as the checks read it."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return Project(
            root=self.root,
            metadata=tomllib.loads((self.root / "pyproject.toml").read_text())["project"],
            tracked=frozenset(path.relative_to(self.root).as_posix() for path in files),
        )

    def built(self) -> Distributions:
        """Return what a right build makes of the project."""
        tracked = {name: (self.root / name).read_bytes() for name in self.project.tracked}
        info = "sample-1.2.3.dist-info"
        wheel = {name.removeprefix("src/"): text for name, text in tracked.items() if name.startswith("src/")}
        wheel |= {f"{info}/METADATA": METADATA.encode(), f"{info}/licenses/LICENSE": tracked["LICENSE"]}
        wheel |= {f"{info}/entry_points.txt": b"[console_scripts]\nsample = sample.cli:main\n"}
        # Their sizes are read from the files.
        paths = [self.root.parent / name for name in ("sample-1.2.3-py3-none-any.whl", "sample-1.2.3.tar.gz")]
        for path in paths:
            path.touch()
        return Distributions(
            wheel=Archive(path=paths[0], files=wheel),
            sdist=Archive(path=paths[1], files={**tracked, "PKG-INFO": METADATA.encode()}),
        )


class Checkout(Sample):
    """The project in a git checkout."""

    def git(self, *arguments: str) -> None:
        """Run git as somebody, without the settings of this machine."""
        who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", *arguments], cwd=self.root, env={**os.environ, **who, **alone}, check=True)

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "Change")

    @property
    def project(self) -> Project:
        """The checkout as the checks read it."""
        return Project.read(self.root)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """Return a project without a fault."""
    made = Sample(root=tmp_path / "project")
    for name, text in FILES.items():
        made.write(name, text)
    return made


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the project, all of it committed."""
    made = Checkout(root=tmp_path_factory.mktemp("committed"))
    for name, text in FILES.items():
        made.write(name, text)
    made.git("init", "--quiet", "--template=")
    made.commit()
    return made.root


@pytest.fixture
def checkout(committed: Path, tmp_path: Path) -> Checkout:
    """Return a copy of the checkout, to break."""
    return Checkout(root=Path(shutil.copytree(committed, tmp_path / "project")))


def with_files(archive: Archive, **files: bytes | None) -> Archive:
    """Return an archive with other files; ``None`` removes one."""
    changed = {**archive.files, **files}
    return replace(archive, files={name: text for name, text in changed.items() if text is not None})
