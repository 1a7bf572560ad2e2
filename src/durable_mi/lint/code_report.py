"""What was found in code, as reports list it: of paths, of apps, or of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from durable_mi.findings.listed import ListedFinding
from durable_mi.findings.severity import Severity
from durable_mi.lint.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.lint.app.functions import SkippedCode
    from durable_mi.lint.code.module import UnreadableModuleError
    from durable_mi.lint.report import LintReport

__all__ = ["CodeReport", "merged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeReport:
    """What was found in code.

    Attributes:
        findings: What was found, by file and line.
        suppressed: How many findings comments ignore.
        unreadable: Files that are not Python which this interpreter can read, and why.
        skipped: Functions whose code is not read.
        files: How many files of paths were read.
        functions: How many functions of apps were read.
    """

    findings: tuple[ListedFinding, ...] = ()
    suppressed: int = 0
    unreadable: tuple[UnreadableModuleError, ...] = ()
    skipped: tuple[SkippedCode, ...] = ()
    files: int = 0
    functions: int = 0

    @classmethod
    def of(cls, report: LintReport) -> CodeReport:
        """List what was found below paths."""
        return cls(
            findings=tuple(
                ListedFinding(
                    rule=RULES[finding.rule],
                    severity=RULES[finding.rule].severity,
                    message=finding.message,
                    file=finding.file,
                    line=finding.line,
                    column=finding.column,
                )
                for finding in report.findings
            ),
            suppressed=len(report.suppressed),
            unreadable=report.unreadable,
            files=report.files,
        )

    def as_warnings(self) -> CodeReport:
        """Return the same with errors as warnings."""
        return replace(
            self,
            findings=tuple(
                replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding
                for finding in self.findings
            ),
        )


def merged(reports: Iterable[CodeReport]) -> CodeReport:
    """Return what several reports have together.

    Args:
        reports: The reports.
    """
    every = list(reports)
    found = {
        (finding.rule.id, finding.file, finding.line, finding.column): finding
        for report in every
        for finding in report.findings
    }
    unreadable = {error.file: error for report in every for error in report.unreadable}
    return CodeReport(
        findings=tuple(found.values()),
        suppressed=sum(report.suppressed for report in every),
        unreadable=tuple(unreadable.values()),
        skipped=tuple(skipped for report in every for skipped in report.skipped),
        files=sum(report.files for report in every),
        functions=sum(report.functions for report in every),
    )
