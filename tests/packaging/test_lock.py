"""The lock files of uv and Poetry, read through their own export."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from durable_mi.packaging import Package, PackageTarget, install, lock
from tests.packaging.conftest import write_local_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packaging.conftest import Project

ARM = PackageTarget(architecture="arm64", python="3.13")


@pytest.fixture
def workspace(tmp_path: Path, project: Project) -> Path:
    """Return a workspace of uv with a service that requires a member and a wheel, locked without an index."""
    root = tmp_path / "workspace"
    service = root / "services" / "orders"
    service.mkdir(parents=True)
    project.add_wheel("alpha")
    project.add_wheel("tool")
    (root / "pyproject.toml").write_text(
        "[tool.uv]\nno-index = true\n"
        f"find-links = [{str(project.wheels)!r}]\n"
        "[tool.uv.workspace]\nmembers = ['services/*', 'packages/*']\n"
    )
    (service / "pyproject.toml").write_text(
        "[project]\nname = 'orders'\nversion = '1'\nrequires-python = '>=3.11'\ndependencies = ['alpha', 'shared']\n"
        "[dependency-groups]\ndev = ['tool']\n"
        "[tool.uv.sources]\nshared = { workspace = true }\n"
    )
    (service / "app.py").touch()
    write_local_project(root / "packages" / "shared", "shared")
    uv = install.find_uv()
    assert uv is not None
    subprocess.run([uv, "lock", "--quiet"], cwd=root, check=True)
    return root


@pytest.mark.parametrize("requirements", [None, "../../uv.lock"])
def test_reads_the_lock_of_a_workspace(workspace: Path, tmp_path: Path, requirements: str | None) -> None:
    """A member has its own requirements, with hashes and members of the workspace, and no development tools."""
    package = Package.read(workspace / "services" / "orders", requirements=requirements)

    package.assemble(ARM, tmp_path / "out")

    assert {"alpha.py", "app.py", "requirements.txt", "shared"} == {
        path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".dist-info"
    }
    assert (tmp_path / "out" / "requirements.txt").read_text().startswith("alpha==1.0")


def test_the_lock_of_a_workspace_is_hashed_as_parsed(workspace: Path) -> None:
    """Another tool for developers changes the lock file, and not the package."""
    before = Package.read(workspace / "services" / "orders").digest(ARM)
    service = workspace / "services" / "orders" / "pyproject.toml"
    service.write_text(service.read_text().replace("dev = ['tool']", "dev = []"))
    uv = install.find_uv()
    assert uv is not None
    old = (workspace / "uv.lock").read_text()
    subprocess.run([uv, "lock", "--quiet"], cwd=workspace, check=True)

    assert old != (workspace / "uv.lock").read_text()
    assert before == Package.read(workspace / "services" / "orders").digest(ARM)


def test_a_requirements_file_comes_first(workspace: Path) -> None:
    """What a project had before goes on as before."""
    (workspace / "services" / "orders" / "requirements.txt").write_text("six==1.17.0\n")

    assert {"six"} == Package.read(workspace / "services" / "orders").locked.names


def test_reads_source_below_a_member(workspace: Path) -> None:
    """The directory with the handler can be inside of the project that is locked."""
    source = workspace / "services" / "orders" / "handlers"
    source.mkdir()
    (source / "app.py").touch()

    assert {"alpha"} == Package.read(source, requirements="../../../uv.lock").locked.names


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "uv.lock",
            (
                r"^uv must be installed to read uv\.lock, got none on PATH; run: pip install '\S+\]', or create "
                r"requirements\.txt: uv export --no-dev --no-emit-project --output-file requirements\.txt$"
            ),
        ),
        (
            "poetry.lock",
            r"^poetry must be installed to read poetry\.lock, .*: poetry export --output requirements\.txt$",
        ),
    ],
)
def test_rejects_a_lock_without_its_tool(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    """The command that creates a requirements file is in the message."""
    (project.root / "requirements.txt").rename(project.root / name)
    monkeypatch.setattr(install, "find_uv", lambda: None)
    monkeypatch.setattr(lock, "_find_poetry", lambda: None)

    with pytest.raises(ValueError, match=message):
        Package.read(project.root)


def test_rejects_a_lock_that_cannot_be_exported(project: Project) -> None:
    """The tool's reason is in the message."""
    (project.root / "requirements.txt").unlink()
    (project.root / "uv.lock").write_text("nonsense")
    (project.root / "pyproject.toml").write_text("[project]\nname = 'app'\nversion = '1'\n")

    with pytest.raises(ValueError, match=r"^uv\.lock must be a lock that uv can export, got: .+; try it: uv export"):
        Package.read(project.root)


def test_reads_what_poetry_exports(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Poetry names local projects by their URL, with the markers of its Python versions."""
    shared = write_local_project(tmp_path / "shared", "shared")
    (project.root / "requirements.txt").rename(project.root / "poetry.lock")
    poetry = tmp_path / "poetry"
    poetry.write_text(
        f"""#!/bin/sh
test "$*" = "export --format requirements.txt --no-interaction --no-ansi" || exit 1
echo 'alpha==1.0 ; python_version >= "3.13" and python_version < "4.0" --hash=sha256:aa'
echo 'shared @ file://{shared} ; python_version >= "3.13"'
"""
    )
    poetry.chmod(0o755)
    monkeypatch.setattr(lock, "_find_poetry", lambda: str(poetry))

    package = Package.read(project.root)

    assert {"alpha"} == package.locked.names
    assert ["shared"] == [each.name for each in package.local]
    assert ["app.py"] == [file.name for file in package.source.files]
