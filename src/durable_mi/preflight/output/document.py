"""A report as one JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from durable_mi.findings.severity import Severity

if TYPE_CHECKING:
    from durable_mi.preflight.report import Diagnostic, Report

__all__ = ["content", "document"]


def document(report: Report) -> str:
    """Write a report as JSON: ``errors`` and ``warnings`` are counts, the rest are lists.

    Args:
        report: The report.
    """
    return json.dumps(content(report), indent=2)


def content(report: Report) -> dict[str, Any]:
    """Return what the JSON document has.

    Args:
        report: The report.
    """
    return {
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "templates": [str(result.template.file) for result in report.results],
        "findings": [_finding(place) for place in report.places],
        "skipped": [
            {
                "file": str(result.template.file),
                "logicalId": result.template.origin(entry.logical_id),
                "path": entry.path,
                "unknown": entry.what,
            }
            for result in report.results
            for entry in result.skipped
        ],
        "notLookedInto": [
            {"file": str(template.file), "logicalId": each.logical_id, "what": each.what}
            for template, each in report.unread
        ],
    }


def _finding(place: Diagnostic) -> dict[str, object]:
    position = place.position
    return {
        "rule": place.rule.id,
        "severity": place.rule.severity.value,
        "title": place.rule.title,
        "message": place.finding.message,
        "file": str(place.template.file),
        "line": position.line,
        "column": position.column,
        "logicalId": place.logical_id,
        "constructPath": place.construct_path,
        "path": "/".join(map(str, place.finding.path)),
    }
