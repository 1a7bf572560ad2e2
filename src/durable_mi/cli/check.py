"""``durable-mi check``: find mistakes in templates before you deploy."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from durable_mi.cli.findings.configuration import Configuration
from durable_mi.cli.findings.report_options import report_options
from durable_mi.cli.findings.rule_ids import known_rule, known_rules
from durable_mi.cli.reports.check import rendered
from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.template import templates
from durable_mi.findings.listed import count
from durable_mi.findings.severity import Severity
from durable_mi.findings.text import explanation
from durable_mi.preflight.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cloudformation.template import Template
    from durable_mi.lint.code_report import CodeReport

__all__ = ["command"]


@click.command("check", short_help="Find mistakes in templates before you deploy.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@report_options
@click.option("--no-code", is_flag=True, help="Do not read the code of the functions in a cloud assembly.")
@click.option("--code-errors", is_flag=True, help="Let errors in the code count as errors, not as warnings.")
@click.option("--verbose", is_flag=True, help="Also list the values that were skipped: known only at deploy time.")
def command(  # noqa: PLR0913 - the command's options
    *,
    paths: tuple[Path, ...],
    output: str,
    ignored: tuple[str, ...],
    explained: str | None,
    no_code: bool,
    code_errors: bool,
    verbose: bool,
) -> None:
    """Find mistakes in templates before you deploy.

    PATH is a CloudFormation or SAM template, JSON or YAML, or a directory that `cdk synth` wrote. In such a directory
    the handlers of durable and managed-instances functions are read too, as `durable-mi lint` does; what is found in
    them is a warning. Nothing is sent anywhere. The exit status is 0 if there are no errors, 1 if there are errors, and
    2 if a path cannot be read. Warnings do not change it.
    """
    if explained is not None:
        click.echo(explanation(known_rule(explained, "--explain")))
        return
    if not paths:
        message = "PATH must be a template or the directory that `cdk synth` wrote, such as cdk.out, got none"
        raise click.UsageError(message)
    configuration = Configuration.find(Path.cwd())
    left_out = known_rules(ignored, "--ignore") | configuration.ignored
    try:
        found = [each for each in templates(paths) if not configuration.excluded.match(each.file)]
        # The templates stay until the end: to look through them for garbage again and again costs more than the rules.
        gc.freeze()
        report = Report.of(found, ignored=left_out)
    except AssemblyError as error:
        raise click.UsageError(str(error)) from error
    code = None if no_code else _code(found, left_out, configuration)
    if code is not None and not code_errors:
        code = code.as_warnings()
    shown = rendered(report, code, output, verbose=verbose)
    if shown:
        click.echo(shown)
    has_errors = report.has_errors or (code is not None and count(code.findings, Severity.ERROR) > 0)
    sys.exit(1 if has_errors else 0)


def _code(found: Sequence[Template], ignored: frozenset[str], configuration: Configuration) -> CodeReport | None:
    """Read the code, ``None`` where no template has any."""
    if not any(template.stack.assets for template in found):
        return None
    # Imported here, so that templates without code are checked in milliseconds.
    from durable_mi.lint.app.lint_app import lint_app  # noqa: PLC0415

    return lint_app(found, ignored=ignored, is_excluded=configuration.excluded.match)
