"""The findings of a stack on the terminal, and as one JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from durable_mi.cli.diagnosis.why_report import command_document
from durable_mi.diagnosis.stack.check import Check
from durable_mi.operate.report.plain_console import plain_console

if TYPE_CHECKING:
    from rich.console import Console

    from durable_mi.diagnosis.stack.check import Finding, Report

__all__ = ["print_report", "report_document"]


def report_document(report: Report) -> str:
    """Return the document of a report."""
    document = {
        "stack": report.stack,
        "functions": list(report.functions),
        "checks": [str(each) for each in Check],
        "findings": [_document(each) for each in report.findings if not each.is_note],
        "notes": [_document(each) for each in report.findings if each.is_note],
        "unread": list(report.unread),
    }
    return json.dumps(document, indent=2)


def print_report(report: Report) -> None:
    """Print a report."""
    console = plain_console()
    for finding in report.findings:
        _print(console, finding)
    if report.unread:
        console.print("Not read, so nothing is concluded from it:")
    for line in report.unread:
        console.print(f"  {line}", soft_wrap=True)
    count = sum(not each.is_note for each in report.findings)
    result = "Nothing is wrong" if count == 0 else f"{count} finding{'' if count == 1 else 's'}"
    if count == 0 and report.unread:
        result += " in what could be read"
    console.print(f"{result} (stack {report.stack}: {', '.join(report.functions) or 'no function'}).", soft_wrap=True)


def _print(console: Console, finding: Finding) -> None:
    kind = "note" if finding.is_note else "finding"
    console.print(f"{finding.check} ({kind}): {finding.subject}", style="bold", soft_wrap=True)
    console.print(f"  must hold: {finding.check.expected}", soft_wrap=True)
    console.print(f"  found: {finding.found}", soft_wrap=True)
    console.print(f"  fix: {finding.fix}", soft_wrap=True)
    console.print(f"  page: {finding.check.page}", soft_wrap=True)
    for command in finding.commands:
        console.print(f"  {command.line}", soft_wrap=True)
    console.print()


def _document(finding: Finding) -> dict[str, Any]:
    return {
        "id": str(finding.check),
        "subject": finding.subject,
        "page": finding.check.page,
        "expected": finding.check.expected,
        "found": finding.found,
        "fix": finding.fix,
        "commands": [command_document(each) for each in finding.commands],
    }
