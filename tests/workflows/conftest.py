"""The app, synthesized and served once for all tests."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.workflows.app import FUNCTIONS, build
from tests.workflows.cloud import Cloud
from tests.workflows.deployed import Deployed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """Yield moto's server."""
    served = Cloud()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the synthesized app, as it would be deployed."""
    directory = tmp_path_factory.mktemp("workflows") / "cdk.out"
    build(outdir=str(directory)).synth()
    _compile_once(directory)
    return directory


@pytest.fixture(scope="session")
def app(assembly: Path, cloud: Cloud) -> Iterator[Deployed]:
    """Yield the app, served until the session ends."""
    served = Deployed(assembly, cloud)
    yield served
    served.stop()


def _compile_once(assembly: Path) -> None:
    """Compile what all workflows import, which otherwise each of the nine that start together would do."""
    variables = {
        **os.environ,
        "PYTHONPYCACHEPREFIX": str(assembly / ".durable-mi" / "bytecode"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "EXPENSES": "any",
    }
    subprocess.run([sys.executable, "-c", "import approval"], cwd=FUNCTIONS, env=variables, check=True)
