"""A report about code for people."""

from __future__ import annotations

import linecache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from durable_mi.findings.listed import from_here
from durable_mi.findings.text import counted, plain, summary, wrapped
from durable_mi.operate.formatting import clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.findings.listed import ListedFinding
    from durable_mi.findings.remarks import Remarks
    from durable_mi.findings.text import Paint
    from durable_mi.lint.code_report import CodeReport

__all__ = ["body", "checked", "skipped", "text"]

_INDENT: Final = " " * 4
_MOST_RESOURCES: Final = 3
_MOST_CHARACTERS: Final = 160


def text(report: CodeReport, remarks: Remarks, *, paint: Paint = plain) -> str:
    """Write a report, grouped by file.

    Args:
        report: The report.
        remarks: What is left out.
        paint: Adds colours. Defaults to none.
    """
    what = checked(report) + remarks.counted(besides=len(report.suppressed))
    end = summary(report.findings, what, "durable-mi lint")
    return "\n".join((*body(report, paint=paint), *skipped(report), *remarks.lines(), end))


def body(report: CodeReport, *, paint: Paint) -> list[str]:
    """Return the lines of a report without the last ones.

    Args:
        report: The report.
        paint: Adds colours.
    """
    lines: list[str] = []
    for (file, _), found in groupby(report.findings, key=lambda finding: (finding.file, finding.resources)):
        findings = list(found)
        lines += [paint(clean_line(str(from_here(file))), None), ""]
        if findings[0].resources:
            lines.append("  " + _resources(findings[0]))
        for finding in findings:
            lines += _entry(finding, paint)
        lines.append("")
    return lines


def skipped(report: CodeReport) -> list[str]:
    """Return a line for each function whose code is not read."""
    return [clean_line(f"Skipped {each.resource.name}: {each.why}.") for each in report.skipped]


def checked(report: CodeReport) -> str:
    """Return how much was checked."""
    parts = [counted(report.files, "file")] if report.files or not report.functions else []
    if report.functions:
        parts.append(f"the code of {counted(report.functions, 'function')}")
    if report.suppressed:
        parts.append(f"{counted(len(report.suppressed), 'finding')} ignored by comments")
    return ", ".join(parts)


def _entry(finding: ListedFinding, paint: Paint) -> Iterator[str]:
    head = paint(f"{finding.severity.value} {finding.rule.id}", finding.severity)
    yield f"{_INDENT}{head}, line {finding.line}, column {finding.column}"
    line = linecache.getline(str(finding.file), finding.line).strip()
    if line:
        yield f"{_INDENT}  > {clean_line(line[:_MOST_CHARACTERS])}"
    yield wrapped(clean(finding.message), _INDENT + "  ", _INDENT + "  ")


def _resources(finding: ListedFinding) -> str:
    names = [resource.name for resource in finding.resources]
    more = len(names) - _MOST_RESOURCES
    return clean_line(", ".join(_first(names)) + (f" and {more} more" if more > 0 else ""))


def _first(names: Sequence[str]) -> Sequence[str]:
    return names[:_MOST_RESOURCES]
