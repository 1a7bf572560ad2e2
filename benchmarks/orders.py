"""The order workflow's app, and what its executions must return."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

__all__ = ["EXAMPLE", "TOOLS", "check", "synthesize"]

EXAMPLE: Final = Path(__file__).parents[1] / "examples" / "order_workflow"
TOOLS: Final = Path(sys.executable).parent


def synthesize(app: Path) -> None:
    """Write the example's cloud assembly.

    Args:
        app: The directory to write.
    """
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    command = [str(TOOLS / "cdk"), "synth", "--quiet", "--output", str(app)]
    subprocess.run(command, cwd=EXAMPLE, check=True, env=environment)  # noqa: S603 - our own tool


def check(result: dict[str, Any], n: int) -> None:
    """Check that an execution has its own right result.

    Args:
        result: What it returned.
        n: Its number.
    """
    if (result.get("orderId"), result.get("status")) != (f"o-{n}", "processed"):
        msg = f"execution {n} must return its own order, got {result}"
        raise SystemExit(msg)
