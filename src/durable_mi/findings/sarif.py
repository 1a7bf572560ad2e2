"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from durable_mi.findings.listed import from_here

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from durable_mi.findings.listed import ListedFinding, RuleTexts

__all__ = ["sarif_log"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_log(rules: Iterable[RuleTexts], findings: Iterable[ListedFinding], *, notes: Iterable[str] = ()) -> str:
    """Write findings as SARIF.

    Files below the working directory are named from there, as code scanning services expect; others by their full path.

    Args:
        rules: Every rule that was checked.
        findings: What was found, each by one of these rules.
        notes: What was not checked, in sentences. Defaults to none.
    """
    notifications = [{"level": "note", "message": {"text": note}} for note in notes]
    invocations = [{"executionSuccessful": True, "toolExecutionNotifications": notifications}] if notifications else []
    listed = list(rules)
    indexes = {rule.id: index for index, rule in enumerate(listed)}
    return json.dumps(
        {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "durable-mi",
                            "semanticVersion": version("durable-mi-constructs"),
                            "rules": [_rule(rule) for rule in listed],
                        }
                    },
                    **({"invocations": invocations} if invocations else {}),
                    "columnKind": "unicodeCodePoints",
                    "results": [_result(finding, indexes[finding.rule.id]) for finding in findings],
                }
            ],
        },
        indent=2,
    )


def _rule(rule: RuleTexts) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.fix} Source: {rule.source}."},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: ListedFinding, index: int) -> dict[str, object]:
    names = [resource.name for resource in finding.resources]
    location: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(finding.file)},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if names:
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"} for name in names]
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": f"{names[0]}: {finding.message}" if names else finding.message},
        "locations": [location],
    }


def _uri(file: Path) -> str:
    path = from_here(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
