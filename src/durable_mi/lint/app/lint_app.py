"""Lint the code of an app: each asset once, from the handlers that its templates name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi.lint.app.archive import ArchiveError, UnpackedArchive
from durable_mi.lint.app.asset import AssetProject
from durable_mi.lint.app.functions import FunctionCode, SkippedCode, functions_of
from durable_mi.lint.app.handler import handler_files, handler_finding
from durable_mi.lint.code.module import UnreadableModuleError
from durable_mi.lint.code_report import CodeReport, listed, merged, suppressed_by_comment
from durable_mi.lint.report import lint_files, nothing
from durable_mi.lint.suppressions import ignores

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from durable_mi.cloudformation.template import Template
    from durable_mi.findings.listed import ListedFinding
    from durable_mi.lint.finding import Finding

__all__ = ["lint_app"]


def lint_app(
    templates: Iterable[Template],
    *,
    ignored: Collection[str] = (),
    is_excluded: Callable[[Path], bool] = nothing,
) -> CodeReport:
    """Read the handlers of an app's durable and managed functions, and the modules that they import.

    Args:
        templates: The templates of a cloud assembly.
        ignored: Ids of rules to leave out.
        is_excluded: Whether nothing is to be reported about a file. Defaults to none.
    """
    assets: dict[Path, list[FunctionCode]] = {}
    reports: list[CodeReport] = []
    for template in templates:
        for found in functions_of(template):
            if isinstance(found, FunctionCode):
                assets.setdefault(found.directory, []).append(found)
            else:
                reports.append(CodeReport(skipped=(found,)))
    for asset, codes in assets.items():
        read = _asset if asset.is_dir() else _archive
        reports.append(read(codes, ignored, is_excluded))
    return merged(reports)


def _archive(
    codes: Sequence[FunctionCode], ignored: Collection[str], is_excluded: Callable[[Path], bool]
) -> CodeReport:
    archive = codes[0].directory
    try:
        with UnpackedArchive(archive) as code:
            unpacked = [
                replace(each, directory=code.directory, is_complete=each.is_complete and not code.has_links)
                for each in codes
            ]
            report = _asset(unpacked, ignored, lambda file: is_excluded(code.shown(file)))
            return replace(
                report,
                findings=tuple(replace(each, file=code.shown(each.file)) for each in report.findings),
                suppressed=tuple(
                    suppressed_by_comment(replace(each.finding, file=code.shown(each.finding.file)), each.reason)
                    for each in report.suppressed
                ),
                vain=tuple((code.shown(file), line, rules) for file, line, rules in report.vain),
                unreadable=tuple(
                    UnreadableModuleError(code.shown(each.file), each.line, each.why) for each in report.unreadable
                ),
            )
    except ArchiveError as error:
        why = f"its asset {archive.name} {error}"
        return CodeReport(skipped=tuple(SkippedCode(each.resource, why) for each in codes))


def _asset(codes: Sequence[FunctionCode], ignored: Collection[str], is_excluded: Callable[[Path], bool]) -> CodeReport:
    files = {code: handler_files(code) for code in codes}
    every = {file for of_one in files.values() for file in of_one}
    project = AssetProject.at(codes[0].directory, every)
    wanted = sorted(file for file in every if not (is_excluded(file) or project.is_library(file)))
    report = lint_files(project, wanted, ignored=ignored, is_excluded=is_excluded)
    findings = [_listed(finding, _callers(finding, files, codes)) for finding in report.findings]
    known = {(finding.rule, finding.file, finding.line) for finding in (*report.findings, *report.suppressed)}
    for code, finding in _handlers(codes, project):
        if finding.rule in ignored or is_excluded(finding.file):
            continue
        if (finding.rule, finding.file, finding.line) not in known:
            findings.append(_listed(finding, [code]))
    return CodeReport(
        findings=tuple(sorted(findings, key=lambda each: (each.file, each.line, each.column))),
        suppressed=tuple(
            suppressed_by_comment(_listed(finding, _callers(finding, files, codes)), reason)
            for finding, reason in report.suppressed.items()
        ),
        vain=report.vain,
        unreadable=report.unreadable,
        functions=len(codes),
    )


def _handlers(codes: Sequence[FunctionCode], project: AssetProject) -> Iterator[tuple[FunctionCode, Finding]]:
    for code in codes:
        finding = handler_finding(code)
        if finding is None:
            continue
        module = project.module(finding.file) if finding.file.suffix == ".py" else None
        if module is None or not ignores(module, finding.line, finding.rule):
            yield code, finding


def _callers(
    finding: Finding, files: Mapping[FunctionCode, Collection[Path]], codes: Sequence[FunctionCode]
) -> Sequence[FunctionCode]:
    """Return the functions whose handler is in a finding's file; all of the asset where a module of theirs has it."""
    return [code for code, of_one in files.items() if finding.file in of_one] or codes


def _listed(finding: Finding, codes: Sequence[FunctionCode]) -> ListedFinding:
    return listed(finding, [code.resource for code in codes])
