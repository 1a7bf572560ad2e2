"""The report of ``durable-mi check``: templates, and the code of their functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.cli.findings.report_options import paint

if TYPE_CHECKING:
    from durable_mi.findings.listed import RuleTexts
    from durable_mi.lint.code_report import CodeReport
    from durable_mi.preflight.report import Report

__all__ = ["rendered"]


def rendered(report: Report, code: CodeReport | None, output: str, *, verbose: bool) -> str:
    """Write a report.

    Args:
        report: What was found in the templates.
        code: What was found in the code; ``None`` where there is none.
        output: The format.
        verbose: Whether to list what was skipped.
    """
    # Imported here, so that the ordinary run loads nothing that it does not need.
    match output:
        case "json":
            return _document(report, code)
        case "sarif":
            return _sarif(report, code)
        case "github":
            from durable_mi.findings.annotations import github_annotations  # noqa: PLC0415
            from durable_mi.preflight.output.listed import listed  # noqa: PLC0415
            from durable_mi.preflight.output.text import not_looked_into  # noqa: PLC0415

            found = [*listed(report.places), *(code.findings if code is not None else ())]
            return github_annotations(found, notes=not_looked_into(report))
    return _text(report, code, verbose=verbose)


def _text(report: Report, code: CodeReport | None, *, verbose: bool) -> str:
    from durable_mi.preflight.output import text  # noqa: PLC0415

    if code is None:
        return text.text(report, verbose=verbose, paint=paint())
    from durable_mi.findings.text import summary  # noqa: PLC0415
    from durable_mi.lint.output import text as of_code  # noqa: PLC0415
    from durable_mi.preflight.output.listed import listed  # noqa: PLC0415

    lines = [*text.body(report, verbose=verbose, paint=paint()), *of_code.body(code, paint=paint())]
    lines += of_code.skipped(code) if verbose else ()
    checked = text.checked(report)
    if code.functions:
        checked += f", {of_code.checked(code)}"
    return "\n".join((*lines, summary([*listed(report.places), *code.findings], checked, "durable-mi check")))


def _document(report: Report, code: CodeReport | None) -> str:
    from durable_mi.preflight.output import document  # noqa: PLC0415

    if code is None:
        return document.document(report)
    import json  # noqa: PLC0415

    from durable_mi.findings.listed import count  # noqa: PLC0415
    from durable_mi.findings.severity import Severity  # noqa: PLC0415
    from durable_mi.lint.output import document as of_code  # noqa: PLC0415

    content = document.content(report)
    content["errors"] += count(code.findings, Severity.ERROR)
    content["warnings"] += count(code.findings, Severity.WARNING)
    content["notes"] = count(code.findings, Severity.NOTE)
    # As findings in templates have it: here there is no property.
    content["findings"] += [{**entry, "path": ""} for entry in of_code.entries(code)]
    content["skipped"] += of_code.skipped(code)
    return json.dumps(content, indent=2)


def _sarif(report: Report, code: CodeReport | None) -> str:
    if code is None:
        from durable_mi.preflight.output.sarif import sarif  # noqa: PLC0415

        return sarif(report)
    from durable_mi.findings.sarif import sarif_log  # noqa: PLC0415
    from durable_mi.lint.rules import RULES as CODE_RULES  # noqa: PLC0415
    from durable_mi.preflight.output.listed import listed  # noqa: PLC0415
    from durable_mi.preflight.output.text import not_looked_into  # noqa: PLC0415
    from durable_mi.preflight.report import RULES  # noqa: PLC0415

    rules: list[RuleTexts] = [*RULES.values(), *CODE_RULES.values()]
    return sarif_log(rules, [*listed(report.places), *code.findings], notes=not_looked_into(report))
