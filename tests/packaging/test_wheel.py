"""The built wheel, installed into an empty environment outside of the source tree."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

APP = """\
import aws_cdk as cdk
from durable_mi_constructs import DurableManagedFunction, PythonCode

app = cdk.App(outdir="cdk.out")
DurableManagedFunction(
    cdk.Stack(app, "Orders"), "Workflow",
    code=PythonCode.from_project("workflow"), handler="app.handler", execution_timeout=cdk.Duration.hours(1),
)
app.synth()
"""

HANDLER = """\
from aws_durable_execution_sdk_python import durable_execution


@durable_execution
def handler(event, context): ...
"""

EXTRAS = ["boto3", "click", "rich", "starlette", "awslambdaric"]

WITHOUT_EXTRAS = [
    "durable_mi.cloudformation.assembly",
    "durable_mi.checks",
    "durable_mi.cli",
    "durable_mi.limits",
    "durable_mi.packaging",
    "durable_mi.testing.readiness",
    "durable_mi_constructs.testing",
]

PAGE = REPOSITORY / "docs/how-to/snapshots.md"
FILE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """An environment that holds the wheel and what it requires, and nothing else."""

    wheel: Path
    programs: Path
    directory: Path

    def run(self, program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs away from the source tree, with more environment variables."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
        return subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.directory,
            env=environment | {"DURABLE_MI_CACHE_DIR": str(self.directory / "cache")} | variables,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel: a new build, or the one in DURABLE_MI_DIST, which a release publishes."""
    directory = tmp_path_factory.mktemp("installed")
    built = os.environ.get("DURABLE_MI_DIST")
    dist = Path(built).absolute() if built else directory / "dist"
    if not built:
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"]
        subprocess.run([*build, dist, REPOSITORY], capture_output=True, check=True)
    (wheel,) = dist.glob("*.whl")
    venv = directory / "venv"
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, venv], check=True)
    add(str(wheel), venv / "bin")
    return Installed(wheel=wheel, programs=venv / "bin", directory=directory)


def add(requirement: str, programs: Path) -> None:
    """Install the wheel, or the wheel with extras, into an environment."""
    pinned = REPOSITORY / "requirements" / "dev.txt"
    command = ["uv", "pip", "install", "--quiet", "--python", str(programs / "python"), "--constraint", str(pinned)]
    subprocess.run([*command, requirement], check=True)


@pytest.fixture(scope="module")
def with_testing(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Add the extra `testing`, and write the files that the how-to page shows; the environment is bare no more."""
    directory = tmp_path_factory.mktemp("with_testing")
    for name, content in FILE.findall(PAGE.read_text()):
        (directory / name).write_text(content)
    add(f"durable-mi-constructs[testing] @ {installed.wheel.as_uri()}", installed.programs)
    return replace(installed, directory=directory)


def test_wheel_holds_both_packages_typed(installed: Installed) -> None:
    """Both packages say that they are typed, and nothing else is in the wheel."""
    with zipfile.ZipFile(installed.wheel) as archive:
        names = archive.namelist()

    assert {"durable_mi/py.typed", "durable_mi_constructs/py.typed"} <= set(names)
    assert {
        "durable_mi",
        "durable_mi_constructs",
    } == {name.split("/")[0].split("-")[0] for name in names}


def test_ten_line_app_synthesizes(installed: Installed) -> None:
    """What a user writes first works with the wheel alone, and quietly."""
    (installed.directory / "app.py").write_text(APP)
    (installed.directory / "workflow").mkdir()
    (installed.directory / "workflow" / "app.py").write_text(HANDLER)
    lock = REPOSITORY / "examples" / "order_workflow" / "workflow" / "requirements.txt"
    (installed.directory / "workflow" / "requirements.txt").write_bytes(lock.read_bytes())

    run = installed.run("python", "app.py")

    assert (0, "") == (run.returncode, run.stdout), run.stderr
    assert "Bundling asset Orders/Workflow/Resource/Code/Stage...\n" == run.stderr
    template = json.loads((installed.directory / "cdk.out" / "Orders.template.json").read_text())
    types = [resource["Type"] for resource in template["Resources"].values()]
    assert {"AWS::Lambda::CapacityProvider", "AWS::Lambda::Version", "AWS::Lambda::Alias"} <= set(types)
    # The workflow, and the janitor of its old versions, whose code comes out of the wheel.
    assert 2 == types.count("AWS::Lambda::Function")


def test_bare_install_has_no_extras(installed: Installed) -> None:
    """A CDK app does not pay for the command line or the local runtime."""
    run = installed.run("python", "-c", f"from importlib.util import find_spec; print(*map(find_spec, {EXTRAS}))")

    assert (0, " ".join(["None"] * len(EXTRAS)) + "\n", "") == (run.returncode, run.stdout, run.stderr)


def test_modules_without_extras_import(installed: Installed) -> None:
    """What the constructs use, and the command line's door, need no extra."""
    run = installed.run("python", "-c", "".join(f"import {module}\n" for module in WITHOUT_EXTRAS))

    assert (0, "", "") == (run.returncode, run.stdout, run.stderr)


def test_command_names_the_extra_in_one_line(installed: Installed) -> None:
    """Without its extra the command says what to install, and shows no traceback."""
    run = installed.run("durable-mi", "--help")

    assert 0 != run.returncode
    assert "" == run.stdout
    assert 1 == run.stderr.count("\n")
    assert "pip install 'durable-mi-constructs[cli]'" in run.stderr


def test_snapshots_name_the_extra_in_one_line(installed: Installed) -> None:
    """The last line of the import's error says what to install."""
    run = installed.run("python", "-c", "import durable_mi_constructs.testing.snapshot")

    assert 1 == run.returncode
    assert (
        "ModuleNotFoundError: durable_mi.testing.snapshot needs syrupy, which is not installed: "
        "pip install 'durable-mi-constructs[testing]'"
    ) == run.stderr.splitlines()[-1]


@pytest.mark.slow
def test_the_extra_runs_the_tests_of_the_page(with_testing: Installed) -> None:
    """The snapshot is written, passes afterwards, and nothing warns."""
    update = with_testing.run("pytest", "-q", "-W", "error", "--snapshot-update")
    assert 0 == update.returncode, update.stdout + update.stderr
    written = (with_testing.directory / "__snapshots__/test_orders/test_template.json").read_text()
    assert '"WorkflowCurrentVersion<hash>": {' in written

    # CDK has validated the same template a moment ago, which takes longer than all else.
    again = with_testing.run("pytest", "-q", "-W", "error", CDK_VALIDATION="false")
    assert 0 == again.returncode, again.stdout + again.stderr
    assert "2 passed" in again.stdout
