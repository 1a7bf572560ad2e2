"""Apps as companies have them, each a module of this folder with `build` and `FOUND`; `strict.py` is none.

Each is synthesized with CDK's strict template rules, with preflight and with three rule packs of cdk-nag. What the
packs find is what the app itself decided, listed in `FOUND`; about the constructs they find nothing.
"""

from __future__ import annotations

import json
import runpy
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import cdk_nag
import pytest

from durable_mi_constructs import DurableMiPreflight

if TYPE_CHECKING:
    from collections.abc import Callable

APPS = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith(("test_", "strict")))
PACKS = (cdk_nag.AwsSolutionsChecks, cdk_nag.ServerlessChecks, cdk_nag.NIST80053R5Checks)


@pytest.fixture(scope="module", params=APPS, ids=[path.stem for path in APPS])
def synthesized(
    request: pytest.FixtureRequest, strict_app: Callable[..., cdk.App]
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return an app's module, CDK's reports of its synthesis, and its templates."""
    module = runpy.run_path(str(request.param))
    app = strict_app()
    module["build"](app)
    cdk.Validations.of(app).add_plugins(DurableMiPreflight(), *(pack(app) for pack in PACKS))
    with suppress(RuntimeError):  # findings fail the synthesis; the report is there all the same
        app.synth()
    out = Path(app.outdir)
    reports = json.loads((out / "validation-report.json").read_text())["pluginReports"]
    return module, reports, [json.loads(path.read_text()) for path in sorted(out.glob("*.template.json"))]


def test_only_what_the_app_decided_is_found(
    synthesized: tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    """By CDK's rules and preflight nothing, by the packs what `FOUND` has."""
    module, reports, _ = synthesized

    assert module["FOUND"] == {
        (violation["ruleName"].partition("[")[0], construct["constructPath"].split("/")[1])
        for report in reports
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    }


def test_all_judges_were_there(
    synthesized: tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    """A pack that is missing finds nothing."""
    _, reports, _ = synthesized

    assert {"AwsSolutions", "Serverless", "NIST.800.53.R5"} <= {report["pluginName"] for report in reports}


def test_cfn_lint_finds_no_error(
    synthesized: tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]],
    cfn_lint: Callable[[Any], list[str]],
) -> None:
    """No circle, and nothing that CloudFormation would reject."""
    *_, templates = synthesized

    assert [] == [finding for template in templates for finding in cfn_lint(template) if finding.startswith("E")]
