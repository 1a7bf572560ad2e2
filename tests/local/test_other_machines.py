"""Handlers on another Python than the command's, and code that was packaged for another machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.workers.machine.interpreter import Interpreter, InterpreterError
from durable_mi.packaging import LockedRequirements, PackageTarget, installed_requirements

if TYPE_CHECKING:
    from collections.abc import Callable


DURABLE_MI = Path(sys.executable).parent / "durable-mi"
HANDLER = """\
import os, platform, sys

import markupsafe._speedups
import six


def handler(event, context):
    return {
        "python": list(sys.version_info[:2]),
        "executable": sys.executable,
        "compiled": markupsafe._speedups.__file__,
        "escaped": str(markupsafe._speedups._escape_inner("<b>")),
        "six": six.__version__,
        "root": os.environ["LAMBDA_TASK_ROOT"],
    }
"""
OTHER_ARCHITECTURE = {"x86_64": "arm64"}.get(platform.machine(), "x86_64")


def another_interpreter() -> Interpreter:
    """Return a Python of another version than this one where the machine has one, otherwise this one."""
    for version in ("3.14", "3.13", "3.12", "3.11"):
        try:
            found = Interpreter.find(version)
        except InterpreterError:
            continue
        if found.python != Interpreter.running().python:
            return found
    return Interpreter.running()


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@pytest.fixture
def compiled_app(
    tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return an app with one plain function, packaged with a compiled requirement for another architecture and 3.13."""
    monkeypatch.setenv("DURABLE_MI_CACHE_DIR", str(tmp_path / "cache"))
    resources = probe_template["Resources"]
    for name in [name for name in resources if not name.startswith(("Plain", "Capacity"))]:
        del resources[name]
    resources["Plain"]["Properties"]["Handler"] = "packaged.handler"
    app = write_assembly(tmp_path / "app", probe_template)
    asset = app / "asset.probe"
    for file in asset.iterdir():
        file.unlink()
    lock = asset / "requirements.txt"
    lock.write_text("markupsafe==3.0.2\nsix==1.17.0\n")
    target = PackageTarget(architecture=OTHER_ARCHITECTURE, python="3.13")
    installed = installed_requirements(LockedRequirements.read(lock), target)
    subprocess.run(["cp", "-R", f"{installed}/.", asset], check=True)
    (asset / "packaged.py").write_text(HANDLER)
    return app


def answer(local: Any) -> dict[str, Any]:
    """Return what the function answers."""
    invoked = local.client().invoke(FunctionName="Probe-Plain", Qualifier="live", Payload=b"{}")
    result: dict[str, Any] = json.loads(invoked["Payload"].read())
    assert "FunctionError" not in invoked, result
    return result


@pytest.mark.runtime_client
def test_host_builds_take_the_place_of_what_another_machine_needs(
    start: Callable[..., Any], compiled_app: Path
) -> None:
    """The same versions, compiled for this machine; what loads here stays as it was packaged, and so does the asset."""
    before = contents(compiled_app / "asset.probe")
    local = start("--quiet", "--environments", "1", "--concurrency", "1", app=compiled_app)
    result = answer(local)
    local.stop()
    assert Interpreter.running().suffixes[0] in result["compiled"]
    assert "&lt;b&gt;" == result["escaped"]
    assert "1.17.0" == result["six"]
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[OTHER_ARCHITECTURE]
    said = [line for line in local.output.splitlines() if line.startswith("Probe-Plain: ")]
    built = f"markupsafe 3.0.2, built for cp313-cp313-manylinux_2_17_{machine}"
    assert [f"Probe-Plain: {built}: replaced by the same versions for {Interpreter.running()}"] == said
    assert before == contents(compiled_app / "asset.probe")
    assert not Path(result["root"]).exists(), "the composed directory ends with the runtime"


@pytest.mark.slow
@pytest.mark.runtime_client
def test_the_user_picks_the_interpreter(start: Callable[..., Any], compiled_app: Path) -> None:
    """It runs the handler with host builds for itself, and nothing is installed into it."""
    interpreter = another_interpreter()
    look = "import importlib.util; print(importlib.util.find_spec('awslambdaric'))"
    command = [str(interpreter.executable), "-I", "-c", look]
    before = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    options = ("--quiet", "--environments", "1", "--concurrency", "1", "--python", str(interpreter.executable))
    local = start(*options, app=compiled_app)
    result = answer(local)
    local.stop()
    assert list(interpreter.version[:2]) == result["python"]
    assert str(interpreter.executable) == result["executable"]
    assert interpreter.suffixes[0] in result["compiled"]
    assert before == subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert ("Warning: python3.13 functions run on" in local.output) == (interpreter.python != "3.13")


@pytest.mark.runtime_client
def test_the_example_runs_on_another_interpreter(start: Callable[..., Any], example_app: Path) -> None:
    """The durable execution SDK, its checkpoints and a wait, on a Python that the command does not run on."""
    interpreter = another_interpreter()
    options = (
        "--skip-time",
        "--no-limits",
        "--environments",
        "1",
        "--concurrency",
        "2",
        "--python",
        str(interpreter.executable),
    )
    local = start(*options, app=example_app)
    client = local.client()
    name = client.list_functions()["Functions"][0]["FunctionName"]
    invoked = client.invoke(FunctionName=name, Qualifier="live", Payload=b'{"orderId": "order-1"}')
    assert "processed" == json.loads(invoked["Payload"].read())["status"]


def test_another_python_is_warned_of(start: Callable[..., Any]) -> None:
    """Before the start, with the option that mends it."""
    running = Interpreter.running()
    local = start("--quiet", "--function", "Plain", "--environments", "1", "--concurrency", "1")
    warned = "Warning: python3.13 functions run on" in local.output
    assert warned == (running.python != "3.13")
    assert ("use --python 3.13 for python3.13" in local.output) == warned


def test_rejects_a_version_without_a_build_for_this_machine(compiled_app: Path) -> None:
    """One line that names the package, the machine and the way out."""
    asset = compiled_app / "asset.probe"
    (asset / "requirements.txt").unlink()
    metadata = asset / "MarkupSafe-3.0.2.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 3.0.2", "Version: 3.0.2.dev77"))
    command = [str(DURABLE_MI), "local", "--app", str(compiled_app), "--port", "0", "--quiet"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=dict(os.environ))
    assert 1 == ended.returncode
    assert 1 == len(ended.stderr.strip().splitlines())
    assert ended.stderr.startswith("Error: Probe-Plain: markupsafe 3.0.2.dev77, built for cp313-cp313-manylinux")
    assert "select another interpreter with --python" in ended.stderr


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("9.9", "no Python 9.9 found on PATH, in pyenv or among uv's"),
        ("/nowhere/python", "the interpreter must be a version such as 3.13 or the path of a Python"),
        ("/bin/true", "the interpreter must be CPython 3.11 or newer, got /bin/true"),
    ],
)
def test_rejects_an_interpreter_that_cannot_run_handlers(wanted: str, says: str, probe_app: Path) -> None:
    """A usage error of one line."""
    command = [str(DURABLE_MI), "local", "--app", str(probe_app), "--port", "0", "--python", wanted]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 2 == ended.returncode
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
