"""The app of a monorepo: it synthesizes strictly, and its package runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.adoption.monorepo_package.app import build
from tests.adoption.strict import findings

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

RUN = "import orders; print(orders.in_cents(orders.price_of('A-1')), orders.handler.__wrapped__.__name__)"


@pytest.fixture(scope="module")
def assembly(strict_app: Callable[..., cdk.App]) -> Path:
    """Synthesize the app with preflight and the three rule packs, which find nothing."""
    app = strict_app()
    build(app)

    assert [] == findings(app)
    return Path(app.outdir)


def test_the_package_has_all_of_its_parts(assembly: Path) -> None:
    """The service's own module, the package of the workspace, the shared directory, and the SDK."""
    (asset,) = (it for it in assembly.glob("asset.*") if not (it / "durable_mi").exists())

    names = {path.name for path in asset.iterdir()}
    assert {"orders.py", "pricing", "shared_lib", "aws_durable_execution_sdk_python", "requirements.txt"} <= names
    run = subprocess.run([sys.executable, "-c", RUN], cwd=asset, capture_output=True, text=True, check=False)
    assert (0, "400 handler\n") == (run.returncode, run.stdout), run.stderr
