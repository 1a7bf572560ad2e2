"""The app of a monorepo: it synthesizes strictly, and its package runs."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import cdk_nag
import pytest

from durable_mi_constructs import DurableMiPreflight
from tests.adoption.monorepo_package.app import build

if TYPE_CHECKING:
    from collections.abc import Callable

PACKS = (cdk_nag.AwsSolutionsChecks, cdk_nag.ServerlessChecks, cdk_nag.NIST80053R5Checks)
RUN = "import orders; print(orders.in_cents(orders.price_of('A-1')), orders.handler.__wrapped__.__name__)"


@pytest.fixture(scope="module")
def assembly(strict_app: Callable[..., cdk.App]) -> Path:
    """Synthesize the app with preflight and the three rule packs, whose findings would fail it."""
    app = strict_app()
    build(app)
    cdk.Validations.of(app).add_plugins(DurableMiPreflight(), *(pack(app) for pack in PACKS))
    with suppress(RuntimeError):  # the report says more
        app.synth()
    return Path(app.outdir)


def test_nothing_is_found(assembly: Path) -> None:
    """Preflight and the rule packs are content with a package of several parts."""
    reports = json.loads((assembly / "validation-report.json").read_text())["pluginReports"]

    assert [] == [entry["ruleName"] for report in reports for entry in report["violations"]]
    assert (assembly / "Orders.template.json").is_file()


def test_the_package_has_all_of_its_parts(assembly: Path) -> None:
    """The service's own module, the package of the workspace, the shared directory, and the SDK."""
    (asset,) = assembly.glob("asset.*")

    names = {path.name for path in asset.iterdir()}
    assert {"orders.py", "pricing", "shared_lib", "aws_durable_execution_sdk_python", "requirements.txt"} <= names
    run = subprocess.run([sys.executable, "-c", RUN], cwd=asset, capture_output=True, text=True, check=False)
    assert (0, "400 handler\n") == (run.returncode, run.stdout), run.stderr
