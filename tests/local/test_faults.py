"""Executions end right whatever goes wrong on the way, and each effect happens as often as at-least-once allows."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

pytestmark = pytest.mark.untraced

DURABLE_MI = Path(sys.executable).parent / "durable-mi"
KINDS = ["kill-worker", "kill-environment", "drop-answer", "repeat-checkpoint", "slow", "throttle"]
FUNCTION = "Probe-Ledger"


def begin(client: LambdaClient, file: Path, order: int) -> str:
    """Start an execution that leaves five lines in a file."""
    event = json.dumps({"file": str(file), "order": order})
    answer = client.invoke(FunctionName=FUNCTION, Qualifier="live", InvocationType="Event", Payload=event)
    return answer["DurableExecutionArn"]


def ended(client: LambdaClient, arn: str) -> Any:
    """Return an execution once it no longer runs."""

    def execution() -> Any:
        found = client.get_durable_execution(DurableExecutionArn=arn)
        return None if found["Status"] == "RUNNING" else found

    return eventually(execution, f"{arn} has ended", seconds=300)


@pytest.mark.runtime_client
@pytest.mark.parametrize("runs", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_runs_with_a_random_fault_each_end_right(start: Callable[..., Any], tmp_path: Path, runs: int) -> None:
    """Each has its own right result; a step runs once, and once more only for each process that was killed."""
    local = start("--quiet", "--function", "Ledger", "--environments", "2", "--skip-time")
    client = local.client()
    file = tmp_path / "effects"
    chosen = random.Random(7)  # noqa: S311 - no secret
    arns = {}
    for order in range(runs):
        local.faults({"fault": chosen.choice(KINDS)})
        arns[order] = begin(client, file, order)
    executions = {order: ended(client, arn) for order, arn in arns.items()}
    assert {"SUCCEEDED"} == {execution["Status"] for execution in executions.values()}
    expected = {order: {"order": order, "total": 50 * order + 10} for order in range(runs)}
    assert expected == {order: json.loads(execution["Result"]) for order, execution in executions.items()}
    injected = local.faults()
    assert runs == sum(injected.values())
    assert set(KINDS) == {kind for kind, count in injected.items() if count}
    effects = Counter(file.read_text().split())
    assert {f"{order}.{number}" for order in range(runs) for number in range(5)} == set(effects)
    again = sum(count - 1 for count in effects.values())
    assert again <= injected["kill-worker"] + 2 * injected["kill-environment"]


@pytest.mark.parametrize(
    "kind", ["drop-answer", "repeat-checkpoint", pytest.param("slow", marks=pytest.mark.slow), "throttle"]
)
def test_a_fault_of_the_service_repeats_no_step(start: Callable[..., Any], tmp_path: Path, kind: str) -> None:
    """Only a lost process makes a step run again; this seed hits twice in a row at most, which retries outlast."""
    options = ("--environments", "1", "--skip-time", "--fault", f"{kind}=0.4", "--fault-seed", "51")
    local = start("--quiet", "--function", "Ledger", *options)
    client = local.client()
    file = tmp_path / "effects"
    execution = ended(client, begin(client, file, 3))
    assert {"order": 3, "total": 160} == json.loads(execution["Result"])
    assert ["3.0", "3.1", "3.2", "3.3", "3.4"] == file.read_text().split()
    assert local.faults()[kind] > 0


@pytest.mark.parametrize("value", ["kill-worker", "earthquake=1", "slow=2", "slow=often"])
def test_rejects_a_fault_that_cannot_be(probe_app: Path, value: str) -> None:
    """A usage error that names the kinds or the range."""
    command = [str(DURABLE_MI), "local", "--app", str(probe_app), "--fault", value]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 2 == refused.returncode
    assert "from 0 to 1" in refused.stderr.replace("\n", " ")
