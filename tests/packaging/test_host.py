"""Requirements installed for an interpreter of this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.packaging import host
from durable_mi.packaging.host import HostInstallError, installed_for_interpreter
from tests.packaging.conftest import SLOW_WITH_PIP

if TYPE_CHECKING:
    from tests.packaging.conftest import Project

PYTHON = Path(sys.executable)
HERE = "this machine"


@pytest.fixture(params=["uv", "pip"])
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two installers."""
    if request.param == "pip":
        monkeypatch.setattr(host, "find_uv", lambda: None)
    return str(request.param)


def source(project: Project) -> tuple[str, str]:
    """Options that lead to the project's own wheels, with no network."""
    return ("--no-index", f"--find-links {project.wheels.as_uri()}")


@pytest.mark.usefixtures("installer")
def test_markers_are_judged_by_the_interpreter(project: Project) -> None:
    """One that is not true of it leaves its line out; nothing but the lines is installed."""
    project.add_wheel("left", requires=("unasked",))
    project.add_wheel("right")
    lines = (*source(project), "left==1.0", "right==1.0 ; python_version < '3'")
    made = installed_for_interpreter(lines, PYTHON, HERE)
    assert ["left-1.0.dist-info", "left.py"] == sorted(path.name for path in made.iterdir() if path.name != "bin")


def test_the_same_lines_are_installed_once(project: Project) -> None:
    """And again for another interpreter."""
    project.add_wheel("left")
    lines = (*source(project), "left==1.0")
    made = installed_for_interpreter(lines, PYTHON, HERE)
    for wheel in project.wheels.iterdir():
        wheel.unlink()
    assert made == installed_for_interpreter(lines, PYTHON, HERE)
    with pytest.raises(HostInstallError):
        installed_for_interpreter(lines, PYTHON, "another machine")


@SLOW_WITH_PIP
@pytest.mark.usefixtures("installer")
def test_rejects_a_requirement_without_a_wheel_for_the_interpreter(project: Project) -> None:
    """It is named, with what it was wanted for."""
    project.add_wheel("left", tag="cp27-cp27m-manylinux2014_aarch64")
    with pytest.raises(HostInstallError, match=r"left==1\.0 must have a wheel for this machine"):
        installed_for_interpreter((*source(project), "left==1.0"), PYTHON, HERE)


@SLOW_WITH_PIP
@pytest.mark.usefixtures("installer")
def test_rejects_a_wheel_with_another_hash(project: Project) -> None:
    """The lock's hashes hold here too."""
    project.add_wheel("left")
    line = f"left==1.0 --hash=sha256:{'0' * 64}"
    with pytest.raises(HostInstallError, match=r"(?i)hash"):
        installed_for_interpreter((*source(project), line), PYTHON, HERE)


def test_rejects_a_machine_without_an_installer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the command that brings one."""
    monkeypatch.setattr(host, "find_uv", lambda: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(HostInstallError, match="pip install uv"):
        installed_for_interpreter(("left==1.0",), PYTHON, HERE)
