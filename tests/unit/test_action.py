"""The action for GitHub Actions: what its format requires, and that its script runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
BAD = """\
Resources:
  Order:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.9, DurableConfig: {ExecutionTimeout: 60}}
"""


def run(directory: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the last step as the runner does: inputs in its variables, this environment for the installed one."""
    given = {name: str(each["default"]) for name, each in ACTION["inputs"].items()} | inputs
    step = STEPS[-1]
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: given[match[1]], value)
        for name, value in step["env"].items()
    }
    temporary = directory / "runner"
    (temporary / "durable-mi").mkdir(parents=True, exist_ok=True)
    if not (temporary / "durable-mi/bin").exists():
        (temporary / "durable-mi/bin").symlink_to(Path(sys.executable).parent)
    script = directory / "runner/script.sh"
    script.write_text(step["run"])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
        cwd=directory / given["working-directory"],
        env={"PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(temporary), **variables},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_it_is_a_composite_action() -> None:
    """With what the metadata syntax requires; every input has a default and is used."""
    text = (ROOT / "action.yml").read_text()

    assert "composite" == ACTION["runs"]["using"]
    assert ACTION["name"]
    assert all({"description", "default"} == each.keys() for each in ACTION["inputs"].values())
    assert set(ACTION["inputs"]) == set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", text))
    assert all("bash" == step["shell"] for step in STEPS if "run" in step)
    assert all("${{" not in step["run"] for step in STEPS if "run" in step)


def test_it_annotates_and_writes_sarif(tmp_path: Path) -> None:
    """And fails the job."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/order.yaml").write_text(BAD)
    (tmp_path / "infra/other.json").write_text("{}")
    done = run(tmp_path, **{"paths": "*.yaml other*", "sarif-file": "found.sarif", "working-directory": "infra"})

    assert (1, "") == (done.returncode, done.stderr)
    assert "::error file=infra/order.yaml,line=4," in done.stdout
    log = json.loads((tmp_path / "infra/found.sarif").read_text())
    assert {"DMI201", "DMI702"} == {each["ruleId"] for each in log["runs"][0]["results"]}


@pytest.mark.parametrize(
    ("inputs", "arguments"),
    [
        ({}, ["check", "--output", "github", "--", "cdk.out"]),
        (
            {"command": "lint", "paths": "src  tests/*.py", "fail-on": "warning", "baseline": "base line.json"},
            ["lint", "--fail-on=warning", "--baseline=base line.json", "--output", "github", "--", "src", "tests/*.py"],
        ),
        ({"paths": "$(touch a);touch a"}, ["check", "--output", "github", "--", "$(touch", "a);touch", "a"]),
        ({"command": "init"}, ["::error::command must be check or lint, got init: correct it"]),
    ],
)
def test_its_inputs_are_options(tmp_path: Path, inputs: dict[str, str], arguments: list[str]) -> None:
    """None of them is a part of the script; the program here prints its arguments."""
    program = tmp_path / "runner/durable-mi/bin/durable-mi"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    program.chmod(0o755)
    done = run(tmp_path, **inputs)

    assert (arguments, "") == (done.stdout.splitlines(), done.stderr)
    assert (2 if "init" in inputs.values() else 0) == done.returncode
    assert not (tmp_path / "a").exists()
