"""What ``durable-mi check`` reads: many paths, directories, globs and pipes, and what there is no template."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from durable_mi.cli.group import durable_mi

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Project, Run

BAD = """\
Resources:
  Order:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.9
      DurableConfig:
        ExecutionTimeout: 60
"""


def found(run: Run, *arguments: str) -> list[str]:
    """Return the files with the error about the runtime, in order."""
    content = json.loads(run("check", *arguments, "--output", "json").stdout)
    return [each["file"] for each in content["findings"] if each["rule"] == "DMI201"]


def test_a_directory_is_walked(run: Run, project: Project) -> None:
    """Templates in any depth and assemblies; neither hidden files nor libraries, and no link to a directory."""
    for name in ("infra/a.yaml", "infra/deep/b.yml", "infra/c.template", ".git/d.yaml", "node_modules/e.yaml"):
        project.write(name, BAD)
    project.write("venv2/pyvenv.cfg", "")
    project.write("venv2/f.yaml", BAD)
    project.assembly({"Order": project.function("code", Runtime="python3.9")}, {})
    (project.directory / "again").symlink_to(project.directory / "infra")

    expected = ["cdk.out/Shop.template.json", "infra/a.yaml", "infra/c.template", "infra/deep/b.yml"]
    assert expected == found(run, ".", "--no-code")


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("infra/*.yaml",), ["infra/a.yaml"]),
        (("infra/**/*.y*ml",), ["infra/a.yaml", "infra/deep/b.yml"]),
        (("infra/**",), ["infra/a.yaml", "infra/deep/b.yml"]),
        (("infra", "infra/a.yaml", "./infra/deep", "infra/../infra/a.yaml"), ["infra/a.yaml", "infra/deep/b.yml"]),
        (("infra/deep/b.yml", "."), ["infra/deep/b.yml", "infra/a.yaml"]),
    ],
)
def test_each_file_is_read_once(run: Run, project: Project, paths: tuple[str, ...], expected: list[str]) -> None:
    """By a glob, by a directory, by its name, or by all of them."""
    project.write("infra/a.yaml", BAD)
    project.write("infra/deep/b.yml", BAD)

    assert expected == found(run, *paths)


def test_what_is_no_template_costs_nothing_of_the_others(run: Run, project: Project) -> None:
    """It is listed at the end: what looks like a template with the reason, the rest by name."""
    project.write("good.yaml", BAD)
    project.write("broken.yaml", BAD + "  : : {")
    project.write("twice.json", '{"Resources": {"A": {"Type": "AWS::S3::Bucket",\n "Type": "AWS::SNS::Topic"}}}')
    project.write("package.json", "{}")
    done = run("check", ".")

    assert (1, "") == (done.exit_code, done.stderr)
    assert "DMI201" in done.stdout
    *_, not_read, twice, _, others, _, _ = done.stdout.splitlines()
    assert not_read.startswith("  broken.yaml:8:")
    assert "  twice.json:2:2: key 'Type' is given twice: keep one" == twice
    assert "1 file is no template: package.json." == others


def test_rejects_what_is_named_and_no_template(run: Run, project: Project) -> None:
    """The exit status is 2, in one line each; what the others have is reported all the same."""
    project.write("good.yaml", BAD)
    project.write("package.json", "{}")
    done = run("check", "package.json", "good.yaml", "none.yaml", "*.none", "bad\nname")

    assert 2 == done.exit_code
    assert "DMI201" in done.stdout
    assert [
        "Error: package.json:1:1: must hold a template",
        "Error: none.yaml:1:1: does not exist",
        "Error: *.none:1:1: matches nothing",
        "Error: bad name:1:1: does not exist",
    ] == [line.partition(",")[0].partition(": name")[0] for line in done.stderr.splitlines()]


def test_rejects_a_directory_without_templates(run: Run, project: Project) -> None:
    """A wrong directory must not pass a pipeline; one whose templates are all excluded may."""
    project.write("src/settings.json", "{}")
    done = run("check", "src")
    assert (2, "") == (done.exit_code, done.stdout)
    assert "Error: src:1:1: holds no template" in done.stderr

    project.write("src/template.yaml", BAD)
    project.write("pyproject.toml", '[tool.durable-mi]\nexclude = ["src/template.yaml"]\n')
    assert 0 == run("check", "src").exit_code


def test_rejects_a_device(run: Run) -> None:
    """It could be without end."""
    done = run("check", "/dev/zero")

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert "/dev/zero:1:1: must be a file or a directory, got a device" in done.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"{", b"[" * 100_000, b"- 1", b"\0"])
def test_rejects_what_comes_on_the_standard_input(content: bytes) -> None:
    """One line, and no traceback."""
    done = CliRunner().invoke(durable_mi, ["check", "-"], input=content)

    assert isinstance(done.exception, SystemExit)
    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert "Error: <stdin>:1:" in done.stderr


def test_a_template_comes_on_the_standard_input() -> None:
    """With its positions, though it cannot be read a second time."""
    done = CliRunner().invoke(durable_mi, ["check", "-", "--output", "json"], input=BAD)

    (finding, *_) = json.loads(done.stdout)["findings"]
    assert ("<stdin>", 5, 7, "DMI201") == tuple(finding[key] for key in ("file", "line", "column", "rule"))


def test_a_pipe_is_read(run: Run, project: Project) -> None:
    """As the shell's ``<(...)`` gives it."""
    pipe = project.directory / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(BAD,))
    writer.start()
    files = found(run, "pipe")
    writer.join(60)

    assert ["pipe"] == files


def test_a_template_of_two_stacks_is_reported_once(run: Run, project: Project) -> None:
    """Nested stacks can share it."""
    project.write("part.yaml", BAD)
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "part.yaml"}}
    project.write("top.json", json.dumps({"Resources": {"A": nested, "B": nested}}))

    assert ["part.yaml"] == found(run, "top.json", "part.yaml")


def test_the_second_key_is_found(run: Run, project: Project) -> None:
    """In an inner object, after the same key elsewhere, escaped, and as a value."""
    resources: dict[str, Any] = {"A": {"Type": "AWS::S3::Bucket", "Metadata": {"Type": "Type", "x": ["{", {"x": 1}]}}}
    text = json.dumps({"Resources": resources}, indent=1)
    project.write("template.json", text)
    assert 0 == run("check", "template.json").exit_code

    project.write("template.json", text.replace('"x": [', '"\\u0054ype": 1,\n"x": ['))
    assert "template.json:7:5: key 'Type' is given twice" in run("check", "template.json").stderr
