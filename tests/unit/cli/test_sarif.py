"""SARIF and annotations: what the schema says, and where in the repository a finding is."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.findings.help_uri import help_uri
from durable_mi.lint.rules import RULES as CODE_RULES
from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

# Imported by name, since it has no types.
SCHEMA = import_module("jsonschema").Draft4Validator(
    json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text())
)
BAD = """\
Resources:
  Order:
    Type: AWS::Lambda::Function
    Metadata: {durable-mi: {ignore: [DMI702], reason: tried}}
    Properties: {Runtime: python3.9, DurableConfig: {ExecutionTimeout: 60}}
  Nested: {Type: My::Own::Thing::MODULE}
"""


def log(run: Run, *arguments: str) -> dict[str, Any]:
    """Return the one run of a log that the schema allows."""
    content = json.loads(run(*arguments, "--output", "sarif").stdout)
    assert [] == [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(content)]
    (one,) = content["runs"]
    assert isinstance(one, dict)
    return one


def test_the_schema_is_one() -> None:
    """It rejects a log without its parts."""
    assert ["'runs' is a required property"] == [error.message for error in SCHEMA.iter_errors({"version": "2.1.0"})]


def test_check_writes_sarif(run: Run, project: Project) -> None:
    """Findings, suppressed ones, notes, errors, help and fingerprints."""
    project.write("my template.yaml", BAD)
    project.write("package.json", "{}")
    found = log(run, "check", "my template.yaml", "package.json", "--show-suppressed")
    results = {each["ruleId"]: each for each in found["results"]}

    assert {"DMI201", "DMI702"} == results.keys()
    assert "suppressions" not in results["DMI201"]
    assert [{"kind": "inSource", "justification": "tried (my template.yaml, Metadata of Order)"}] == results["DMI702"][
        "suppressions"
    ]
    assert found["invocations"][0]["executionSuccessful"] is False
    levels = [each["level"] for each in found["invocations"][0]["toolExecutionNotifications"]]
    assert ["error", "note"] == levels
    assert list(RULES) == [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert ["DMI201"] == [each["ruleId"] for each in log(run, "check", "my template.yaml")["results"]]


def test_lint_writes_sarif(run: Run, project: Project) -> None:
    """The same form."""
    project.workflow("order.py", "context.step(lambda _: 1, name=str(uuid.uuid4()))")
    project.write("broken.py", "def")
    found = log(run, "lint", ".")

    assert ["DMC103"] == [each["ruleId"] for each in found["results"]]
    assert list(CODE_RULES) == [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert ["error"] == [each["level"] for each in found["invocations"][0]["toolExecutionNotifications"]]


def test_check_writes_sarif_of_templates_and_code(run: Run, project: Project) -> None:
    """Each result has its rule."""
    project.workflow("cdk.out/code/order.py", "context.step(lambda _: 1, name=str(uuid.uuid4()))")
    project.assembly({"Order": project.function("code", Runtime="python3.9")}, {"code": "code"})
    found = log(run, "check", "cdk.out")
    rules = found["tool"]["driver"]["rules"]

    assert {"DMI201", "DMI702", "DMC103"} == {each["ruleId"] for each in found["results"]}
    assert all(each["ruleId"] == rules[each["ruleIndex"]]["id"] for each in found["results"])


@pytest.mark.parametrize("top", ["directory", "worktree"])
def test_files_are_named_from_the_repository(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch, top: str
) -> None:
    """Wherever in it the command runs; in a worktree ``.git`` is a file."""
    project.write(".git/HEAD" if top == "directory" else ".git", "")
    project.write("infra/deep/a.yaml", BAD)
    fingerprints = set()
    for here, path in (("", "infra"), ("infra/deep", "a.yaml"), ("infra", str(project.directory / "infra"))):
        monkeypatch.chdir(project.directory / here)
        (result,) = log(run, "check", path)["results"]
        location = result["locations"][0]["physicalLocation"]
        assert {"uri": "infra/deep/a.yaml"} == location["artifactLocation"]
        assert "file=infra/deep/a.yaml,line=5," in run("check", path, "--output", "github").stdout
        fingerprints.add(json.dumps(result["partialFingerprints"]))

    assert 1 == len(fingerprints)


def test_fingerprints_are_stable_and_differ(run: Run, project: Project) -> None:
    """Lines may move, and versions may get other ids; two findings that look alike have two."""
    line = "context.step(lambda _: 1, name=str(uuid.uuid4()))"
    project.workflow("order.py", line, line)
    before = [each["partialFingerprints"] for each in log(run, "lint", "order.py")["results"]]
    project.write("order.py", "\n\n" + (project.directory / "order.py").read_text())
    after = [each["partialFingerprints"] for each in log(run, "lint", "order.py")["results"]]

    assert before == after
    assert 2 == len({each["primaryLocationLineHash"] for each in before})


@pytest.mark.parametrize("rule", [*RULES.values(), *CODE_RULES.values()], ids=lambda rule: str(rule.id))
def test_each_rule_has_a_page(rule: Any) -> None:
    """Of AWS, without what else its source says."""
    page = help_uri(rule.source)

    assert page.startswith("https://docs.aws.amazon.com/")
    assert page.endswith(".html")
    assert " " not in page


def test_a_page_is_that_of_the_source() -> None:
    """The first that it names."""
    guide = "https://docs.aws.amazon.com/lambda/latest/dg"
    assert f"{guide}/durable-invoking.html" == help_uri("Lambda Developer Guide, durable-invoking and versioning")
    assert f"{guide}/durable-functions.html" == help_uri("tried with SDK 3.0.0")


def test_annotations_show_suppressed_findings_and_errors(run: Run, project: Project) -> None:
    """One line each."""
    project.write("a.yaml", BAD)
    lines = run("check", "a.yaml", "none.yaml", "--show-suppressed", "--output", "github").stdout.splitlines()

    assert [
        "error title=cannot be read",
        "error file=a.yaml",
        "notice file=a.yaml",
        "notice title=not looked into",
    ] == [line.removeprefix("::").partition("::")[0].partition(",")[0] for line in lines]
    assert "suppressed (a.yaml, Metadata of Order: tried)" in lines[2]
