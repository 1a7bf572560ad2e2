"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from durable_mi.findings.fingerprints import fingerprints
from durable_mi.findings.help_uri import help_uri
from durable_mi.findings.repository import repository_path
from durable_mi.findings.text import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from durable_mi.findings.listed import ListedFinding, RuleTexts
    from durable_mi.findings.suppressed import Suppressed

__all__ = ["sarif_log"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_OF_GITHUB: Final = "primaryLocationLineHash"
"""The one that code scanning of GitHub reads."""


def sarif_log(
    rules: Iterable[RuleTexts],
    findings: Sequence[ListedFinding],
    *,
    suppressed: Sequence[Suppressed] = (),
    notes: Iterable[str] = (),
    errors: Sequence[str] = (),
) -> str:
    """Write findings as SARIF.

    Files are named from the root of the repository, as code scanning services expect, and others by their full path.

    Args:
        rules: Every rule that was checked.
        findings: What was found, each by one of these rules.
        suppressed: What was found and is left out. Defaults to none.
        notes: What was not checked, in sentences. Defaults to none.
        errors: What could not be read though the user named it, in sentences. Defaults to none.
    """
    notifications = [
        {"level": level, "message": {"text": sentence}}
        for level, sentences in (("error", errors), ("note", notes))
        for sentence in sentences
    ]
    invocation = {"executionSuccessful": not errors, "toolExecutionNotifications": notifications}
    listed = list(rules)
    indexes = {rule.id: index for index, rule in enumerate(listed)}
    every = [*findings, *(each.finding for each in suppressed)]
    results = [
        _result(finding, indexes[finding.rule.id], fingerprint)
        for finding, fingerprint in zip(every, fingerprints(every), strict=True)
    ]
    for result, each in zip(results[len(findings) :], suppressed, strict=True):
        why = f"{each.reason} ({each.where})" if each.reason else each.where
        result["suppressions"] = [{"kind": each.kind.value, "justification": why}]
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
                    "invocations": [invocation],
                    "columnKind": "unicodeCodePoints",
                    "results": results,
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
        "help": {
            "text": f"{rule.fix} Source: {rule.source}. Page: {page(rule)}.",
            "markdown": f"**Why.** {rule.why}\n\n**Fix.** {rule.fix}\n\n**Source.** {rule.source}.",
        },
        "helpUri": help_uri(rule.source),
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: ListedFinding, index: int, fingerprint: str) -> dict[str, object]:
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
        "partialFingerprints": {_OF_GITHUB: fingerprint, "durableMi/v1": fingerprint},
    }


def _uri(file: Path) -> str:
    path = repository_path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
