"""The page on preflight, followed as it is written: its files and its commands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from durable_mi.cli.group import durable_mi

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/preflight.md").read_text()
FILE = re.compile(r'^```\w+ title="([\w./-]+)"\n(.*?)^```', re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ (.*durable-mi check.*)$", re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with the page's files and those that its commands name."""
    monkeypatch.chdir(tmp_path)
    for name, content in FILE.findall(PAGE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    template = (tmp_path / "template.yaml").read_text()
    for name in ("infra/template.yaml", "stacks/deep/orders.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(template)
    content = json.dumps(yaml.safe_load(template))
    (tmp_path / "other-template.json").write_text(content)
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "cdk.out/Shop.template.json").write_text(content)
    artifact = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"}
    (tmp_path / "cdk.out/manifest.json").write_text(json.dumps({"artifacts": {"Shop": artifact}}))
    return tmp_path


def test_the_commands_of_the_page_run_one_after_the_other(project: Path) -> None:
    """Each finds nothing, since the page's template leaves out what there is."""
    (project / "durable-mi-baseline.json").write_text('{"version": 1, "findings": []}')
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "add", "--all"], check=True)
    commands = COMMAND.findall(PAGE)
    for command in commands:
        # The shell's part, of which the command itself knows nothing: what comes in, and where the output goes.
        before, _, arguments = command.partition("durable-mi check")
        given, words = "", shlex.split(arguments.partition(" > ")[0])
        if before:
            came = subprocess.run(before.partition("|")[0], shell=True, capture_output=True, text=True, check=True)  # noqa: S602 - the page's
            given = came.stdout
            words += given.split() if "xargs" in before else []
        done = CliRunner().invoke(durable_mi, ["check", *words], input=given, prog_name="durable-mi")
        assert (0, "") == (done.exit_code, done.stderr), command
        assert done.stdout
    assert 9 <= len(commands)


def test_the_template_of_the_page_leaves_out_what_it_says(project: Path) -> None:
    """With the reason, and no rule in vain."""
    (project / "pyproject.toml").unlink()
    done = CliRunner().invoke(durable_mi, ["check", "template.yaml", "--show-suppressed"])
    shown = " ".join(done.stdout.split())

    assert 2 == shown.count("other systems know the function by this name")
    assert "Suppresses nothing" not in shown


def test_the_workflow_of_the_page_gives_the_action_its_inputs() -> None:
    """Those that it has."""
    (workflow,) = (yaml.safe_load(content) for name, content in FILE.findall(PAGE) if name.startswith(".github"))
    (step,) = (each for each in workflow["jobs"]["check"]["steps"] if "durable-mi" in each["uses"])
    action = yaml.safe_load((ROOT / "action.yml").read_text())

    assert set() == step["with"].keys() - action["inputs"].keys()
