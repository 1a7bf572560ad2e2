"""The app itself."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.workflows.deployed import DURABLE_MI

if TYPE_CHECKING:
    from pathlib import Path


def test_preflight_finds_nothing(assembly: Path) -> None:
    """`durable-mi check` reads the nine durable functions."""
    done = subprocess.run([DURABLE_MI, "check", assembly], capture_output=True, text=True, check=False)

    found = "Nothing found (1 template, 9 durable or managed-instances functions, the code of 9 functions).\n"
    assert (0, found) == (done.returncode, done.stdout)
