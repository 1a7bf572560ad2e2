"""Projects and wheels of the repository, installed for Lambda, with uv and with pip."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from durable_mi.packaging import Package, PackageTarget, install
from tests.packaging.conftest import SLOW_WITH_PIP, write_local_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packaging.conftest import Project

ARM = PackageTarget(architecture="arm64", python="3.13")


@pytest.fixture(params=["uv", "pip"], autouse=True)
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with each installer."""
    if request.param == "pip":
        monkeypatch.setattr(install, "find_uv", lambda: None)
    return str(request.param)


def package(project: Project, *lines: str) -> Package:
    """Read the project with these lines added to its lock."""
    lock = project.root / "requirements.txt"
    lock.write_text(lock.read_text() + "".join(f"{line}\n" for line in lines))
    return Package.read(project.root)


def test_builds_a_project_and_leaves_it_alone(project: Project, tmp_path: Path) -> None:
    """Its modules and metadata are there; its directory has nothing new, and the package nothing of this machine."""
    shared = write_local_project(tmp_path / "shared", "shared", python=">=3.13")
    before = sorted(shared.rglob("*"))

    package(project, "-e ../shared").assemble(ARM, tmp_path / "out")

    assert before == sorted(shared.rglob("*"))
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {
        "app.py",
        "requirements.txt",
        "shared-1.0.dist-info/METADATA",
        "shared-1.0.dist-info/RECORD",
        "shared-1.0.dist-info/WHEEL",
        "shared/__init__.py",
    } == files
    assert not [name for name in files if str(tmp_path) in (tmp_path / "out" / name).read_text()]
    assert "readers" not in (tmp_path / "out" / "shared-1.0.dist-info" / "METADATA").read_text()


@SLOW_WITH_PIP
def test_builds_once(project: Project, tmp_path: Path) -> None:
    """Another checkout with the same content takes what is in the cache."""
    write_local_project(tmp_path / "shared", "shared")
    first = package(project, "-e ../shared")
    digest, (_, built) = first.digest(ARM), first.install(ARM)
    copy = shutil.copytree(tmp_path / "shared", tmp_path / "elsewhere" / "shared")
    (project.root / "requirements.txt").write_text(f"shared @ file://{copy}\n")
    again = Package.read(project.root)

    assert digest == again.digest(ARM)
    assert built == again.install(ARM)[1]


def test_installs_a_wheel_of_the_repository(project: Project, tmp_path: Path) -> None:
    """Also one that is compiled, for the function's architecture."""
    project.add_wheel("native", tag="cp313-cp313-manylinux_2_28_aarch64")

    package(project, "./.wheels/native-1.0-cp313-cp313-manylinux_2_28_aarch64.whl").assemble(ARM, tmp_path / "out")

    assert (tmp_path / "out" / "native.py").is_file()


@SLOW_WITH_PIP
def test_requirements_of_a_project_are_locked(project: Project, tmp_path: Path) -> None:
    """One that is locked is installed, and another local project is known."""
    project.add_wheel("alpha")
    project.lock("alpha", hashes=True)
    write_local_project(tmp_path / "base", "base")
    write_local_project(tmp_path / "shared", "shared", requires=("alpha>=1", "base", "gone; sys_platform == 'win32'"))

    package(project, "-e ../shared", "-e ../base").assemble(ARM, tmp_path / "out")

    assert {"alpha.py", "app.py", "base", "requirements.txt", "shared"} == {
        path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".dist-info"
    }


@SLOW_WITH_PIP
def test_a_project_can_take_the_place_of_a_requirement(project: Project, tmp_path: Path) -> None:
    """What a wheel requires can be a project of the repository, and is not looked for anywhere else."""
    project.add_wheel("alpha", requires=("patched>=1",))
    project.lock("alpha")
    write_local_project(tmp_path / "patched", "patched")

    package(project, "-e ../patched").assemble(ARM, tmp_path / "out")

    assert (tmp_path / "out" / "patched" / "__init__.py").is_file()


@SLOW_WITH_PIP
def test_rejects_a_project_whose_requirements_are_not_locked(project: Project, tmp_path: Path) -> None:
    """Its version would depend on the day."""
    write_local_project(tmp_path / "shared", "shared", requires=("alpha>=1",))

    with pytest.raises(ValueError, match=r"must name every requirement, .* got none for alpha, which shared requires;"):
        package(project, "-e ../shared").install(ARM)


@SLOW_WITH_PIP
def test_rejects_a_project_with_compiled_code(project: Project, tmp_path: Path) -> None:
    """It is compiled for the machine that synthesizes."""
    write_local_project(tmp_path / "shared", "shared", tag="cp313-cp313-linux_x86_64")

    with pytest.raises(ValueError, match=r"^a local requirement must be pure Python, .* got shared-1\.0-cp313"):
        package(project, "-e ../shared").install(ARM)


def test_rejects_a_project_that_cannot_be_built(project: Project, tmp_path: Path, cache: Path) -> None:
    """The build's reason is in the message, and nothing is kept."""
    shared = write_local_project(tmp_path / "shared", "shared")
    (shared / "backend.py").write_text("def build_wheel(*_):\n    raise RuntimeError('no such thing')\n")

    with pytest.raises(ValueError, match=r"^shared, at \S+, must be a project that can be built, got: .*no such thing"):
        package(project, "-e ../shared").install(ARM)
    assert [] == list((cache / "local").iterdir())


@SLOW_WITH_PIP
def test_rejects_a_project_for_another_python(project: Project, tmp_path: Path) -> None:
    """The function's Python counts, not this one."""
    shared = write_local_project(tmp_path / "shared", "shared")
    backend = (shared / "backend.py").read_text()
    (shared / "backend.py").write_text(backend.replace("Version: 1.0\\n", "Version: 1.0\\nRequires-Python: >=3.14\\n"))

    with pytest.raises((ValueError, RuntimeError), match=r"could not be installed for arm64 and Python 3\.13"):
        package(project, "-e ../shared").install(ARM)


@SLOW_WITH_PIP
def test_rejects_a_module_in_two_requirements(project: Project, tmp_path: Path) -> None:
    """Which of them the package has would depend on their order."""
    for name in ("one", "two"):
        write_local_project(tmp_path / name, name)
        (tmp_path / name / "src" / "common.py").touch()

    with pytest.raises(ValueError, match=r"must not have a file in common, got common\.py in two"):
        package(project, "-e ../one", "-e ../two").install(ARM)


@SLOW_WITH_PIP
def test_rejects_source_that_shadows_a_project(project: Project, tmp_path: Path) -> None:
    """A module of the handler's directory would replace it."""
    write_local_project(tmp_path / "shared", "shared")
    (project.root / "shared").mkdir()
    (project.root / "shared" / "__init__.py").touch()

    with pytest.raises(ValueError, match=r"must not replace one of its requirements, got shared/__init__\.py in both"):
        package(project, "-e ../shared").install(ARM)
