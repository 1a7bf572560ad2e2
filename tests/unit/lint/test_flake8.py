"""The rules in flake8 itself."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

# flake8 has no types.
APPLICATION: Final = import_module("flake8.main.application").Application

WORKFLOW = """\
import uuid
from names import new
from aws_durable_execution_sdk_python import durable_execution

@durable_execution
def handler(event, context):
    context.step(lambda _: 1, name=str(uuid.uuid4()))
    context.step(lambda _: 1, name=new())
"""
NAMES = "import uuid\n\ndef new():\n    return str(uuid.uuid4())\n"


def flake8(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return the places and rules that flake8 reports."""
    APPLICATION().run(
        ["--isolated", "--jobs=1", "--select=DMC", "--format=%(path)s:%(row)d:%(col)d %(code)s", *arguments]
    )
    return capsys.readouterr().out.splitlines()


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a project with a workflow."""
    monkeypatch.chdir(tmp_path)
    Path("order.py").write_text(WORKFLOW)
    Path("names.py").write_text(NAMES)


def test_flake8_reports_our_positions(capsys: pytest.CaptureFixture[str]) -> None:
    """Also of what an imported module does, where the file calls it."""
    assert ["./order.py:7:40 DMC103", "./order.py:8:36 DMC103"] == flake8(capsys, ".")


def test_a_comment_of_flake8_or_ours_ignores_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    """Each in its line."""
    text = WORKFLOW.replace("uuid4()))\n", "uuid4()))  # noqa: DMC103\n")
    Path("order.py").write_text(text.replace("new())\n", "new())  # durable-mi: ignore[DMC103] a test\n"))

    assert [] == flake8(capsys, "order.py")


@pytest.mark.parametrize("on_disk", ["", None])
def test_what_an_editor_has_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, on_disk: str | None
) -> None:
    """Not the file on the disk, which may not be there yet."""
    monkeypatch.setattr("flake8.utils.stdin_get_value", lambda: WORKFLOW)
    Path("order.py").unlink()
    if on_disk is not None:
        Path("order.py").write_text(on_disk)

    assert ["order.py:7:40 DMC103", "order.py:8:36 DMC103"] == flake8(capsys, "--stdin-display-name=order.py", "-")


def test_other_files_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """A module without a workflow."""
    assert [] == flake8(capsys, "names.py")


def test_a_step_of_another_file_is_reported_there(capsys: pytest.CaptureFixture[str]) -> None:
    """And not at the same line of the file that imports it."""
    step = "@durable_step\ndef fetch(step_context):\n    return requests.get('x').text\n"
    Path("steps.py").write_text(f"import requests\nfrom aws_durable_execution_sdk_python import durable_step\n{step}")
    Path("order.py").write_text(
        WORKFLOW.partition("    context")[0].replace("names import new", "steps import fetch")
        + "    return context.step(fetch())\n"
    )

    assert ["./steps.py:5:12 DMC503"] == flake8(capsys, ".")
