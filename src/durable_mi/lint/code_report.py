"""What was found in code, as reports list it: of paths, of apps, or of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from durable_mi.findings.listed import ListedFinding, from_here
from durable_mi.findings.severity import Severity
from durable_mi.findings.suppressed import Kind, Suppressed
from durable_mi.lint.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from durable_mi.findings.listed import ListedResource
    from durable_mi.lint.app.functions import SkippedCode
    from durable_mi.lint.code.module import UnreadableModuleError
    from durable_mi.lint.finding import Finding
    from durable_mi.lint.report import LintReport

__all__ = ["CodeReport", "listed", "merged", "suppressed_by_comment"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeReport:
    """What was found in code.

    Attributes:
        findings: What was found, by file and line.
        suppressed: What comments ignore.
        vain: Comments that ignore nothing: file, line and rules.
        unreadable: Files that are not Python which this interpreter can read, and why.
        skipped: Functions whose code is not read.
        files: How many files of paths were read.
        functions: How many functions of apps were read.
    """

    findings: tuple[ListedFinding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    vain: tuple[tuple[Path, int, str], ...] = ()
    unreadable: tuple[UnreadableModuleError, ...] = ()
    skipped: tuple[SkippedCode, ...] = ()
    files: int = 0
    functions: int = 0

    @classmethod
    def of(cls, report: LintReport) -> CodeReport:
        """List what was found below paths."""
        return cls(
            findings=tuple(map(listed, report.findings)),
            suppressed=tuple(suppressed_by_comment(listed(each), why) for each, why in report.suppressed.items()),
            vain=report.vain,
            unreadable=report.unreadable,
            files=report.files,
        )

    @property
    def unused(self) -> list[str]:
        """A line for each comment that ignores nothing."""
        return [f"comment in {from_here(file)}, line {line}: {rules}" for file, line, rules in self.vain]

    def as_warnings(self) -> CodeReport:
        """Return the same with errors as warnings."""
        return replace(
            self,
            findings=tuple(
                replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding
                for finding in self.findings
            ),
        )


def listed(finding: Finding, resources: Sequence[ListedResource] = ()) -> ListedFinding:
    """List a finding.

    Args:
        finding: The finding.
        resources: The functions that it is about. Defaults to none.
    """
    rule = RULES[finding.rule]
    return ListedFinding(
        rule=rule,
        severity=rule.severity,
        message=finding.message,
        file=finding.file,
        line=finding.line,
        column=finding.column,
        resources=tuple(dict.fromkeys(resources)),
    )


def suppressed_by_comment(finding: ListedFinding, reason: str) -> Suppressed:
    """Return a finding that a comment ignores.

    Args:
        finding: The finding.
        reason: What the comment says.
    """
    return Suppressed(finding, f"comment in {from_here(finding.file)}", reason, Kind.IN_SOURCE)


def merged(reports: Iterable[CodeReport]) -> CodeReport:
    """Return what several reports have together.

    Args:
        reports: The reports.
    """
    every = list(reports)
    found = {_place(finding): finding for report in every for finding in report.findings}
    unreadable = {error.file: error for report in every for error in report.unreadable}
    return CodeReport(
        findings=tuple(found.values()),
        suppressed=tuple({_place(each.finding): each for report in every for each in report.suppressed}.values()),
        vain=tuple(dict.fromkeys(each for report in every for each in report.vain)),
        unreadable=tuple(unreadable.values()),
        skipped=tuple(skipped for report in every for skipped in report.skipped),
        files=sum(report.files for report in every),
        functions=sum(report.functions for report in every),
    )


def _place(finding: ListedFinding) -> tuple[str, Path, int, int]:
    return finding.rule.id, finding.file, finding.line, finding.column
