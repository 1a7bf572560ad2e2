"""A report as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from durable_mi.preflight.report import Diagnostic, Report
    from durable_mi.preflight.rule import Rule

__all__ = ["sarif"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report) -> str:
    """Write a report as SARIF.

    Files below the working directory are named from there, as code scanning services expect; others by their full path.

    Args:
        report: The report.
    """
    ids = list(RULES)
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
                            "rules": [_rule(rule) for rule in RULES.values()],
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "results": [_result(place, ids.index(place.rule.id)) for place in report.places],
                }
            ],
        },
        indent=2,
    )


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.fix} Source: {rule.source}."},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(place: Diagnostic, index: int) -> dict[str, object]:
    position = place.position
    name = place.construct_path or place.logical_id
    return {
        "ruleId": place.rule.id,
        "ruleIndex": index,
        "level": place.rule.severity.value,
        "message": {"text": f"{name}: {place.finding.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place.template.file)},
                    "region": {"startLine": position.line, "startColumn": position.column},
                },
                "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
            }
        ],
    }


def _uri(file: Path) -> str:
    full = file.resolve()
    here = Path.cwd()
    return quote(full.relative_to(here).as_posix()) if full.is_relative_to(here) else full.as_uri()
