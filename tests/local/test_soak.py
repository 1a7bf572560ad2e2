"""No execution is lost and none doubled while the runtime and its processes are killed under load: `make soak`."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.stress.soak import Soak

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.untraced

SEED = int(os.environ.get("STRESS_SEED", "1"))
SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
DURABLE_MI = Path(sys.executable).parent / "durable-mi"


@pytest.fixture
def app(probe_resources: Any, write_assembly: Callable[..., Path], tmp_path: Path) -> Path:
    """Return an app with a function for orders and one for their parts, whose invocations may take 5 seconds."""
    managed, released = probe_resources
    resources: dict[str, Any] = {"Capacity": {"Type": "AWS::Lambda::CapacityProvider"}}
    for name in ("Order", "Part"):
        durable = {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 1}
        properties = {"FunctionName": name.lower(), "DurableConfig": durable, "Timeout": 5}
        resources |= {name: managed(f"soak.{name.lower()}", **properties), **released(name)}
    return write_assembly(tmp_path / "app", {"Resources": resources})


@pytest.mark.slow
@pytest.mark.timeout(2 * SECONDS + 600)
def test_nothing_is_lost_or_doubled_whatever_is_killed(start: Callable[..., Any], app: Path, tmp_path: Path) -> None:
    """A step may run again when its process is killed before its result is kept; those are counted."""
    options = ("--quiet", "--environments", "1", "--concurrency", "3", "--state", str(tmp_path / "state.db"))
    command = [str(DURABLE_MI), "local", "--app", str(app), "--port", "0", *options]
    starting = functools.partial(subprocess.Popen, command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    soak = Soak(functools.partial(start, *options, app=app), starting, tmp_path / "steps", SEED)
    count = soak.run(SECONDS)
    print(f"\n{count}")  # noqa: T201 - the figures of a long run
    hint = f"STRESS_SEED={SEED} kills in the same order\n{soak.output}"
    assert ([], []) == (count.lost, count.doubled), hint
    assert "Traceback" not in soak.output
    assert count.faults["server"] > 0
    assert count.executions > 0
