"""``durable-mi check``: find mistakes in templates before you deploy."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from durable_mi.cli.findings.configuration import Configuration
from durable_mi.cli.findings.left_out import LeftOut
from durable_mi.cli.findings.report_options import report_options
from durable_mi.cli.findings.rule_ids import known_rule
from durable_mi.cli.reports.check import rendered
from durable_mi.findings.remarks import Remarks
from durable_mi.findings.text import explanation
from durable_mi.lint.rules import RULES as CODE_RULES
from durable_mi.operate.formatting import clean
from durable_mi.preflight.files.metadata import TemplateSuppressions
from durable_mi.preflight.files.reading import read_paths
from durable_mi.preflight.output.listed import listed
from durable_mi.preflight.report import RULES, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.findings.report_options import ReportOptions
    from durable_mi.cloudformation.template import Template
    from durable_mi.lint.code_report import CodeReport
    from durable_mi.preflight.files.reading import Reading

__all__ = ["command"]


@click.command("check", short_help="Find mistakes in templates before you deploy.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="PATH...")
@report_options
@click.option("--no-code", is_flag=True, help="Do not read the code of the functions in a cloud assembly.")
@click.option("--code-errors", is_flag=True, help="Let errors in the code count as errors, not as warnings.")
@click.option(
    "--verbose",
    is_flag=True,
    help="Also list the values that were skipped, known only at deploy time, and each file that is no template.",
)
def command(
    *, paths: tuple[Path, ...], options: ReportOptions, no_code: bool, code_errors: bool, verbose: bool
) -> None:
    """Find mistakes in templates before you deploy.

    PATH is a CloudFormation or SAM template, JSON or YAML; a directory that `cdk synth` wrote; any other directory,
    below which every template is checked; a glob; or - for a template on the standard input. In what `cdk synth` wrote
    the handlers of durable and managed-instances functions are read too, as `durable-mi lint` does; what is found in
    them is a warning. Nothing is sent anywhere.

    `Metadata: {durable-mi: {ignore: [DMI112], reason: why}}` on a resource or on the template leaves findings out.

    The exit status is 0 if there are no errors, 1 if there are errors, and 2 if a path that you named is no template.
    Warnings do not change it without --fail-on warning.
    """
    if options.explained is not None:
        click.echo(explanation(known_rule(options.explained, "--explain")))
        return
    if not paths:
        message = "PATH must be a template or the directory that `cdk synth` wrote, such as cdk.out, got none"
        raise click.UsageError(message)
    left_out = LeftOut(options, Configuration.find(Path.cwd()))
    # A rule that does not exist, or a baseline that cannot be read, is said before the templates are read.
    left_out.suppressions()
    reading = read_paths(paths, left_out.configuration.excluded.match)
    # The templates stay until the end: to look through them for garbage again and again costs more than the rules.
    gc.freeze()
    code = None if no_code else _code(reading.templates, left_out.configuration)
    if code is not None and not code_errors:
        code = code.as_warnings()
    report, code, remarks = _sifted(reading, code, left_out)
    remarks = replace(remarks, verbose=verbose)
    found = [*listed(report.places), *(code.findings if code is not None else ())]
    if options.written is not None and not reading.errors:
        left_out.write(options.written, found, _checked(code))
    # Of nothing but errors there is nothing to say in words; machines read a document in any case.
    elif reading.templates or not reading.errors or options.output != "text":
        shown = rendered(report, code, options.output, remarks=remarks, errors=reading.errors, verbose=verbose)
        click.echo(shown, nl=bool(shown))
    for error in reading.errors:
        click.echo(clean(f"Error: {error}"), err=True)
    if options.written is not None and reading.errors:
        message = f"Error: {options.written} was not written, since not everything could be read: correct that first"
        click.echo(clean(message), err=True)
    left_out.end(found, could_read=not reading.errors)


def _sifted(reading: Reading, code: CodeReport | None, left_out: LeftOut) -> tuple[Report, CodeReport | None, Remarks]:
    """Return what is left of what is found, and what is to be said besides."""
    in_templates = TemplateSuppressions.of(reading.templates, {*RULES, *CODE_RULES})
    suppressions = left_out.suppressions(in_templates.listed)
    report = Report.of(reading.templates, ignored=left_out.skipped_rules)
    places = report.places
    sifted = suppressions.sift([*listed(places), *(code.findings if code is not None else ())])
    suppressed = [each for each in sifted if each is not None]
    unused = suppressions.unused(_checked(code))
    if code is not None:
        of_code = zip(code.findings, sifted[len(places) :], strict=True)
        suppressed += code.suppressed
        unused += code.unused
        code = replace(code, findings=tuple(finding for finding, each in of_code if each is None))
    remarks = Remarks(
        suppressed=tuple(suppressed),
        unused=tuple(unused),
        problems=in_templates.problems,
        unreadable=reading.unreadable,
        others=reading.others,
        shows_suppressed=left_out.options.show_suppressed,
    )
    left = report.without(place for place, each in zip(places, sifted, strict=False) if each is not None)
    return left, code, remarks


def _checked(code: CodeReport | None) -> Sequence[str]:
    """Return the ids of the rules that were checked."""
    return [*RULES, *(CODE_RULES if code is not None else ())]


def _code(found: Sequence[Template], configuration: Configuration) -> CodeReport | None:
    """Read the code, ``None`` where no template has any."""
    if not any(template.stack.assets for template in found):
        return None
    # Imported here, so that templates without code are checked in milliseconds.
    from durable_mi.lint.app.lint_app import lint_app  # noqa: PLC0415

    return lint_app(found, is_excluded=configuration.excluded.match)
