"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.findings.listed import from_here
from durable_mi.findings.severity import Severity
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.findings.listed import ListedFinding

__all__ = ["github_annotations"]

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# As GitHub's own toolkit escapes them (@actions/core, command.ts).
_IN_MESSAGE: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = {**_IN_MESSAGE, **str.maketrans({":": "%3A", ",": "%2C"})}


def github_annotations(findings: Iterable[ListedFinding], *, notes: Iterable[str] = ()) -> str:
    """Write findings as annotations, one in a line.

    Args:
        findings: What was found.
        notes: What was not checked, in sentences. Defaults to none.
    """
    remarks = (f"::notice title=not looked into::{clean(note).translate(_IN_MESSAGE)}" for note in notes)
    return "\n".join((*map(_annotation, findings), *remarks))


def _annotation(finding: ListedFinding) -> str:
    properties = {
        "file": from_here(finding.file).as_posix(),
        "line": str(finding.line),
        "col": str(finding.column),
        "title": f"{finding.rule.id}: {finding.rule.title}",
    }
    listed = ",".join(f"{name}={clean(value).translate(_IN_PROPERTY)}" for name, value in properties.items())
    message = f"{finding.resources[0].name}: {finding.message}" if finding.resources else finding.message
    return f"::{_COMMANDS[finding.severity]} {listed}::{clean(message).translate(_IN_MESSAGE)}"
