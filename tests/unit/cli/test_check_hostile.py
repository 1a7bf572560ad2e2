"""Files and directories that nobody writes by accident: one line each, findings of the others, and an end."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Final

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
      DurableConfig: {ExecutionTimeout: 60}
"""
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(7)
)
NUMBER = BAD.replace("60", "%s")
REJECTED: Final[dict[str, str | bytes]] = {
    "truncated.json": '{"Resources": {"A"',
    "deep.json": '{"Resources":' + '{"a":' * 50_000 + "1" + "}" * 50_001,
    "deep.yaml": "Resources: " + "[" * 100_000,
    "deep-block.yaml": "Resources:\n  " + "- " * 100_000,
    "laughs.yaml": LAUGHS + BAD,
    "itself.yaml": "Resources: &a\n  O: *a\n",
    "merge.yaml": "Resources:\n  O:\n    <<: 3\n    Type: X\n",
    "nul.yaml": BAD + "\0",
    "utf-16.yaml": BAD.encode("utf-16"),
    "surrogate.yaml": BAD.encode() + b"#\xed\xa0\x80",
    "digits.json": '{"Resources": ' + "9" * 5000 + "}",
    "digits.yaml": NUMBER % ("9" * 5000),
    "base-60.yaml": NUMBER % ("1:" * 30_000 + "1"),
    "tag.yaml": NUMBER % '!!int "abc"',
    "code.yaml": NUMBER % '!!python/object/apply:os.system ["true"]',
    "twice.json": '{"' + "K" * 100_000 + '": 1, "' + "K" * 100_000 + '": 2}',
    "twice.yaml": "K" * 1000 + ": 1\n" + "K" * 1000 + ": 2\n",
    "name.json": json.dumps({"Resources": {"N\n" * 50_000: 1}}),
    "binary.yaml": bytes(range(256)) * 10,
    "empty.yaml": "",
}


@pytest.mark.parametrize("name", REJECTED)
def test_rejects_in_one_line_of_some_length(run: Run, project: Project, name: str) -> None:
    """The good template beside it is checked."""
    content = REJECTED[name]
    (project.directory / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    project.write("good.yaml", BAD)
    done = run("check", name, "good.yaml")

    assert 2 == done.exit_code
    assert "DMI201" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {name}:")
    assert len(line) <= 1020


@pytest.mark.parametrize("output", ["text", "json", "sarif", "github"])
def test_odd_names_and_values_are_printed(run: Run, project: Project, output: str) -> None:
    """What no terminal and no encoding has, in names of files and resources and in values."""
    properties = {"Runtime": "python3.9\x1b[31m", "DurableConfig": {"ExecutionTimeout": 60}}
    odd = {"O\ud800\n::error::x": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    name = os.fsdecode(b"a\n%,:\xff.json")
    (project.directory / name).write_text(json.dumps({"Resources": odd}))
    done = run("check", name, "--output", output)

    assert (1, "") == (done.exit_code, done.stderr)
    assert "DMI201" in done.stdout
    assert "\x1b" not in done.stdout
    assert not any(line.startswith("::error::x") for line in done.stdout.splitlines())


def test_links_in_circles_and_pipes_end(run: Run, project: Project) -> None:
    """By a directory and by globs, each of which finds the one template."""
    project.write("loop/a.yaml", BAD)
    loop = project.directory / "loop"
    for name in ("self", "again"):
        (loop / name).symlink_to(loop)
    (loop / "circle.yaml").symlink_to("circle.yaml")
    (loop / "nowhere.yaml").symlink_to("none.yaml")
    os.mkfifo(loop / "pipe.yaml")
    os.mkfifo(loop / "manifest.json")

    for path in ("loop", "loop/**", "loop/**/*.yaml", "**/**/loop/**", "l*p/a*"):
        content = json.loads(run("check", path, "--output", "json").stdout)

        assert ["loop/a.yaml"] == [each["file"] for each in content["findings"] if each["rule"] == "DMI201"]


def test_a_directory_that_is_too_deep_costs_nothing_of_the_others(run: Run, project: Project) -> None:
    """It is named at the end."""
    project.write("deep/a.yaml", BAD)
    here = os.open(project.directory / "deep", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    try:
        done = run("check", "deep")
    finally:
        subprocess.run(["rm", "-r", "deep"], cwd=project.directory, check=True)

    assert 1 == done.exit_code
    assert "DMI201" in done.stdout
    assert "cannot be read (File name too long)" in " ".join(done.stdout.split())


def test_the_standard_input_is_read_once() -> None:
    """However often it is named."""
    done = CliRunner().invoke(durable_mi, ["check", "-", "-", "--output", "json"], input=BAD)

    assert 1 == [each["rule"] for each in json.loads(done.stdout)["findings"]].count("DMI201")
