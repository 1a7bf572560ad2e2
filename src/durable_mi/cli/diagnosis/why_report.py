"""A diagnosis on the terminal, and as one JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from durable_mi.operate.report.plain_console import plain_console

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Command
    from durable_mi.diagnosis.diagnosis import Diagnosis
    from durable_mi.diagnosis.evidence import Evidence

__all__ = ["command_document", "print_diagnosis", "why_document"]


def why_document(evidence: Evidence, diagnosis: Diagnosis) -> str:
    """Return the document of a diagnosis."""
    execution = evidence.execution
    document = {
        "executionArn": execution.arn,
        "name": execution.name,
        "function": evidence.timeline.function_name,
        "version": evidence.timeline.version,
        "status": execution.status,
        **_document(diagnosis),
    }
    return json.dumps(document, indent=2)


def print_diagnosis(evidence: Evidence, diagnosis: Diagnosis) -> None:
    """Print a diagnosis."""
    console = plain_console()
    execution, timeline = evidence.execution, evidence.timeline
    console.print(
        f"{execution.name} ({timeline.function_name}:{timeline.version}) is {execution.status}: {diagnosis.kind}",
        style="bold",
    )
    console.print(diagnosis.paragraph)
    if diagnosis.commands:
        console.print("\nNext:")
    for command in diagnosis.commands:
        console.print(f"  # {command.purpose}", soft_wrap=True)
        console.print(f"  {command.line}", soft_wrap=True)
    if diagnosis.unread:
        console.print("\nNot read, so nothing is concluded from it:")
    for line in diagnosis.unread:
        console.print(f"  {line}", soft_wrap=True)
    console.print(f"\nPage: {diagnosis.kind.page}", soft_wrap=True)


def command_document(command: Command) -> dict[str, Any]:
    """Return a command in JSON types."""
    return {"purpose": command.purpose, "command": command.line, "words": list(command.words)}


def _document(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "kind": str(diagnosis.kind),
        "paragraph": diagnosis.paragraph,
        "page": diagnosis.kind.page,
        "expected": diagnosis.kind.expected,
        "found": diagnosis.found,
        "fix": diagnosis.fix,
        "also": list(diagnosis.also),
        "commands": [command_document(each) for each in diagnosis.commands],
        "unread": list(diagnosis.unread),
        "child": None if diagnosis.child is None else _document(diagnosis.child),
    }
