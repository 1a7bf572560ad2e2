"""The report of ``durable-mi check``: templates, and the code of their functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from durable_mi.cli.findings.report_options import paint
from durable_mi.findings.text import summary
from durable_mi.lint.rules import RULES as CODE_RULES
from durable_mi.preflight.output.listed import listed
from durable_mi.preflight.output.text import not_looked_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.findings.remarks import Remarks
    from durable_mi.lint.code_report import CodeReport
    from durable_mi.preflight.report import Report

__all__ = ["rendered"]


def rendered(  # noqa: PLR0913 - what a report has
    report: Report,
    code: CodeReport | None,
    output: str,
    *,
    remarks: Remarks,
    errors: Sequence[str],
    verbose: bool,
) -> str:
    """Write a report.

    Args:
        report: What was found in the templates.
        code: What was found in the code; ``None`` where there is none.
        output: The format.
        remarks: What is left out, and what was not read.
        errors: What the user named and is no template; a line each.
        verbose: Whether to list what was skipped.
    """
    # Imported below, so that the ordinary run loads nothing that it does not need.
    match output:
        case "json":
            return json.dumps(_content(report, code, remarks, errors), indent=2)
        case "sarif":
            from durable_mi.preflight.output.sarif import sarif  # noqa: PLC0415

            if code is None:
                return sarif(report, remarks=remarks, errors=errors)
            return sarif(
                report, remarks=remarks, errors=errors, others=code.findings, rules_of_others=CODE_RULES.values()
            )
        case "github":
            from durable_mi.findings.annotations import github_annotations  # noqa: PLC0415

            found = [*listed(report.places), *(code.findings if code is not None else ())]
            notes = [*not_looked_into(report), *remarks.sentences()]
            return github_annotations(found, suppressed=remarks.shown, notes=notes, errors=errors)
    return _text(report, code, remarks, verbose=verbose)


def _text(report: Report, code: CodeReport | None, remarks: Remarks, *, verbose: bool) -> str:
    from durable_mi.preflight.output import text  # noqa: PLC0415

    lines = text.body(report, verbose=verbose, paint=paint())
    checked = text.checked(report)
    found = listed(report.places)
    if code is not None:
        from durable_mi.lint.output import text as of_code  # noqa: PLC0415

        lines += of_code.body(code, paint=paint())
        lines += of_code.skipped(code) if verbose else ()
        checked += f", {of_code.checked(code)}" if code.functions else ""
        found += code.findings
    checked += remarks.counted(besides=len(code.suppressed) if code is not None else 0)
    return "\n".join((*lines, *remarks.lines(), summary(found, checked, "durable-mi check")))


def _content(report: Report, code: CodeReport | None, remarks: Remarks, errors: Sequence[str]) -> dict[str, Any]:
    from durable_mi.preflight.output import document  # noqa: PLC0415

    content = document.content(report) | remarks.content()
    content["unreadable"] = [{"message": line} for line in (*errors, *remarks.unreadable)]
    content["notTemplates"] = [str(file) for file in remarks.others]
    if code is None:
        return content
    from durable_mi.findings.listed import count  # noqa: PLC0415
    from durable_mi.findings.severity import Severity  # noqa: PLC0415
    from durable_mi.lint.output import document as of_code  # noqa: PLC0415

    content["errors"] += count(code.findings, Severity.ERROR)
    content["warnings"] += count(code.findings, Severity.WARNING)
    content["notes"] = count(code.findings, Severity.NOTE)
    # As findings in templates have it: here there is no property.
    content["findings"] += [{**entry, "path": ""} for entry in of_code.entries(code)]
    content["skipped"] += of_code.skipped(code)
    return content
