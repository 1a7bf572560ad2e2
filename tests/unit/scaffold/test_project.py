"""A new project: its files, and the directory that it is written to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from durable_mi.cli.group import durable_mi
from durable_mi.lint.report import lint
from durable_mi.scaffold.project import project_files, write_project
from durable_mi.scaffold.project_name import ProjectName
from durable_mi.scaffold.templates import TEMPLATES

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "order_workflow"
NAMES = ("x", "loan-approval", "a23456789-a23456789-a23456789-a234567890")


def init(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(durable_mi, ["init", *arguments])


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_code_passes_ruff_and_lint(template: str, name: str) -> None:
    """By the project's own settings, whatever the length of its name."""
    write_project(Path(name), project_files(ProjectName.parse(name), template))

    for command in (["check"], ["format", "--check"]):
        ended = subprocess.run(["ruff", *command, "."], cwd=name, capture_output=True, text=True, check=False)
        assert 0 == ended.returncode, ended.stdout
    report = lint([Path(name) / "workflow"])
    assert (1, ()) == (report.files, report.findings)


@pytest.mark.parametrize("template", TEMPLATES)
def test_everything_is_filled_in(template: str) -> None:
    """No placeholder is left, and the files parse."""
    files = project_files(ProjectName.parse("loan-approval"), template)

    assert {} == {path: text for path, text in files.items() if "<<" in text or "MODULE" in text + str(path)}
    assert {".gitignore", ".github/dependabot.yml", ".github/workflows/ci.yml", "Makefile", "README.md"} <= {
        str(path) for path in files
    }
    assert PurePosixPath("workflow/loan_approval.py") in files
    tomllib.loads(files[PurePosixPath("pyproject.toml")])
    yaml.safe_load(files[PurePosixPath(".github/workflows/ci.yml")])
    for path, text in files.items():
        if path.suffix == ".json":
            json.loads(text)
        if path.suffix == ".py":
            compile(text, str(path), "exec")


def test_flags_and_lock_are_those_of_the_reference_example() -> None:
    """Copies, since a project is read alone; the lock has names and hashes, and no address."""
    for folder in (*EXAMPLE.parent.glob("*/cdk.json"),):
        assert (EXAMPLE / "cdk.json").read_text() == folder.read_text()
    for folder in (*EXAMPLE.parent.glob("*/workflow/requirements.*"),):
        assert (EXAMPLE / "workflow" / folder.name).read_text() == folder.read_text()
    files = project_files(ProjectName.parse("x"), "minimal")
    for path in ("cdk.json", "workflow/requirements.txt", "workflow/requirements.in"):
        assert (EXAMPLE / path).read_text() == files[PurePosixPath(path)]
    assert [] == re.findall(r"https?:|index-url|find-links", files[PurePosixPath("workflow/requirements.txt")])


def test_tools_are_those_of_this_repository() -> None:
    """A project begins with the versions that it was tried with."""
    pinned = set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    files = project_files(ProjectName.parse("x"), "minimal")
    wanted = tomllib.loads(files[PurePosixPath("pyproject.toml")])["dependency-groups"]["dev"]
    cdk_version = re.compile(r"^CDK_VERSION := (.*)$", re.MULTILINE)

    assert set() == set(wanted) - pinned
    assert cdk_version.findall((ROOT / "Makefile").read_text()) == cdk_version.findall(files[PurePosixPath("Makefile")])


def setup_of(project: Path, *arguments: str, **variables: str) -> str:
    """Return the commands that `make setup` would run."""
    environment = {name: value for name, value in os.environ.items() if name != "DURABLE_MI_WHEEL"} | variables
    run = ["make", "--dry-run", "setup", *arguments]
    return subprocess.run(run, cwd=project, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_later_setup_installs_from_where_the_first_did() -> None:
    """A change of pyproject.toml asks for one, and an index need not have a release."""
    project = Path("orders")
    write_project(project, project_files(ProjectName.parse("orders"), "minimal"))
    assert '"durable-mi-constructs[testing]"' in setup_of(project)
    assert '"/a checkout[testing]"' in setup_of(project, "DURABLE_MI_WHEEL=/a checkout")
    (kept,) = re.findall(r"^printf .*$", setup_of(project, "DURABLE_MI_WHEEL=/a checkout"), re.MULTILINE)
    (project / ".venv").mkdir()
    subprocess.run(["sh", "-c", kept], cwd=project, check=True)

    assert '"/a checkout[testing]"' in setup_of(project)
    assert '"/b[testing]"' in setup_of(project, DURABLE_MI_WHEEL="/b")
    assert '"durable-mi-constructs[testing]"' in setup_of(project, "DURABLE_MI_WHEEL=")


def test_the_setup_checks_python_as_that_of_this_repository_does() -> None:
    """One line, before anything is installed."""
    check = re.compile(r"^\t@\$\(PYTHON\) -c .*sys.exit.*$", re.MULTILINE)
    makefile = project_files(ProjectName.parse("orders"), "minimal")[PurePosixPath("Makefile")]

    assert check.findall(makefile)
    assert check.findall((ROOT / "Makefile").read_text()) == check.findall(makefile)


@pytest.mark.parametrize(
    ("path", "variable", "shown"),
    [
        (None, "", "make demo"),
        (Path("/a checkout"), "", "make demo DURABLE_MI_WHEEL='/a checkout'"),
        (Path("/a checkout"), "/b", "make demo"),
    ],
)
def test_command_writes_the_project_and_names_the_next_commands(
    path: Path | None, variable: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default is the approval. What is on no index is installed from where the command was."""
    monkeypatch.setattr("durable_mi.cli.project.init.installed_from", lambda: path)
    monkeypatch.setenv("DURABLE_MI_WHEEL", variable)
    ended = init("loan-approval")

    assert 0 == ended.exit_code, ended.output
    assert ended.output.endswith(f"\n  cd loan-approval\n  {shown}\n  make test\n")
    expected = project_files(ProjectName.parse("loan-approval"), "approval")
    assert expected == {path: (Path("loan-approval") / path).read_text() for path in expected}


def test_an_empty_directory_is_used() -> None:
    """Such as one that was just created for it."""
    Path("orders").mkdir()

    assert 0 == init("orders").exit_code
    assert Path("orders/app.py").is_file()


@pytest.mark.parametrize("kind", ["file in it", "hidden file in it", "file", "broken link", "link to a file"])
def test_rejects_a_directory_with_content(kind: str) -> None:
    """One line, and nothing is written or overwritten."""
    there = Path("orders")
    match kind:
        case "file":
            there.write_text("mine")
        case "broken link":
            there.symlink_to("nowhere")
        case "link to a file":
            Path("other").write_text("mine")
            there.symlink_to("other")
        case _:
            there.mkdir()
            (there / (".env" if kind.startswith("hidden") else "app.py")).write_text("mine")
    before = sorted(Path().rglob("*"))

    ended = init("orders")

    assert 2 == ended.exit_code
    assert ended.output.splitlines()[-1].startswith("Error: the directory of the project must be empty or new, orders ")
    assert before == sorted(Path().rglob("*"))
    assert not Path("nowhere").exists()


@pytest.mark.parametrize("name", ["json", "../up", "a b", ""])
def test_rejects_a_name_in_one_line(name: str) -> None:
    """Nothing is written."""
    ended = init(name)

    assert 2 == ended.exit_code
    assert 1 == ended.output.count("Error:")
    assert [] == list(Path().iterdir())
