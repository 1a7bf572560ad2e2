"""What leaves findings out of a run: metadata, comments, the configuration, options and a baseline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

SUPPRESSES = "{ignore: [DMI201, dmi702], reason: legacy until May}"
TOP = "Metadata: {durable-mi: %s}\n"
FUNCTION = """\
Resources:
  Order:
    Type: AWS::Lambda::Function
    Metadata: {durable-mi: %s}
    Properties:
      Runtime: %s
      DurableConfig: {ExecutionTimeout: 60}
"""
SAM = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.9}}
Resources:
  Order:
    Type: AWS::Serverless::Function
    Metadata: {durable-mi: %s}
    Properties:
      CodeUri: src
      Handler: a.b
      DurableConfig: {ExecutionTimeout: 60}
"""
LOOP = """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Orders:
    - Name
    - [One, Two]
    - "Order${Name}":
        Type: AWS::Lambda::Function
        Metadata: {durable-mi: %s}
        Properties:
          Runtime: python3.9
          DurableConfig: {ExecutionTimeout: 60}
"""
NOTHING = "{ignore: [DMI999]}"


def template(suppression: str, runtime: str = "python3.9") -> str:
    """Return a template whose function has a suppression."""
    return FUNCTION % (suppression, runtime)


def findings(run: Run, *arguments: str) -> list[str]:
    """Return the rules of what is found."""
    return [each["rule"] for each in json.loads(run(*arguments, "--output", "json").stdout)["findings"]]


@pytest.mark.parametrize(
    "text",
    [
        template(SUPPRESSES),
        TOP % SUPPRESSES + template("{ignore: [DMI101]}"),
        SAM % SUPPRESSES,
        TOP % SUPPRESSES + SAM % "{ignore: [DMI101]}",
        LOOP % SUPPRESSES,
    ],
    ids=["resource", "template", "SAM", "SAM template", "loop"],
)
def test_metadata_leaves_findings_out(run: Run, project: Project, text: str) -> None:
    """Of its resource, or of the whole template; it is listed with its reason if asked for."""
    project.write("template.yaml", text.replace(SUPPRESSES, NOTHING))
    assert {"DMI201", "DMI702"} <= set(findings(run, "check", "template.yaml"))

    project.write("template.yaml", text)
    done = run("check", "template.yaml")
    assert 0 == done.exit_code
    assert not {"DMI201", "DMI702"} & set(findings(run, "check", "template.yaml"))
    assert "suppressed)" in done.stdout
    listed = " ".join(run("check", "template.yaml", "--show-suppressed").stdout.split())
    assert "legacy until May)" in listed


def test_metadata_counts_for_its_resource_alone(run: Run, project: Project) -> None:
    """Another one keeps its findings."""
    other = template("{ignore: [DMI702]}").partition("Resources:\n")[2].replace("Order", "Other")
    project.write("template.yaml", template(SUPPRESSES) + other)
    (finding,) = json.loads(run("check", "template.yaml", "--output", "json").stdout)["findings"]

    assert ("DMI201", "Other") == (finding["rule"], finding["logicalId"])


@pytest.mark.parametrize(
    ("suppression", "says"),
    [
        ("[DMI201]", "durable-mi must be an object such as {ignore: [DMI112], reason: why}, got ['DMI201']"),
        ("{ignore: DMI201}", "ignore of durable-mi must be a list of rules such as [DMI112], got DMI201"),
        ("{ignored: [DMI201]}", "durable-mi must be an object"),
        ("{ignore: [DMI201, 7]}", "ignore of durable-mi must be a list of rules"),
        ("{ignore: []}", "ignore of durable-mi must be a list of rules"),
        ("{ignore: [DMI201], reason: [a]}", "reason of durable-mi must be a text, got ['a']"),
        ("{ignore: [DMI299]}", "ignore of durable-mi must name rules such as DMI112, got DMI299"),
        ('{ignore: ["\\e[31m\\n"]}', "ignore of durable-mi must name rules"),
    ],
)
def test_rejects_metadata_that_it_cannot_mean(run: Run, project: Project, suppression: str, says: str) -> None:
    """It leaves nothing out, and the report names it, asked for or not."""
    project.write("template.yaml", template(suppression))
    done = run("check", "template.yaml")

    assert 1 == done.exit_code
    assert f"template.yaml, Metadata of Order: {says}" in " ".join(done.stdout.split())
    assert "\x1b" not in done.stdout


def test_what_suppresses_nothing_is_named(run: Run, project: Project) -> None:
    """Wherever it is written."""
    project.write("pyproject.toml", '[tool.durable-mi]\nignore = ["DMI501"]\n')
    project.write("template.yaml", template("{ignore: [DMI112]}", "python3.13"))
    shown = run("check", "template.yaml", "--ignore", "DMI702,DMI502", "--show-suppressed").stdout
    _, _, vain = shown.partition("Suppresses nothing, remove it:\n")

    assert "DMI702 (--ignore, without a reason)" in shown
    assert [
        "template.yaml, Metadata of Order: DMI112",
        f"[tool.durable-mi] in {project.directory}/pyproject.toml: DMI501",
        "--ignore: DMI502",
    ] == [" ".join(line.split()) for line in vain.partition("\n\n")[0].replace("\n    ", " ").splitlines()]


def test_comments_in_code_are_listed(run: Run, project: Project) -> None:
    """With their reasons, and those that ignore nothing with their lines."""
    project.workflow(
        "order.py",
        "made = str(uuid.uuid4())  # durable-mi: ignore[DMC101] only for the log",
        "context.step(lambda _: made, name='x')  # durable-mi: ignore[DMC103]",
    )
    shown = " ".join(run("lint", "order.py", "--show-suppressed").stdout.split())

    assert "DMC101 (comment in order.py: only for the log)" in shown
    assert "Suppresses nothing, remove it: comment in order.py, line 7: DMC103" in shown


@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_run_fails_on_warnings_if_it_is_to(run: Run, project: Project, command: str) -> None:
    """By the option or the configuration; the option counts more."""
    project.write("template.yaml", template("{ignore: [DMI201]}"))
    project.workflow("order.py", "context.step(lambda _: str(uuid.uuid4()), name='x', config=1)", "time = uuid.uuid4()")
    project.write("order.py", (project.directory / "order.py").read_text() + "    context.step(lambda _: time)\n")
    path = {"check": "template.yaml", "lint": "order.py"}[command]

    assert 0 == run(command, path).exit_code
    assert 1 == run(command, path, "--fail-on", "warning").exit_code
    project.write("pyproject.toml", '[tool.durable-mi]\nfail-on = "warning"\n')
    assert 1 == run(command, path).exit_code
    assert 0 == run(command, path, "--fail-on", "error").exit_code


@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_baseline_is_stable_when_lines_move(run: Run, project: Project, command: str) -> None:
    """It accepts what was found, and nothing new."""
    project.write("template.yaml", template("{ignore: [DMI702]}"))
    project.workflow("order.py", "context.step(lambda _: 1, name=str(uuid.uuid4()))")
    path = {"check": "template.yaml", "lint": "order.py"}[command]
    assert 1 == run(command, path).exit_code
    written = run(command, path, "--write-baseline", "base.json")
    assert (0, "Wrote 1 finding to base.json.\n") == (written.exit_code, written.stdout)

    comment = "# moved\n\n\n"
    text = comment + (project.directory / path).read_text()
    project.write(path, text)
    assert 0 == run(command, path, "--baseline", "base.json").exit_code
    assert [] == findings(run, command, path, "--baseline", "base.json")
    project.write("pyproject.toml", '[tool.durable-mi]\nbaseline = "base.json"\n')
    assert "(baseline" in run(command, path, "--show-suppressed").stdout

    again = {
        "check": text.partition("Resources:\n")[2].replace("Order", "Other"),
        "lint": "    context.step(lambda _: 1, name=str(uuid.uuid4()))\n",
    }
    project.write(path, text + again[command])
    assert 1 == run(command, path).exit_code
    assert 1 == len(findings(run, command, path))

    project.write(path, "Resources: {}\n" if command == "check" else "")
    assert "remove it:\n  baseline" in run(command, path, "--show-suppressed").stdout


def test_a_baseline_keeps_reasons_and_the_other_command(run: Run, project: Project) -> None:
    """What it has from lint stays when check writes it again."""
    project.write("template.yaml", template("{ignore: [DMI702]}"))
    project.workflow("order.py", "context.step(lambda _: 1, name=str(uuid.uuid4()))")
    run("lint", "order.py", "--write-baseline", "base.json")
    run("check", "template.yaml", "--write-baseline", "base.json")
    content: dict[str, Any] = json.loads((project.directory / "base.json").read_text())
    content["findings"][1]["reason"] = "until May"
    assert ["DMC103", "DMI201"] == [each["rule"] for each in content["findings"]]
    project.write("base.json", json.dumps(content))
    run("check", "template.yaml", "--write-baseline", "base.json")

    assert content == json.loads((project.directory / "base.json").read_text())
    shown = " ".join(run("check", "template.yaml", "--baseline", "base.json", "--show-suppressed").stdout.split())
    assert "(baseline base.json: until May)" in shown


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}']
)
@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_rejects_what_is_no_baseline(run: Run, project: Project, content: str | None, option: str) -> None:
    """It is neither read nor overwritten."""
    project.write("template.yaml", template("{ignore: [DMI201]}"))
    if content is not None:
        project.write("base.json", content)
    elif option == "--write-baseline":
        assert 0 == run("check", "template.yaml", option, "base.json").exit_code
        return
    done = run("check", "template.yaml", option, "base.json")

    assert (2, "") == (done.exit_code, done.stdout)
    assert "the baseline must be a file that --write-baseline wrote, got base.json, which" in done.stderr
    assert content is None or content == (project.directory / "base.json").read_text()


def test_metadata_leaves_out_findings_in_the_code_of_its_function(run: Run, project: Project) -> None:
    """If each function that has the code does so."""
    project.workflow("cdk.out/code/order.py", "context.step(lambda _: 1, name=str(uuid.uuid4()))")
    project.assembly({"A": project.function("code"), "B": project.function("code")}, {"code": "code"})
    file = project.directory / "cdk.out/Shop.template.json"
    content = json.loads(file.read_text())
    metadata = {"ignore": ["DMC103"], "reason": "tried"}
    content["Resources"]["A"]["Metadata"]["durable-mi"] = metadata
    file.write_text(json.dumps(content))
    assert "DMC103" in findings(run, "check", "cdk.out")

    content["Resources"]["B"]["Metadata"]["durable-mi"] = metadata
    file.write_text(json.dumps(content))
    assert "DMC103" not in findings(run, "check", "cdk.out")
