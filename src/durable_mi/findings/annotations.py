"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.findings.repository import repository_path
from durable_mi.findings.severity import Severity
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.findings.listed import ListedFinding
    from durable_mi.findings.suppressed import Suppressed

__all__ = ["github_annotations"]

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# As GitHub's own toolkit escapes them (@actions/core, command.ts).
_IN_MESSAGE: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = {**_IN_MESSAGE, **str.maketrans({":": "%3A", ",": "%2C"})}


def github_annotations(
    findings: Iterable[ListedFinding],
    *,
    suppressed: Iterable[Suppressed] = (),
    notes: Iterable[str] = (),
    errors: Iterable[str] = (),
) -> str:
    """Write findings as annotations, one in a line.

    Args:
        findings: What was found.
        suppressed: What was found and is left out. Defaults to none.
        notes: What was not checked, in sentences. Defaults to none.
        errors: What could not be read though the user named it, in sentences. Defaults to none.
    """
    failures = (f"::error title=cannot be read::{clean(error).translate(_IN_MESSAGE)}" for error in errors)
    left_out = (_annotation(each.finding, suppressed_by=each.by) for each in suppressed)
    remarks = (f"::notice title=not looked into::{clean(note).translate(_IN_MESSAGE)}" for note in notes)
    return "\n".join((*failures, *map(_annotation, findings), *left_out, *remarks))


def _annotation(finding: ListedFinding, *, suppressed_by: str = "") -> str:
    properties = {
        "file": repository_path(finding.file).as_posix(),
        "line": str(finding.line),
        "col": str(finding.column),
        "title": f"{finding.rule.id}: {finding.rule.title}",
    }
    listed = ",".join(f"{name}={clean(value).translate(_IN_PROPERTY)}" for name, value in properties.items())
    message = f"{finding.resources[0].name}: {finding.message}" if finding.resources else finding.message
    command = "notice" if suppressed_by else _COMMANDS[finding.severity]
    message = f"suppressed ({suppressed_by}): {message}" if suppressed_by else message
    return f"::{command} {listed}::{clean(message).translate(_IN_MESSAGE)}"
