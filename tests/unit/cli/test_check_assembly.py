"""What ``durable-mi check`` makes of a cloud assembly of which a part is broken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

BAD = {
    "Type": "AWS::Lambda::Function",
    "Properties": {"Runtime": "python3.9", "DurableConfig": {"ExecutionTimeout": 60}},
}
STACK = "aws:cloudformation:stack"
STAGE = "cdk:cloud-assembly"


def assembly(project: Project, **broken: str) -> None:
    """Write an app of three stacks, the last of them in a stage; some files have another text."""
    template = json.dumps({"Resources": {"Order": BAD}})
    files = {
        "manifest.json": json.dumps(
            {
                "artifacts": {
                    "One": {"type": STACK, "properties": {"templateFile": "One.template.json"}},
                    "Two": {"type": STACK, "properties": {"templateFile": "Two.template.json"}},
                    "Stage": {"type": STAGE, "properties": {"directoryName": "stage"}},
                }
            }
        ),
        "stage/manifest.json": json.dumps(
            {"artifacts": {"Three": {"type": STACK, "properties": {"templateFile": "Three.template.json"}}}}
        ),
        "One.template.json": template,
        "Two.template.json": template,
        "stage/Three.template.json": template,
    }
    for name, text in {**files, **broken}.items():
        project.write(f"app/cdk.out/{name}", text)


@pytest.mark.parametrize(
    ("broken", "left", "problem"),
    [
        ({"Two.template.json": "{"}, ["One", "Three"], "Two.template.json is not JSON (Expecting property name"),
        (
            {"Two.template.json": '{"Resources": []}'},
            ["One", "Three"],
            "Two.template.json: Resources must be an object",
        ),
        ({"Two.assets.json": "["}, ["One", "Two", "Three"], "Two.assets.json is not JSON (Expecting value"),
        ({"stage/manifest.json": ""}, ["One", "Two"], "stage/manifest.json is not JSON (Expecting value"),
        (
            {"manifest.json": json.dumps({"artifacts": {"Two": 1, "One": {"type": STACK}}})},
            ["One"],
            "manifest.json: artifacts/Two must be an object",
        ),
    ],
)
def test_a_broken_part_costs_no_other_stack(
    run: Run, project: Project, broken: dict[str, str], left: list[str], problem: str
) -> None:
    """It is named at the end: an error of the assembly that was named, and a remark where it was found."""
    assembly(project, **broken)
    named = run("check", "app/cdk.out", "--no-code")
    walked = run("check", "app", "--no-code", "--output", "json")
    found = json.loads(walked.stdout)

    assert (2, 1) == (named.exit_code, len(named.stderr.splitlines()))
    assert f"Error: app/cdk.out/{problem}" in named.stderr
    assert len(left) == named.stdout.count("error DMI201")
    assert 1 == walked.exit_code
    assert left == [each["file"].rpartition("/")[2].partition(".")[0] for each in found["findings"] if is_old(each)]
    assert [True] == [each["message"].startswith(f"app/cdk.out/{problem}") for each in found["unreadable"]]


def is_old(finding: dict[str, str]) -> bool:
    """Return whether a finding is about the runtime."""
    return finding["rule"] == "DMI201"


def test_a_broken_nested_stack_costs_its_parent_nothing(run: Run, project: Project) -> None:
    """Nor the other stacks that are nested in it."""
    nested = {
        name: {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"https://s3/{name}.json"}}
        for name in ("Broken", "Fine")
    }
    assets = {
        name: {"source": {"path": f"{name}.nested.json"}, "destinations": {"here": {"objectKey": f"{name}.json"}}}
        for name in nested
    }
    assembly(
        project,
        **{
            "One.template.json": json.dumps({"Resources": {**nested, "Order": BAD}}),
            "One.assets.json": json.dumps({"files": assets}),
            "Broken.nested.json": "{",
            "Fine.nested.json": json.dumps({"Resources": {"Order": BAD}}),
        },
    )
    done = run("check", "app/cdk.out", "--no-code")

    assert 2 == done.exit_code
    assert 4 == done.stdout.count("error DMI201")
    assert "Error: app/cdk.out/Broken.nested.json is not JSON" in done.stderr


def test_rejects_an_assembly_of_broken_templates_only(run: Run, project: Project) -> None:
    """There is nothing to report but the errors."""
    project.write("cdk.out/manifest.json", json.dumps({"artifacts": {"One": {"type": STACK}, "Two": {"type": STACK}}}))
    done = run("check", "cdk.out")

    assert (2, "", 2) == (done.exit_code, done.stdout, len(done.stderr.splitlines()))


def test_rejects_to_write_a_baseline_of_a_part(run: Run, project: Project) -> None:
    """It would forget what it accepts in the file that cannot be read today."""
    assembly(project)
    assert 0 == run("check", "app/cdk.out", "--no-code", "--write-baseline", "baseline.json").exit_code
    before = (project.directory / "baseline.json").read_text()
    assembly(project, **{"Two.template.json": "{"})
    done = run("check", "app/cdk.out", "--no-code", "--write-baseline", "baseline.json")

    assert 2 == done.exit_code
    assert "Error: baseline.json was not written, since not everything could be read" in done.stderr
    assert before == (project.directory / "baseline.json").read_text()
