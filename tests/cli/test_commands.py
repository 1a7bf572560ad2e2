"""The group of commands: what it loads, and what it says where an extra is missing."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from durable_mi.cli.extras import missing_extra_hint
from durable_mi.cli.group import durable_mi as group
from durable_mi.cli.lazy_group import LazyGroup

if TYPE_CHECKING:
    from .conftest import Cli

ROOT = Path(__file__).parents[2]


def run_without(module: str, *arguments: str, report: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command line in a Python that lacks a module, reporting the loaded modules at the end if asked."""
    script = (
        "import sys, atexit\n"
        f"sys.modules[{module!r}] = None\n"
        f"atexit.register(lambda: {report} and print(*sorted(sys.modules), file=sys.stderr))\n"
        "from durable_mi.cli import main\n"
        "main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    [
        ("click", ("--help",), "durable-mi needs click, which is not installed: pip install '{}[cli]'"),
        ("click", ("local", "--help"), "durable-mi local needs click, which is not installed: pip install '{}[local]'"),
        ("boto3", ("ui", "--stack", "s"), "durable-mi ui needs boto3, which is not installed: pip install '{}[local]'"),
        ("rich", ("invoke", "f"), "durable-mi invoke needs rich, which is not installed: pip install '{}[cli]'"),
        ("boto3", ("invoke", "f"), "durable-mi invoke needs boto3, which is not installed: pip install '{}[cli]'"),
        (
            "aws_durable_execution_sdk_python_testing",
            ("local",),
            (
                "durable-mi local needs aws_durable_execution_sdk_python_testing, which is not installed: "
                "pip install '{}[local]'"
            ),
        ),
    ],
)
def test_rejects_a_missing_extra(module: str, arguments: tuple[str, ...], said: str) -> None:
    """One line with the command that mends it."""
    done = run_without(module, *arguments)

    assert 1 == done.returncode
    assert f"Error: {said.format('durable-mi-constructs')}\n" == done.stderr


def test_rejects_to_explain_a_defect() -> None:
    """A module that no extra brings is a defect of ours, and its traceback is wanted."""
    assert missing_extra_hint(ModuleNotFoundError("no", name="durable_mi.cli.nothing"), []) is None


@pytest.mark.parametrize("command", [(), ("check",), ("invoke",), ("local",), ("timeline",)])
def test_a_help_text_loads_no_more_than_it_needs(command: tuple[str, ...]) -> None:
    """Nothing slow and nothing of the CDK."""
    done = run_without("aws_cdk", *command, "--help", report=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}

    assert 0 == done.returncode
    assert "click" in loaded
    slow = {"boto3", "botocore", "rich", "starlette", "uvicorn", "aws_durable_execution_sdk_python_testing"}
    assert not loaded & {*slow, "jsii", "constructs"}


def test_wrong_usage_loads_neither_boto3_nor_rich() -> None:
    """A wrong payload is told at once."""
    done = run_without("aws_cdk", "invoke", "f", "--payload", "/none.json", report=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}

    assert 2 == done.returncode
    assert not loaded & {"boto3", "botocore", "rich", "jsii", "constructs"}


def test_the_emulator_is_not_imported_before_the_processes_start() -> None:
    """What `durable-mi local` has imported until it reads the app; the emulator alone takes as long as all of it."""
    done = run_without("aws_cdk", "local", "--app", "/none", report=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}

    assert 2 == done.returncode
    assert "uvicorn" in loaded
    assert not loaded & {"boto3", "botocore", "aws_durable_execution_sdk_python_testing"}


def test_the_overview_says_what_each_command_says() -> None:
    """The summaries that stand in for the commands are theirs."""
    for each in (group, *_groups().values()):
        context = click.Context(each)
        shown = {line.split()[0]: " ".join(line.split()[1:]) for line in _command_lines(each.get_help(context))}
        commands = {name: each.get_command(context, name) for name in each.list_commands(context)}
        expected = {name: command.get_short_help_str(200) for name, command in commands.items() if command}

        assert expected == shown
        if isinstance(each, LazyGroup):
            assert sorted(each.lazy) == sorted(shown)


def _command_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(r"  [a-z][a-z-]*  ", line)]


def test_gives_its_version(durable_mi: Cli) -> None:
    """The version of the distribution."""
    done = durable_mi("--version")

    assert (0, "durable-mi, version 0.1.0\n") == (done.returncode, done.stdout)


def test_rejects_an_unknown_command(durable_mi: Cli) -> None:
    """Wrong usage, as everywhere."""
    done = durable_mi("inwoke")

    assert 2 == done.returncode
    assert "No such command 'inwoke'" in done.stderr


def test_the_reference_is_up_to_date() -> None:
    """The page has what the installed command prints; run docs/reference/generate_cli.py after a change."""
    reference = runpy.run_path(str(ROOT / "docs/reference/generate_cli.py"))["reference"]()

    page = (ROOT / "docs/reference/cli.md").read_text()
    commands = group.list_commands(click.Context(group))
    assert reference == page
    assert ["durable-mi", *(f"durable-mi {name}" for name in commands)] == re.findall(r"^## (.+)$", page, re.MULTILINE)
    inner = {name: command.list_commands(click.Context(command)) for name, command in _groups().items()}
    expected = [f"durable-mi {name} {each}" for name, names in inner.items() for each in names]
    assert expected == re.findall(r"^### (.+)$", page, re.MULTILINE)
    # Only the command as started shows that -h works.
    assert 1 + len(commands) + len(expected) == page.count("  -h, --help ")


def _groups() -> dict[str, click.Group]:
    context = click.Context(group)
    commands = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in commands.items() if isinstance(command, click.Group)}
