"""What the commands say when something fails: one line, named by what failed, that controls no terminal."""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from durable_mi.cli import timeline
from durable_mi.cli.failure import one_line
from durable_mi.cli.group import durable_mi
from durable_mi.operate.document import started_document
from durable_mi.operate.report.plain_console import plain_console

if TYPE_CHECKING:
    from pathlib import Path

ESCAPES = "\x1b[31mred\x1b]0;title\x07\x9b2J\x08\r\x7f"
SHOWN = r"\x1b[31mred\x1b]0;title\x07\x9b2J\x08\r\x7f"
SHOWN_BY_RICH = r"\x1b[31mred\x1b]0;title\x9b2J\x7f"
"""Rich itself leaves the others out."""


def said(*arguments: str) -> tuple[int, str]:
    """Return the status of a command, and what it said on standard error."""
    done = CliRunner().invoke(durable_mi, arguments, prog_name="durable-mi")
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stderr


def assembly(directory: Path, template: dict[str, Any]) -> Path:
    """Write a cloud assembly of one stack."""
    directory.mkdir()
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}
    (directory / "manifest.json").write_text(json.dumps({"artifacts": {"Stack": artifact}}))
    (directory / "t.json").write_text(json.dumps(template))
    return directory


@pytest.mark.parametrize(
    "arguments",
    [
        [ESCAPES],
        [f"--{ESCAPES}"],
        ["local", f"--{ESCAPES}"],
        ["local", "--port", ESCAPES],
        ["local", "--app", ESCAPES],
        ["local", "--env", ESCAPES],
        ["local", "--function", ESCAPES],
        ["local", "--fault", ESCAPES],
        ["check", ESCAPES],
        ["check", "--explain", ESCAPES],
        ["lint", ESCAPES],
        ["lint", "--ignore", ESCAPES],
        ["timeline", ESCAPES],
        ["timeline", f"arn:aws:lambda:{ESCAPES}:1:function:f/durable-execution/a/b", "--region", "us-east-1"],
        ["invoke", ESCAPES],
        ["invoke", "f", "--payload", ESCAPES],
        ["invoke", "f", "--execution-name", ESCAPES],
        ["invoke", "f", "--endpoint-url", ESCAPES],
        ["invoke", "f", ESCAPES],
    ],
)
def test_errors_escape_what_came(arguments: list[str]) -> None:
    """Wherever a command names its input."""
    status, error = said(*arguments)
    assert 2 == status
    assert [] == [character for character in error if not character.isprintable() and character != "\n"]


def test_findings_escape_names(tmp_path: Path) -> None:
    """Those of a template's resources and of its file."""
    provider = {"CapacityProviderArn": "x"}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": ESCAPES,
            "MemorySize": 128,
            "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
        },
        "Metadata": {"aws:cdk:path": f"App/{ESCAPES}/Resource"},
    }
    file = tmp_path / f"{ESCAPES.replace('/', '')}.json"
    file.write_text(json.dumps({"Resources": {"Function": function}}))
    done = CliRunner().invoke(durable_mi, ["check", str(file), "--verbose"], color=False)
    assert 1 == done.exit_code
    assert SHOWN in done.stdout
    assert [] == [character for character in done.stdout if not character.isprintable() and character != "\n"]


@pytest.mark.parametrize("output", ["text", "json", "sarif", "github"])
def test_findings_in_code_escape_names(tmp_path: Path, output: str) -> None:
    """Those of its files, and its lines."""
    file = tmp_path / f"{ESCAPES.replace('/', '')}.py"
    file.write_text(
        "import uuid\nfrom aws_durable_execution_sdk_python import durable_execution\n@durable_execution\n"
        f"def handler(event, context):\n    context.step(lambda _: 1, name=f'{ESCAPES[:5]}{{uuid.uuid4()}}')\n"
    )
    done = CliRunner().invoke(durable_mi, ["lint", str(file), "--output", output], color=False)
    assert 1 == done.exit_code
    assert [] == [character for character in done.stdout if not character.isprintable() and character != "\n"]


def test_a_console_escapes_what_it_prints_and_keeps_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, the console's own sequences alone remain."""
    monkeypatch.setenv("TERM", "xterm-256color")
    console = plain_console()
    console._force_terminal = True  # noqa: SLF001 - what a terminal would make of it
    console._color_system = console._detect_color_system()  # noqa: SLF001 - as above
    with console.capture() as captured:
        console.print(ESCAPES, style="red")
        console.out(ESCAPES)
    assert 2 == captured.get().count(SHOWN_BY_RICH)
    assert {"\x1b"} == {character for character in captured.get() if not character.isprintable() and character != "\n"}


def test_documents_have_no_control_characters() -> None:
    """JSON escapes some of them only."""
    document = started_document("arn", ESCAPES)
    assert ESCAPES == json.loads(document)["DurableExecutionName"]
    assert [] == [character for character in document if not character.isprintable() and character != "\n"]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/a"), "/a cannot be used: No such file"),
        (PermissionError(errno.EACCES, "Permission denied", "/a", None, "/b"), "/a and /b cannot be used: Permission"),
        (OSError(errno.EMFILE, "Too many open files"), "rejected a request: Too many open files; raise"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), "/tmp/x cannot be used: No space left on device;"),  # noqa: S108
        (OSError("AF_UNIX path too long"), "rejected a request: AF_UNIX path too long"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", ESCAPES), SHOWN),
    ],
)
def test_the_operating_systems_errors_are_named_by_what_failed(error: OSError, line: str) -> None:
    """And none is taken for a busy port."""
    with pytest.raises(click.ClickException) as raised, one_line():
        raise error
    assert line in raised.value.message
    assert "port" not in raised.value.message


def test_a_closed_pipe_is_nobodys_failure() -> None:
    """As of `durable-mi local | head`: click ends the command."""
    with pytest.raises(BrokenPipeError), one_line():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("missing/state.db", "missing/state.db cannot be used (No such file or directory): name another file"),
        ("file/state.db", "file/state.db cannot be used (Not a directory): name another file"),
        ("loop", "loop cannot be used (Too many levels of symbolic links): name another file"),
        ("n" * 300, "cannot be used (File name too long): name another file"),
    ],
)
def test_rejects_a_state_file_that_cannot_be_made(tmp_path: Path, state: str, line: str) -> None:
    """By the file, not by the port."""
    app = assembly(tmp_path / "app", {"Resources": {"F": plain_function()}})
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    status, error = said("local", "--app", str(app), "--state", str(tmp_path / state))
    assert 1 == status
    assert line in error
    assert 1 == len(error.splitlines())


def test_rejects_a_temporary_directory_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its path, not by the port."""
    app = assembly(tmp_path / "app", {"Resources": {"F": plain_function()}})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    status, error = said("local", "--app", str(app), "--port", "0")
    assert 1 == status
    assert f"{tmp_path / 'gone'}" in error
    assert "cannot be used: No such file or directory" in error


def plain_function() -> dict[str, Any]:
    """Return an inline function with a durable configuration."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": "def handler(event, context): ..."},
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "DurableConfig": {"ExecutionTimeout": 60},
        },
    }


def test_an_exported_timeline_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file, and one that others could read before; a terminal or a pipe stays as it is."""
    monkeypatch.setattr(timeline, "timeline_html", lambda document: f"<html>{document['name']}")
    old, new = tmp_path / "old.html", tmp_path / "new.html"
    old.write_text("the timeline of another execution, which was longer")
    old.chmod(0o644)
    linked = tmp_path / "linked.html"
    linked.symlink_to(old)
    before = os.umask(0)
    try:
        for file in (old, new, linked):
            timeline._write(file, {"name": "n", "status": "SUCCEEDED"})  # noqa: SLF001 - what the command ends with
            assert (0o600, "<html>n") == (stat.S_IMODE(file.stat().st_mode), file.read_text())
    finally:
        os.umask(before)
    null = os.stat(os.devnull).st_mode  # noqa: PTH116 - a device
    timeline._write(type(old)(os.devnull), {"name": "n", "status": "SUCCEEDED"})  # noqa: SLF001 - as above
    assert null == os.stat(os.devnull).st_mode  # noqa: PTH116 - as above
