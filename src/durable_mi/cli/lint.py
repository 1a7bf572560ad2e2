"""``durable-mi lint``: find mistakes in workflow code before you deploy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.findings.configuration import Configuration
from durable_mi.cli.findings.report_options import paint, report_options
from durable_mi.cli.findings.rule_ids import known_rule, known_rules
from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly
from durable_mi.cloudformation.template import templates
from durable_mi.findings.annotations import github_annotations
from durable_mi.findings.listed import count
from durable_mi.findings.severity import Severity
from durable_mi.findings.text import explanation
from durable_mi.lint.code_report import CodeReport, merged
from durable_mi.lint.report import lint
from durable_mi.lint.rules import RULES
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["command"]

_PATH: Final = "a Python file, a directory, or the directory that `cdk synth` wrote"
_FAILING: Final = {"error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING)}


@click.command("lint", short_help="Find mistakes in workflow code before you deploy.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@report_options
@click.option(
    "--fail-on",
    type=click.Choice(list(_FAILING)),
    default="error",
    show_default=True,
    help="Lowest severity with which the exit status is 1.",
)
def command(
    *, paths: tuple[Path, ...], output: str, ignored: tuple[str, ...], explained: str | None, fail_on: str
) -> None:
    """Find mistakes in workflow code before you deploy.

    PATH is a Python file, a directory, or a directory that `cdk synth` wrote: then the handlers of its durable and
    managed-instances functions are read, in their assets. The code is never imported, and nothing is sent anywhere.
    `# durable-mi: ignore[DMC101] reason` in a line ignores a finding there.

    The exit status is 0 if there are no errors, 1 if there are errors, and 2 if a path cannot be read. Warnings and
    notes do not change it.
    """
    if explained is not None:
        click.echo(explanation(known_rule(explained, "--explain")))
        return
    configuration = Configuration.find(Path.cwd())
    try:
        report = _report(paths, configuration, known_rules(ignored, "--ignore"))
    except OSError as error:
        message = f"PATH must be {_PATH}, got {error.filename}, which cannot be read: {error.strerror}"
        raise click.UsageError(message) from error
    rendered = _rendered(report, output)
    if rendered:
        click.echo(rendered)
    for unread in report.unreadable:
        click.echo(clean(f"Error: {unread}"), err=True)
    if report.unreadable:
        sys.exit(2)
    sys.exit(1 if any(count(report.findings, severity) for severity in _FAILING[fail_on]) else 0)


def _report(paths: Sequence[Path], configuration: Configuration, ignored: frozenset[str]) -> CodeReport:
    every = ignored | configuration.ignored
    is_excluded = configuration.excluded.match
    assemblies = [path for path in paths if CloudAssembly.is_at(path)]
    code = [path for path in _readable(paths) if path not in assemblies]
    reports = []
    if code:
        tops = [path if path.is_dir() else path.parent for path in code]
        here = Path.cwd()
        # What is below the working directory can also be imported from there.
        tops += [here] if any(top.absolute().is_relative_to(here) for top in tops) else []
        reports.append(CodeReport.of(lint(code, ignored=every, tops=tops, is_excluded=is_excluded)))
    if assemblies:
        # Imported here, since templates are not needed for files and directories.
        from durable_mi.lint.app.lint_app import lint_app  # noqa: PLC0415

        try:
            reports.append(lint_app(templates(assemblies), ignored=every, is_excluded=is_excluded))
        except AssemblyError as error:
            raise click.UsageError(str(error)) from error
    return merged(reports)


def _readable(paths: Sequence[Path]) -> Iterator[Path]:
    if not paths:
        message = f"PATH must be {_PATH}, such as cdk.out, got none"
        raise click.UsageError(message)
    for path in paths:
        if not path.exists():
            message = f"PATH must be {_PATH}, got {path}, which does not exist"
            raise click.UsageError(message)
        if not (path.is_dir() or path.is_file()):
            message = f"PATH must be {_PATH}, got {path}, which is neither"
            raise click.UsageError(message)
        if path.is_file() and path.suffix not in {".py", ""}:
            message = f"PATH must be {_PATH}, got {path}: for templates run `durable-mi check`"
            raise click.UsageError(message)
        yield path


def _rendered(report: CodeReport, output: str) -> str:
    # Imported here, so that each run loads the output that it needs.
    match output:
        case "json":
            from durable_mi.lint.output.document import document  # noqa: PLC0415

            return document(report)
        case "sarif":
            from durable_mi.findings.sarif import sarif_log  # noqa: PLC0415

            return sarif_log(RULES.values(), report.findings)
        case "github":
            return github_annotations(report.findings)
    from durable_mi.lint.output.text import text  # noqa: PLC0415

    return text(report, paint=paint())
