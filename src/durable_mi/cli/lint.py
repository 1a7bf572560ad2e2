"""``durable-mi lint``: find mistakes in workflow code before you deploy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.findings.configuration import Configuration
from durable_mi.cli.findings.left_out import LeftOut
from durable_mi.cli.findings.report_options import paint, report_options
from durable_mi.cli.findings.rule_ids import known_rule
from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly
from durable_mi.cloudformation.template import templates
from durable_mi.findings.annotations import github_annotations
from durable_mi.findings.remarks import Remarks
from durable_mi.findings.text import explanation
from durable_mi.lint.code_report import CodeReport, merged
from durable_mi.lint.report import lint
from durable_mi.lint.rules import RULES
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.cli.findings.report_options import ReportOptions
    from durable_mi.findings.suppression import Suppressions

__all__ = ["command"]

_PATH: Final = "a Python file, a directory, or the directory that `cdk synth` wrote"


@click.command("lint", short_help="Find mistakes in workflow code before you deploy.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@report_options
def command(*, paths: tuple[Path, ...], options: ReportOptions) -> None:
    """Find mistakes in workflow code before you deploy.

    PATH is a Python file, a directory, or a directory that `cdk synth` wrote: then the handlers of its durable and
    managed-instances functions are read, in their assets. The code is never imported, and nothing is sent anywhere.
    `# durable-mi: ignore[DMC101] reason` in a line ignores a finding there.

    The exit status is 0 if there are no errors, 1 if there are errors, and 2 if a path cannot be read. Notes do not
    change it, and warnings only with --fail-on warning.
    """
    if options.explained is not None:
        click.echo(explanation(known_rule(options.explained, "--explain")))
        return
    left_out = LeftOut(options, Configuration.find(Path.cwd()))
    suppressions = left_out.suppressions()
    try:
        report = _report(paths, left_out.configuration)
    except OSError as error:
        message = f"PATH must be {_PATH}, got {error.filename}, which cannot be read: {error.strerror}"
        raise click.UsageError(message) from error
    report, remarks = _sifted(report, suppressions, shows_suppressed=options.show_suppressed)
    if options.written is not None:
        left_out.write(options.written, report.findings, RULES)
    elif rendered := _rendered(report, options.output, remarks):
        click.echo(rendered)
    for unread in report.unreadable:
        click.echo(clean(f"Error: {unread}"), err=True)
    left_out.end(report.findings, could_read=not report.unreadable)


def _sifted(report: CodeReport, suppressions: Suppressions, *, shows_suppressed: bool) -> tuple[CodeReport, Remarks]:
    """Return what is left of what was found."""
    sifted = suppressions.sift(report.findings)
    kept = tuple(finding for finding, each in zip(report.findings, sifted, strict=True) if each is None)
    remarks = Remarks(
        suppressed=(*(each for each in sifted if each is not None), *report.suppressed),
        unused=(*suppressions.unused(RULES), *report.unused),
        shows_suppressed=shows_suppressed,
    )
    return replace(report, findings=kept), remarks


def _report(paths: Sequence[Path], configuration: Configuration) -> CodeReport:
    is_excluded = configuration.excluded.match
    assemblies = [path for path in paths if CloudAssembly.is_at(path)]
    code = [path for path in _readable(paths) if path not in assemblies]
    reports = []
    if code:
        tops = [path if path.is_dir() else path.parent for path in code]
        here = Path.cwd()
        # What is below the working directory can also be imported from there.
        tops += [here] if any(top.absolute().is_relative_to(here) for top in tops) else []
        reports.append(CodeReport.of(lint(code, tops=tops, is_excluded=is_excluded)))
    if assemblies:
        # Imported here, since templates are not needed for files and directories.
        from durable_mi.lint.app.lint_app import lint_app  # noqa: PLC0415

        try:
            reports.append(lint_app(templates(assemblies), is_excluded=is_excluded))
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


def _rendered(report: CodeReport, output: str, remarks: Remarks) -> str:
    # Imported here, so that each run loads the output that it needs.
    match output:
        case "json":
            from durable_mi.lint.output.document import document  # noqa: PLC0415

            return document(report, remarks)
        case "sarif":
            from durable_mi.findings.sarif import sarif_log  # noqa: PLC0415

            errors = [str(unread) for unread in report.unreadable]
            return sarif_log(
                RULES.values(),
                report.findings,
                suppressed=remarks.shown,
                notes=remarks.sentences(),
                errors=errors,
            )
        case "github":
            errors = [str(unread) for unread in report.unreadable]
            return github_annotations(
                report.findings, suppressed=remarks.shown, notes=remarks.sentences(), errors=errors
            )
    from durable_mi.lint.output.text import text  # noqa: PLC0415

    return text(report, remarks, paint=paint())
