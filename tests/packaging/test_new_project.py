"""A new project as its author tries it first: empty home, no tool but Python, git, make and the system's own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from durable_mi.scaffold.templates import TEMPLATES
from tests.newcomer import newcomer_environment

ROOT = Path(__file__).parents[2]
LONGEST_S = 600


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this source."""
    directory = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"]
    subprocess.run([*build, directory, ROOT], capture_output=True, check=True)
    (built,) = directory.iterdir()
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a new user."""
    return newcomer_environment(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("bin"))


def make(target: str, project: Path, wheel: Path, environment: dict[str, str]) -> str:
    """Run a target of the project's Makefile and return its output."""
    ended = subprocess.run(
        ["make", target, f"DURABLE_MI_WHEEL={wheel}"],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert 0 == ended.returncode, ended.stdout
    return ended.stdout


@pytest.mark.slow
@pytest.mark.timeout(2 * LONGEST_S)
@pytest.mark.parametrize("template", TEMPLATES)
def test_demo_and_tests_are_green_at_once(
    template: str, tmp_path: Path, wheel: Path, environment: dict[str, str]
) -> None:
    """From `init` to the end of the first execution it takes minutes, downloads included."""
    began = time.monotonic()
    command = Path(sys.executable).with_name("durable-mi")
    subprocess.run(
        [command, "init", "first-one", "--template", template], cwd=tmp_path, check=True, capture_output=True
    )
    project = tmp_path / "first-one"

    demo = make("demo", project, wheel, environment)
    first = time.monotonic() - began
    tests = make("test", project, wheel, environment)

    print(f"\n{template}: the first own workflow after {first:.0f} s, its tests after {time.monotonic() - began:.0f} s")  # noqa: T201
    assert "Status   SUCCEEDED" in demo
    assert "Nothing found (1 template, 1 durable or managed-instances function, the code of 1 function)." in tests
    assert first < LONGEST_S
    assert (project / "tests/__snapshots__/test_stack/test_template.json").is_file()

    again = make("test", project, wheel, {**environment, "CI": "true"})
    assert "1 snapshot passed" in again
