"""``durable-mi lint`` on files and directories: outputs, exit status, what it leaves out and what it rejects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from durable_mi.lint.rules import RULES

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

ERROR = "context.step(lambda _: 1, name=str(uuid.uuid4()))"
WARNING = "context.step(lambda _: key, name='a')"
KEY = "key = str(uuid.uuid4())"


def rules(run: Run, *arguments: str) -> list[tuple[str, int]]:
    """Return the rules that were reported, with their lines."""
    found = json.loads(run("lint", *arguments, "--output", "json").stdout)["findings"]
    return [(finding["rule"], finding["line"]) for finding in found]


def test_reports_by_file_with_the_line(run: Run, project: Project) -> None:
    """As text: rule, place, source line, message, and how to learn more."""
    project.workflow("src/order.py", ERROR)
    done = run("lint", "src")
    lines = done.stdout.splitlines()

    assert (1, "") == (done.exit_code, done.stderr)
    assert ["src/order.py", "", "    error DMC103, line 6, column 40", f"      > {ERROR}"] == lines[:4]
    assert lines[4].startswith("      the name of an operation must be the same on replay")
    assert "1 error, 0 warnings (1 file). More about a rule: durable-mi lint --explain DMC103" == lines[-1]


def test_nothing_is_found_in_a_right_file(run: Run, project: Project) -> None:
    """It returns how much was read."""
    project.workflow("order.py", "return context.step(lambda _: 1, name='a')")
    done = run("lint", "order.py")

    assert (0, "Nothing found (1 file).\n", "") == (done.exit_code, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("lines", "arguments", "status"),
    [
        ((ERROR,), (), 1),
        ((KEY, WARNING), (), 0),
        ((KEY, WARNING), ("--fail-on", "warning"), 1),
        ((ERROR,), ("--ignore", "dmc103"), 0),
        (("return 1",), ("--fail-on", "warning"), 0),
    ],
)
def test_exit_status(
    run: Run, project: Project, lines: tuple[str, ...], arguments: tuple[str, ...], status: int
) -> None:
    """Errors count, and warnings if asked."""
    project.workflow("order.py", *lines)

    assert status == run("lint", "order.py", *arguments).exit_code


def test_gives_json(run: Run, project: Project) -> None:
    """Counts, and each finding with its place from the working directory."""
    project.workflow("src/order.py", KEY, WARNING, ERROR)
    document = json.loads(run("lint", str(project.directory / "src"), "--output", "json").stdout)
    found = document["findings"]

    assert (1, 1, 0, 1) == tuple(document[key] for key in ("errors", "warnings", "notes", "files"))
    assert [
        ("src/order.py", 6, 15, "DMC101", "warning"),
        ("src/order.py", 8, 40, "DMC103", "error"),
    ] == [tuple(finding[key] for key in ("file", "line", "column", "rule", "severity")) for finding in found]
    assert all(finding["message"] for finding in found)


def test_gives_sarif(run: Run, project: Project) -> None:
    """What SARIF 2.1.0 requires of a log, a tool, a rule, a result and a place in a file."""
    project.workflow("my src/order.py", KEY, WARNING, ERROR)
    done = run("lint", ".", "--output", "sarif")
    log = json.loads(done.stdout)
    (sarif_run,) = log["runs"]
    driver = sarif_run["tool"]["driver"]

    assert (1, "2.1.0", "durable-mi") == (done.exit_code, log["version"], driver["name"])
    assert list(RULES) == [rule["id"] for rule in driver["rules"]]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    assert {"error", "warning", "note"} == {rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert [("DMC101", "warning", 6, 15), ("DMC103", "error", 8, 40)] == [
        (result["ruleId"], result["level"], *place(result).values()) for result in sarif_run["results"]
    ]
    for result in sarif_run["results"]:
        (location,) = result["locations"]
        assert result["ruleId"] == driver["rules"][result["ruleIndex"]]["id"]
        assert {"uri": "my%20src/order.py"} == location["physicalLocation"]["artifactLocation"]
        assert result["message"]["text"]


def place(result: dict[str, list[dict[str, dict[str, dict[str, int]]]]]) -> dict[str, int]:
    """Return the region of a result."""
    return result["locations"][0]["physicalLocation"]["region"]


def test_gives_annotations(run: Run, project: Project) -> None:
    """GitHub's separators are escaped in names, and percent signs everywhere."""
    project.workflow("a,b%:c/order.py", KEY, WARNING)
    done = run("lint", ".", "--output", "github")

    assert done.stdout.startswith(
        "::warning file=a%2Cb%25%3Ac/order.py,line=6,col=15,title=DMC101%3A A value that differs "
        "each time is used in the flow::"
    )
    assert 1 == len(done.stdout.splitlines())


def test_gives_no_annotation_for_nothing(run: Run, project: Project) -> None:
    """Not even an empty line."""
    project.workflow("order.py", "return 1")

    assert "" == run("lint", "order.py", "--output", "github").stdout


def test_a_comment_ignores_a_finding(run: Run, project: Project) -> None:
    """The report returns how many."""
    project.workflow("order.py", f"{ERROR}  # durable-mi: ignore[DMC103] a test")
    done = run("lint", "order.py")

    assert (0, "Nothing found (1 file, 1 finding ignored by comments).\n") == (done.exit_code, done.stdout)


def test_follows_imports_from_the_working_directory(run: Run, project: Project) -> None:
    """Also where one file of a package without ``__init__.py`` is named."""
    project.write("shop/names.py", "import uuid\ndef new():\n    return str(uuid.uuid4())\n")
    project.workflow(
        "shop/handlers/order.py", "context.step(lambda _: 1, name=new())", imports="from shop.names import new"
    )

    assert [("DMC103", 6)] == rules(run, "shop/handlers/order.py")


def test_a_file_below_two_paths_is_reported_once(run: Run, project: Project) -> None:
    """However its path is written."""
    project.workflow("src/order.py", ERROR)

    assert [("DMC103", 6)] == rules(run, "src", "src/../src/order.py", ".")


def test_explains_a_rule(run: Run) -> None:
    """Of code and of templates, in any case, without a path."""
    assert run("lint", "--explain", "dmc101").stdout.startswith(f"DMC101 (warning): {RULES['DMC101'].title}\n\nWhy: ")
    assert run("lint", "--explain", "DMI101").stdout.startswith("DMI101 (error): ")


def test_rejects_a_file_that_is_not_python_after_the_others(run: Run, project: Project) -> None:
    """What the others have is reported all the same."""
    project.workflow("a.py", ERROR)
    project.write("b.py", "from aws_durable_execution_sdk_python import durable_execution\ndef (:\n")
    done = run("lint", ".")

    assert 2 == done.exit_code
    assert "error DMC103" in done.stdout
    assert "b.py must be Python that this interpreter can read, got line 2: invalid syntax" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            (),
            "a directory, or the directory that `cdk synth` wrote, such as cdk.out, got none",
        ),
        (("none.py",), "got none.py, which does not exist"),
        (("x" * 300,), "which cannot be read: File name too long"),
        (("/dev/null",), "got /dev/null, which is neither"),
        (("template.yaml",), "got template.yaml: for templates run `durable-mi check`"),
        ((".", "--ignore", "DMC999"), "--ignore must name rules such as DMI101, got 'DMC999'"),
        ((".", "--explain", "E1"), "--explain must name rules such as DMI101, got 'E1'"),
        ((".", "--output", "xml"), "'xml' is not one of 'text', 'json', 'sarif', 'github'"),
    ],
)
def test_rejects_wrong_usage(run: Run, project: Project, arguments: tuple[str, ...], says: str) -> None:
    """One line."""
    project.write("template.yaml", "Resources: {}\n")
    done = run("lint", *arguments)

    assert (2, "") == (done.exit_code, done.stdout)
    assert says in " ".join(done.stderr.split())
