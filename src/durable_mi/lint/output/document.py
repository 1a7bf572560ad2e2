"""A report about code as one JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from durable_mi.findings.listed import count, from_here
from durable_mi.findings.severity import Severity

if TYPE_CHECKING:
    from durable_mi.findings.remarks import Remarks
    from durable_mi.lint.code_report import CodeReport

__all__ = ["document", "entries", "skipped"]


def document(report: CodeReport, remarks: Remarks) -> str:
    """Write a report as JSON: ``errors``, ``warnings`` and ``notes`` are counts, ``findings`` is a list.

    Args:
        report: The report.
        remarks: What is left out.
    """
    return json.dumps(
        {
            "errors": count(report.findings, Severity.ERROR),
            "warnings": count(report.findings, Severity.WARNING),
            "notes": count(report.findings, Severity.NOTE),
            "files": report.files,
            "functions": report.functions,
            **remarks.content(),
            "findings": entries(report),
            "unreadable": [
                {"file": str(from_here(error.file)), "line": error.line, "message": error.why}
                for error in report.unreadable
            ],
            "skipped": skipped(report),
        },
        indent=2,
    )


def entries(report: CodeReport) -> list[dict[str, object]]:
    """Return the findings as JSON has them.

    Args:
        report: The report.
    """
    return [
        {
            "rule": finding.rule.id,
            "severity": finding.severity.value,
            "title": finding.rule.title,
            "message": finding.message,
            "file": str(from_here(finding.file)),
            "line": finding.line,
            "column": finding.column,
            "logicalId": finding.resources[0].logical_id if finding.resources else None,
            "constructPath": finding.resources[0].construct_path if finding.resources else None,
            "resources": [resource.name for resource in finding.resources],
        }
        for finding in report.findings
    ]


def skipped(report: CodeReport) -> list[dict[str, object]]:
    """Return the functions whose code is not read, as JSON has them.

    Args:
        report: The report.
    """
    return [
        {
            "file": str(each.resource.template),
            "logicalId": each.resource.logical_id,
            "path": "Code",
            "unknown": each.why,
        }
        for each in report.skipped
    ]
