"""Locked requirements installed for Lambda, with uv and with pip."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from durable_mi.packaging import LockedRequirements, PackageTarget, install, installed_requirements
from tests.packaging.conftest import SLOW_WITH_PIP

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packaging.conftest import Project

ARM = PackageTarget(architecture="arm64", python="3.13")
X86 = PackageTarget(architecture="x86_64", python="3.13")


@pytest.fixture(params=["uv", "pip"])
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with each installer."""
    if request.param == "pip":
        monkeypatch.setattr(install, "find_uv", lambda: None)
    return str(request.param)


def contents(directory: Path) -> dict[str, str]:
    """Return the files below a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def installed(project: Project, target: PackageTarget = ARM) -> Path:
    """Install the project's requirements."""
    return installed_requirements(LockedRequirements.read(project.root / "requirements.txt"), target)


@pytest.mark.usefixtures("installer")
def test_installs_what_the_lock_names(project: Project) -> None:
    """Modules and metadata are there; scripts, bytecode and traces of this machine are not."""
    project.add_wheel("alpha", requires=("beta",), script=True)
    project.add_wheel("beta")
    project.lock("alpha", "beta", hashes=True)

    files = contents(installed(project))

    assert [
        "alpha-1.0.dist-info/METADATA",
        "alpha-1.0.dist-info/RECORD",
        "alpha-1.0.dist-info/WHEEL",
        "alpha-1.0.dist-info/entry_points.txt",
        "alpha.py",
        "beta-1.0.dist-info/METADATA",
        "beta-1.0.dist-info/RECORD",
        "beta-1.0.dist-info/WHEEL",
        "beta.py",
    ] == list(files)
    assert not [name for name, text in files.items() if str(project.root) in text or sys.prefix in text]


def test_uv_and_pip_install_the_same(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Which of the two is there changes no byte."""
    project.add_wheel("alpha", script=True)
    project.lock("alpha")
    by_uv = contents(installed(project))
    monkeypatch.setattr(install, "find_uv", lambda: None)
    monkeypatch.setenv("DURABLE_MI_CACHE_DIR", str(tmp_path / "other cache"))

    assert by_uv == contents(installed(project))


@pytest.mark.usefixtures("installer")
def test_takes_the_wheel_of_the_architecture(project: Project) -> None:
    """Of wheels for two machines, the function's is installed, whatever this machine is."""
    project.add_wheel("native", tag="cp313-cp313-manylinux_2_28_aarch64")
    project.add_wheel("native", tag="cp313-cp313-manylinux_2_17_x86_64")
    project.lock("native")

    for target, expected in ((ARM, "manylinux_2_28_aarch64"), (X86, "manylinux_2_17_x86_64")):
        wheel = (installed(project, target) / "native-1.0.dist-info" / "WHEEL").read_text()
        assert f"Tag: cp313-cp313-{expected}" in wheel


WITHOUT_WHEEL = {
    "other-machine": "cp313-cp313-manylinux_2_28_x86_64",
    "other-python": "cp312-cp312-manylinux_2_28_aarch64",
    "newer-glibc": "cp313-cp313-manylinux_2_35_aarch64",
    "musl": "cp313-cp313-musllinux_1_2_aarch64",
}


# pip refuses all of them in the same words, and takes most of a second for each.
@pytest.mark.parametrize(
    ("installer", "tag"),
    [
        *(pytest.param("uv", tag, id=f"uv-{name}") for name, tag in WITHOUT_WHEEL.items()),
        pytest.param("pip", WITHOUT_WHEEL["other-machine"], id="pip-other-machine"),
        *(
            pytest.param("pip", tag, id=f"pip-{name}", marks=pytest.mark.slow)
            for name, tag in WITHOUT_WHEEL.items()
            if name != "other-machine"
        ),
    ],
    indirect=["installer"],
)
@pytest.mark.usefixtures("installer")
def test_rejects_a_requirement_without_wheel(project: Project, tag: str) -> None:
    """The requirement and the platform are named in one line."""
    project.add_wheel("alpha")
    project.add_wheel("native", tag=tag)
    project.lock("alpha", "native")

    with pytest.raises(
        ValueError, match=r"^native==1\.0, required by requirements\.txt, must have a wheel for arm64 and Py"
    ):
        installed(project)


@SLOW_WITH_PIP
@pytest.mark.usefixtures("installer")
def test_rejects_a_requirement_that_is_source_only(project: Project) -> None:
    """Nothing is built: the requirement is refused before its set-up runs."""
    project.add_source("source")
    project.lock("source")

    with pytest.raises(
        ValueError, match=r"^source==1\.0, required by requirements\.txt, must have a wheel for arm64 and Py"
    ):
        installed(project)


@SLOW_WITH_PIP
@pytest.mark.usefixtures("installer")
def test_rejects_a_requirement_for_other_pythons(project: Project) -> None:
    """A requirement that needs a newer Python than the function has is named."""
    project.add_wheel("newer", python=">=3.14")
    project.lock("newer")

    with pytest.raises(ValueError, match=r"arm64 and Python 3\.13: .*\bnewer\b"):
        installed(project)


@pytest.mark.usefixtures("installer")
def test_rejects_a_wheel_with_another_hash(project: Project, cache: Path) -> None:
    """A hash in the lock is checked, and nothing is kept of what failed it."""
    project.add_wheel("alpha")
    project.lock("alpha", hashes=True, alpha="0" * 64)

    with pytest.raises(
        ValueError, match=r"^requirements\.txt could not be installed for arm64 and Python 3\.13: .*(?i:hash)"
    ):
        installed(project)
    assert [] == list((cache / "requirements").iterdir())


@pytest.mark.usefixtures("installer")
def test_rejects_an_incomplete_lock(project: Project) -> None:
    """What a requirement requires has to be in the lock; otherwise its version would depend on the day."""
    project.add_wheel("alpha", requires=("beta>=1",))
    project.add_wheel("beta")
    project.lock("alpha")

    with pytest.raises(ValueError, match=r"must name every requirement, also transitive ones, got none for beta;"):
        installed(project)


def test_rejects_requirements_that_contradict(project: Project) -> None:
    """Two requirements that exclude each other are both named."""
    project.add_wheel("alpha", requires=("beta>=2",))
    project.add_wheel("beta")
    project.lock("alpha", "beta")

    with pytest.raises(ValueError, match=r"Because all versions of alpha depend on beta>=2"):
        installed(project)


def test_judges_markers_for_lambda(project: Project) -> None:
    """A requirement for another platform is left out, one for Lambda's is installed, whatever this machine is."""
    project.add_wheel("alpha")
    project.add_wheel("beta")
    path = project.lock()
    path.write_text(
        path.read_text() + "alpha==1.0 ; platform_machine == 'aarch64' and python_version == '3.13'\n"
        "beta==1.0 ; sys_platform == 'win32'\n"
    )

    files = contents(installed(project))

    assert "alpha.py" in files
    assert "beta.py" not in files


def test_rejects_markers_with_pip(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pip would judge markers by this machine, so it does not get any."""
    monkeypatch.setattr(install, "find_uv", lambda: None)
    path = project.lock()
    path.write_text(path.read_text() + "alpha==1.0 ; python_version == '3.13'\n")

    with pytest.raises(ValueError, match=r"got 'alpha==1\.0; python_version == '3\.13''; install uv, or compile"):
        installed(project)


@SLOW_WITH_PIP
@pytest.mark.usefixtures("installer")
def test_installs_once(project: Project) -> None:
    """The second time nothing runs: the wheels may be gone."""
    project.add_wheel("alpha")
    project.lock("alpha")
    first = installed(project)
    for wheel in project.wheels.iterdir():
        wheel.unlink()

    assert first == installed(project)


def test_installs_anew_for_another_python(project: Project) -> None:
    """What is kept is kept for one platform."""
    project.add_wheel("alpha")
    project.lock("alpha")

    assert installed(project) != installed(project, PackageTarget(architecture="arm64", python="3.14"))


def test_runs_nothing_without_requirements(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty lock needs no installer."""
    monkeypatch.setattr(install, "find_uv", lambda: "/nonexistent/uv")

    assert {} == contents(installed(project))


def test_rejects_an_index_out_of_reach(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network failure is not blamed on the requirements."""
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (project.root / "requirements.txt").write_text("--index-url http://127.0.0.1:9/simple\nalpha==1.0\n")

    with pytest.raises(RuntimeError, match="the package index could not be reached"):
        installed(project)
