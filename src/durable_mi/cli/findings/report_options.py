"""Options that the commands with reports of findings have in common, and their colours."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from durable_mi.cli.findings.configuration import FAIL_ON
from durable_mi.findings.severity import Severity
from durable_mi.findings.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.findings.text import Paint

__all__ = ["ReportOptions", "paint", "report_options"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportOptions:
    """What the options say.

    Attributes:
        output: The format of the report.
        ignored: Ids of rules to leave out.
        explained: The rule to explain, ``None`` for a report.
        fail_on: Lowest severity with which the exit status is 1, ``None`` where none was given.
        baseline: The findings that were accepted, ``None`` where none were given.
        written: The baseline to write, ``None`` for a report.
        show_suppressed: Whether to list what is left out.
    """

    output: str
    ignored: tuple[str, ...]
    explained: str | None
    fail_on: str | None
    baseline: Path | None
    written: Path | None
    show_suppressed: bool


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options about findings; the command gets them as ``options``."""

    @wraps(command)
    def gathered(**given: Any) -> None:  # noqa: ANN401 - of each option its own type
        options = ReportOptions(**{name: given.pop(name) for name in ReportOptions.__dataclass_fields__})
        command(options=options, **given)

    file = click.Path(path_type=Path, dir_okay=False)
    for add in (
        click.option("--explain", "explained", metavar="ID", help="Show a rule's rationale, fix, source and page."),
        click.option(
            "--write-baseline",
            "written",
            type=file,
            metavar="FILE",
            help="Accept every finding of this run: write them to FILE, for --baseline, and exit with 0.",
        ),
        click.option(
            "--baseline",
            type=file,
            metavar="FILE",
            help="Leave out the findings that FILE accepts. Defaults to `baseline` of [tool.durable-mi].",
        ),
        click.option(
            "--show-suppressed",
            is_flag=True,
            help="Also list what is left out, where and why, and suppressions that leave nothing out.",
        ),
        click.option(
            "--ignore",
            "ignored",
            multiple=True,
            metavar="ID[,ID]",
            help="Leave rules out, besides those of [tool.durable-mi] in pyproject.toml. May be repeated.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(FAIL_ON),
            help="Lowest severity with which the exit status is 1. Defaults to `fail-on` of [tool.durable-mi], and "
            "else to error.",
        ),
        click.option(
            "--output",
            type=click.Choice(["text", "json", "sarif", "github"]),
            default="text",
            show_default=True,
            help="Format of the report: text, one JSON document, SARIF 2.1.0 for code scanning, or annotations of "
            "GitHub Actions.",
        ),
    ):
        gathered = add(gathered)
    return gathered


def paint() -> Paint:
    """Return what adds colours: nothing if ``NO_COLOR`` is set."""
    return plain if "NO_COLOR" in os.environ else _coloured


def _coloured(piece: str, severity: Severity | None) -> str:
    match severity:
        case Severity.ERROR:
            return click.style(piece, fg="red", bold=True)
        case Severity.WARNING:
            return click.style(piece, fg="yellow")
        case Severity.NOTE:
            return click.style(piece, fg="cyan")
    return click.style(piece, bold=True)
