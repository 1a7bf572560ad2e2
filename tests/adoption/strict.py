"""Synthesis of an adoption app as a strict team runs it: preflight and three rule packs, whose findings count."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from durable_mi_constructs import DurableMiPreflight

__all__ = ["PACKS", "findings"]

PACKS = (cdk_nag.AwsSolutionsChecks, cdk_nag.ServerlessChecks, cdk_nag.NIST80053R5Checks)


def findings(app: cdk.App) -> list[str]:
    """Synthesize an app and return the rules that found something.

    Args:
        app: The app, whose context turns violations of CDK's template rules into errors.
    """
    cdk.Validations.of(app).add_plugins(DurableMiPreflight(), *(pack(app) for pack in PACKS))
    with suppress(RuntimeError):  # the report says more
        app.synth()
    reports = json.loads((Path(app.outdir) / "validation-report.json").read_text())["pluginReports"]
    return [f"{entry['ruleName']} {entry['description']}" for report in reports for entry in report["violations"]]
