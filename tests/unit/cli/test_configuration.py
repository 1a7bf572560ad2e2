"""``[tool.durable-mi]`` of a ``pyproject.toml``, for ``durable-mi check`` and ``durable-mi lint``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.cli.findings.globs import Globs

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

ERROR = "context.step(lambda _: 1, name=str(uuid.uuid4()))"


def files(run: Run, *arguments: str) -> list[str]:
    """Return the files with findings."""
    return [each["file"] for each in json.loads(run(*arguments, "--output", "json").stdout)["findings"]]


def test_lint_leaves_out_rules_and_files(run: Run, project: Project) -> None:
    """The command line adds to the rules."""
    project.workflow("src/order.py", ERROR)
    project.workflow("tests/order.py", ERROR)
    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["tests"]\n')
    assert ["src/order.py"] == files(run, "lint", ".")

    project.write("pyproject.toml", '[tool.durable-mi]\nignore = ["dmc103", "DMI101"]\n')
    assert [] == files(run, "lint", ".")

    project.write("pyproject.toml", '[tool.durable-mi]\nignore = ["DMC101"]\n')
    assert [] == files(run, "lint", ".", "--ignore", "DMC103")


def test_a_module_that_a_workflow_imports_is_excluded_too(run: Run, project: Project) -> None:
    """It is followed, and nothing is reported about it."""
    project.write(
        "steps.py",
        "import requests\nfrom aws_durable_execution_sdk_python import durable_step\n"
        "@durable_step\ndef fetch(step_context):\n    return requests.get('x').text\n",
    )
    project.workflow("order.py", "return context.step(fetch())", imports="from steps import fetch")
    assert ["steps.py"] == files(run, "lint", "order.py")

    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["steps.py"]\n')
    assert [] == files(run, "lint", "order.py")


def test_a_file_that_is_named_is_excluded_too(run: Run, project: Project) -> None:
    """pre-commit names every file."""
    project.workflow("tests/order.py", ERROR)
    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["tests/**"]\n')

    assert "Nothing found (0 files).\n" == run("lint", "tests/order.py").stdout


def test_check_leaves_out_rules_templates_and_code(run: Run, project: Project) -> None:
    """Globs are about the files in the cloud assembly."""
    project.workflow("cdk.out/asset.a/order.py", ERROR)
    project.assembly({"Order": project.function("a")}, {"a": "asset.a"})
    template = "cdk.out/Shop.template.json"
    assert [template, "cdk.out/asset.a/order.py"] == files(run, "check", "cdk.out")

    project.write("pyproject.toml", '[tool.durable-mi]\nignore = ["DMI702"]\n')
    assert ["cdk.out/asset.a/order.py"] == files(run, "check", "cdk.out")

    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["order.py"]\n')
    assert [template] == files(run, "check", "cdk.out")

    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["*.template.json"]\n')
    assert [] == files(run, "check", "cdk.out")


def test_the_nearest_file_with_the_table_counts(run: Run, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of a repository need not repeat it; globs begin where it is."""
    project.workflow("a/order.py", ERROR)
    project.workflow("a/old.py", ERROR)
    project.write("a/pyproject.toml", '[project]\nname = "durable-mi-app"\n')
    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["a/old.py"]\n')
    monkeypatch.chdir(project.directory / "a")
    assert ["order.py"] == files(run, "lint", ".")

    project.write("a/pyproject.toml", "[tool.durable-mi]\n")
    assert ["old.py", "order.py"] == files(run, "lint", ".")


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "[tool.durable-mi]\nignor = []",
            "must have no other keys than ignore, exclude, baseline, fail-on, got 'ignor': correct or remove it",
        ),
        ("[tool.durable-mi]\nbaseline = 1", "baseline of [tool.durable-mi] in "),
        ('[tool.durable-mi]\nfail-on = "note"', "must be error or warning, got 'note': correct it"),
        (
            '[tool.durable-mi]\nignore = "DMC101"',
            "must be a list of texts such as [\"DMC501\"], got 'DMC101': put texts into a list",
        ),
        ("[tool.durable-mi]\nignore = [101]", 'must be a list of texts such as ["DMC501"], got [101]'),
        ("[tool.durable-mi]\nexclude = { a = 1 }", "must be a list of texts such as [\"tests/**\"], got {'a': 1}"),
        ('[tool.durable-mi]\nexclude = [""]', "must be a list of texts such as [\"tests/**\"], got ['']"),
        ('[tool.durable-mi]\nignore = ["DMC999"]', "must name rules such as DMI101, got 'DMC999'"),
        ("[tool]\ndurable-mi = 1", "must be a table, got 1: write [tool.durable-mi]"),
        ("[tool.durable-mi", "pyproject.toml must be TOML in UTF-8, got Expected ']'"),
    ],
)
def test_rejects_what_it_cannot_mean(run: Run, project: Project, command: str, content: str, says: str) -> None:
    """One line that names the file."""
    project.write("pyproject.toml", content)
    project.write("order.py", "")
    project.assembly({}, {})
    done = run(command, "cdk.out")

    assert (2, "") == (done.exit_code, done.stdout)
    line = " ".join(done.stderr.split())
    assert says in line
    assert "pyproject.toml" in line


@pytest.mark.parametrize(
    ("glob", "file", "is_matched"),
    [
        ("tests", "tests/a.py", True),
        ("tests", "src/tests/a.py", True),
        ("tests", "mytests/a.py", False),
        ("./tests/", "tests/deep/a.py", True),
        ("tests/*", "tests/a.py", True),
        ("tests/*", "tests/deep/a.py", True),
        ("tests/*.py", "tests/deep/a.py", False),
        ("tests/*.py", "src/tests/a.py", False),
        ("tests/**/a.py", "tests/a.py", True),
        ("tests/**/a.py", "tests/b/c/a.py", True),
        ("**/gen_*.py", "src/gen_a.py", True),
        ("*_test.py", "src/order_test.py", True),
        ("*.py", "src/order.pyc", False),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("[ab].py", "b.py", True),
        ("[!ab].py", "b.py", False),
        ("[!ab].py", "c.py", True),
        ("a.py", "aXpy", False),
        ("/src", "src/a.py", True),
        ("a[.py", "a[.py", True),
        ("src", "../src/a.py", True),
        ("src/a.py", "../src/a.py", False),
    ],
)
def test_globs(glob: str, file: str, *, is_matched: bool) -> None:
    """As in the exclude lists of other tools."""
    directory = Path(os.sep, "project")

    assert is_matched is Globs(directory, [glob]).match(directory / file)
