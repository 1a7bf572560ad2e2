"""Options that the commands with reports of findings have in common, and their colours."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

import click

from durable_mi.findings.severity import Severity
from durable_mi.findings.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.findings.text import Paint

__all__ = ["paint", "report_options"]

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def report_options(command: _Command) -> _Command:
    """Add ``--output``, ``--ignore`` and ``--explain``."""
    explain = click.option("--explain", "explained", metavar="ID", help="Show a rule's rationale, fix and source.")
    ignore = click.option(
        "--ignore",
        "ignored",
        multiple=True,
        metavar="ID[,ID]",
        help="Leave rules out, besides those of [tool.durable-mi] in pyproject.toml. May be repeated.",
    )
    output = click.option(
        "--output",
        type=click.Choice(["text", "json", "sarif", "github"]),
        default="text",
        show_default=True,
        help="Format of the report: text, one JSON document, SARIF 2.1.0 for code scanning, or annotations of GitHub "
        "Actions.",
    )
    return output(ignore(explain(command)))


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
