"""``durable-mi check``: find mistakes in templates before you deploy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.template import templates
from durable_mi.preflight.finding import Severity
from durable_mi.preflight.output.text import explanation, text
from durable_mi.preflight.report import RULES, Report

__all__ = ["command"]


@click.command("check", short_help="Find mistakes in templates before you deploy.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--output",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="Format of the report: text, one JSON document, or SARIF 2.1.0 for code scanning.",
)
@click.option("--ignore", "ignored", multiple=True, metavar="ID[,ID]", help="Leave rules out. May be repeated.")
@click.option("--explain", "explained", metavar="ID", help="Show a rule's rationale, fix and source.")
@click.option("--verbose", is_flag=True, help="Also list the values that were skipped: known only at deploy time.")
def command(
    *, paths: tuple[Path, ...], output: str, ignored: tuple[str, ...], explained: str | None, verbose: bool
) -> None:
    """Find mistakes in templates before you deploy.

    PATH is a CloudFormation or SAM template, JSON or YAML, or a directory that `cdk synth` wrote. Nothing is sent
    anywhere. The exit status is 0 if there are no errors, 1 if there are errors, and 2 if a path cannot be read.
    Warnings do not change it.
    """
    if explained is not None:
        click.echo(explanation(RULES[_known(explained, "--explain")]))
        return
    if not paths:
        message = "PATH must be a template or the directory that `cdk synth` wrote, such as cdk.out, got none"
        raise click.UsageError(message)
    left_out = {_known(rule, "--ignore") for rules in ignored for rule in rules.split(",") if rule.strip()}
    try:
        report = Report.of(templates(paths), ignored=left_out)
    except AssemblyError as error:
        raise click.UsageError(str(error)) from error
    click.echo(_rendered(report, output, verbose=verbose))
    sys.exit(1 if report.has_errors else 0)


def _rendered(report: Report, output: str, *, verbose: bool) -> str:
    if output == "text":
        return text(report, verbose=verbose, style=None if "NO_COLOR" in os.environ else _style)
    # Imported here, so that the ordinary run loads nothing that it does not need.
    from durable_mi.preflight.output.document import document  # noqa: PLC0415
    from durable_mi.preflight.output.sarif import sarif  # noqa: PLC0415

    return sarif(report) if output == "sarif" else document(report)


def _known(rule: str, option: str) -> str:
    """Return the id of a rule, whatever its case."""
    rule_id = rule.strip().upper()
    if rule_id not in RULES:
        message = f"{option} must name rules such as DMI101, got {rule!r}: docs/reference/preflight.md lists all rules"
        raise click.UsageError(message)
    return rule_id


def _style(piece: str, severity: Severity | None) -> str:
    match severity:
        case Severity.ERROR:
            return click.style(piece, fg="red", bold=True)
        case Severity.WARNING:
            return click.style(piece, fg="yellow")
    return click.style(piece, bold=True)
