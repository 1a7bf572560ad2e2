"""Random workflows against an oracle: all end, with the right result and history, and none waits for nothing."""

from __future__ import annotations

import functools
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.stress.checks import faults_of, missing_of
from tests.stress.driver import Driver
from tests.stress.mode import MODES, Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.untraced

SEED = int(os.environ.get("STRESS_SEED", "1"))
SECONDS = float(os.environ.get("STRESS_SECONDS", "120"))
"""How long each mode of `make slow` runs."""


@pytest.fixture
def start_flows(start: Callable[..., Any], app: Path) -> Callable[..., Any]:
    """Start a runtime with them."""
    return functools.partial(start, app=app)


@pytest.fixture
def app(probe_template: dict[str, Any], write_assembly: Callable[..., Path], tmp_path: Path) -> Path:
    """Return an app with the function that runs the programs, one that lives for two seconds, and a plain one."""
    resources = probe_template["Resources"]
    workers = {"Durable": ("flow", "stress.flow", 8, 600), "Parent": ("brief", "stress.flow", 2, 2)}
    for resource, (name, handler, count, timeout) in workers.items():
        properties = resources[resource]["Properties"]
        properties |= {"FunctionName": name, "Handler": handler}
        properties["DurableConfig"] = {"ExecutionTimeout": timeout, "RetentionPeriodInDays": 1}
        provider = properties["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
        provider["PerExecutionEnvironmentMaxConcurrency"] = count
    resources["Plain"]["Properties"] |= {"FunctionName": "plain", "Handler": "stress.plain"}
    for part in ("Ledger", "LedgerVersion", "LedgerAlias"):
        del resources[part]
    return write_assembly(tmp_path / "app", probe_template)


def run(start: Callable[..., Any], directory: Path, mode: Mode, seed: int, **size: int) -> int:
    """Run so many workflows, and return how many executions that made."""
    files = directory / f"files-{seed}"
    files.mkdir()
    state = ("--state", str(directory / f"state-{seed}.db")) if mode.kills else ()
    seeded = ("--fault-seed", str(seed)) if "--fault" in mode.options else ()
    options = ("--quiet", "--environments", "1", *mode.options, *state, *seeded)
    driver = Driver(functools.partial(start, *options), files, mode, seed)
    ended = driver.run(**size)
    hint = f"STRESS_SEED={seed} repeats it, in mode {mode.name}"
    faults = {each.arn: found for each in ended if (found := faults_of(each, mode, files, driver.stalls_s))}
    assert {} == faults, hint
    assert set() == missing_of(ended), hint
    if mode.is_calm:
        # What the emulator prints before it tries again what it takes for failed.
        assert "validation failure" not in driver.output, hint
    return len(ended)


@pytest.mark.parametrize("name", ["real", pytest.param("skip", marks=pytest.mark.slow)])
def test_random_workflows_come_to_what_the_oracle_foresees(
    name: str, start_flows: Callable[..., Any], tmp_path: Path
) -> None:
    """A few of them; `make slow` runs more, in more ways."""
    assert run(start_flows, tmp_path, MODES[name], SEED, count=3, size=5) >= 3


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 600)
@pytest.mark.parametrize("name", MODES)
def test_many_random_workflows_come_to_what_the_oracle_foresees(
    name: str, start_flows: Callable[..., Any], tmp_path: Path
) -> None:
    """As many as the time allows, with another seed each time."""
    end = time.monotonic() + SECONDS
    seed, executions = SEED, 0
    while time.monotonic() < end:
        executions += run(start_flows, tmp_path, MODES[name], seed, count=30, size=16)
        seed += 1
    print(f"{name}: {executions} executions, seeds {SEED} to {seed - 1}")  # noqa: T201 - the figure of a long run
