"""Wheels made by hand, so that installing them needs neither a network nor a package index."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


# pip takes most of a second for each run; where the installer has no say of its own, or another test has it reject the
# same in the same words, it is left to `make slow`.
SLOW_WITH_PIP = pytest.mark.parametrize("installer", ["uv", pytest.param("pip", marks=pytest.mark.slow)], indirect=True)

BACKEND = """\
import zipfile
from pathlib import Path

NAME, TAG, REQUIRES = {name!r}, {tag!r}, {requires!r}


def build_wheel(directory, config_settings=None, metadata_directory=None):
    info = f"{{NAME}}-1.0.dist-info"
    needs = "".join(f"Requires-Dist: {{need}}\\n" for need in REQUIRES)
    readme = Path("README.md").read_text() if Path("README.md").exists() else ""
    files = {{path.relative_to("src").as_posix(): path.read_text() for path in sorted(Path("src").rglob("*.py"))}}
    files[f"{{info}}/METADATA"] = f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: 1.0\\n{{needs}}\\n{{readme}}"
    files[f"{{info}}/WHEEL"] = f"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {{TAG}}\\n"
    files[f"{{info}}/RECORD"] = "".join(f"{{path}},,\\n" for path in [*files, f"{{info}}/RECORD"])
    with zipfile.ZipFile(Path(directory) / f"{{NAME}}-1.0-{{TAG}}.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    Path("built.txt").touch()
    return f"{{NAME}}-1.0-{{TAG}}.whl"
"""
"""A build backend of the project itself, which needs no index."""


def write_local_project(
    root: Path, name: str, *, requires: tuple[str, ...] = (), tag: str = "py3-none-any", python: str = ">=3.11"
) -> Path:
    """Write a project of the repository, with one module ``name`` in ``src``.

    Args:
        root: Its directory.
        name: The distribution and its package.
        requires: What it requires.
        tag: The tag of the wheel that it builds.
        python: The Python versions that it requires.
    """
    (root / "src" / name).mkdir(parents=True)
    (root / "src" / name / "__init__.py").write_text(f"NAME = {name!r}\n")
    (root / "backend.py").write_text(BACKEND.format(name=name, tag=tag, requires=requires))
    (root / "README.md").write_text("# For readers\n")
    (root / "pyproject.toml").write_text(
        f"[project]\nname = {name!r}\nversion = '1.0'\nrequires-python = {python!r}\n"
        f"dependencies = {list(requires)!r}\n"
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    )
    return root


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project directory whose requirements come from a directory of wheels inside it."""

    root: Path
    wheels: Path
    hashes: dict[str, str] = field(default_factory=dict)

    def add_wheel(
        self,
        name: str,
        *,
        tag: str = "py3-none-any",
        requires: tuple[str, ...] = (),
        python: str = ">=3.8",
        script: bool = False,
    ) -> None:
        """Make a wheel of version 1.0 with one module that bears its name.

        Args:
            name: The distribution and its module.
            tag: The wheel's tag.
            requires: What it requires.
            python: The Python versions that it requires.
            script: Whether it brings a console script.
        """
        info = f"{name}-1.0.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Python: {python}\n"
        files = {
            f"{name}.py": f"NAME = {name!r}\n",
            f"{info}/METADATA": metadata + "".join(f"Requires-Dist: {need}\n" for need in requires),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        if script:
            files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:NAME\n"
        record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
        files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
        wheel = self.wheels / f"{name}-1.0-{tag}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(zipfile.ZipInfo(path), text)
        self.hashes[name] = hashlib.sha256(wheel.read_bytes()).hexdigest()

    def add_source(self, name: str) -> None:
        """Make a source distribution of version 1.0 and no wheel.

        Args:
            name: The distribution.
        """
        files = {
            "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            "setup.py": "raise SystemExit(1)\n",
        }
        with tarfile.open(self.wheels / f"{name}-1.0.tar.gz", "w:gz") as archive:
            for path, text in files.items():
                member = tarfile.TarInfo(f"{name}-1.0/{path}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))

    def make_durable(self) -> None:
        """Make the handler a durable function, and lock a package of the SDK's name."""
        self.add_wheel("aws_durable_execution_sdk_python")
        (self.root / "app.py").write_text(
            "from aws_durable_execution_sdk_python import durable_execution\n\n\n"
            "@durable_execution\ndef handler(event, context): ...\n"
        )

    def lock(self, *names: str, hashes: bool = False, **wrong: str) -> Path:
        """Write ``requirements.txt`` with version 1.0 of each.

        Args:
            names: The distributions.
            hashes: Whether each line carries the wheel's hash.
            wrong: Other hashes by distribution.
        """
        lines = ["--no-index", "--find-links .wheels"]
        for name in names:
            digest = wrong.get(name) or self.hashes.get(name, "")
            lines.append(f"{name}==1.0 --hash=sha256:{digest}" if hashes else f"{name}==1.0")
        path = self.root / "requirements.txt"
        path.write_text("\n".join([*lines, ""]))
        return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with a handler and no requirements, in a directory with a space in its name."""
    root = tmp_path / "my project"
    (root / ".wheels").mkdir(parents=True)
    (root / "app.py").write_text("def handler(event, context): ...\n")
    (root / "requirements.txt").touch()
    return Project(root=root, wheels=root / ".wheels")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test an empty cache of installed requirements."""
    monkeypatch.setenv("DURABLE_MI_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"
