"""Executions that do not go on, made on the local runtime, and what `durable-mi why` says of each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

DURABLE_MI = Path(sys.executable).parent / "durable-mi"
DURABLE = {"DurableConfig": {"ExecutionTimeout": 7200}}
FUNCTIONS = {
    "stuck": ("stuck.handler", {"Timeout": 900}),
    "stuck-child": ("stuck.child", {"Timeout": 900}),
    "short": ("stuck.handler", {"Timeout": 1}),
    "held": ("stuck.handler", {"Timeout": 1}),
    "parked": ("stuck.handler", {"Timeout": 900}),
    "gone": ("gone.handler", {"Timeout": 900}),
}


class Stuck:
    """The app, and what is asked of it."""

    def __init__(self, local: Any) -> None:
        self.local = local
        self.client = local.client()

    def start(self, function: str, case: str) -> str:
        """Start an execution; returns its ARN."""
        answer = self.client.invoke(
            FunctionName=function, Qualifier="live", InvocationType="Event", Payload=json.dumps({"case": case})
        )
        arn: str = answer["DurableExecutionArn"]
        return arn

    def types(self, arn: str) -> list[str]:
        """Return the types of an execution's events."""
        return [
            each["EventType"] for each in self.client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
        ]

    def reach(self, arn: str, event_type: str) -> str:
        """Wait until an execution has an event of a type; returns its ARN."""
        eventually(lambda: event_type in self.types(arn), f"{arn} has {event_type}")
        return arn

    def why(self, arn: str) -> dict[str, Any]:
        """Return what the command says of an execution."""
        command = [str(DURABLE_MI), "why", arn, "--endpoint-url", self.local.endpoint_url, "--output", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert 0 == done.returncode, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def becomes(self, arn: str, kind: str) -> dict[str, Any]:
        """Wait until an execution has a diagnosis, and return it."""

        def found() -> dict[str, Any]:
            answer = self.why(arn)
            return answer if answer["kind"] == kind else {}

        return eventually(found, f"{arn} is {kind}")


@pytest.fixture(scope="module")
def stuck(
    serve: Callable[..., Any],
    write_assembly: Callable[..., Path],
    probe_resources: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Stuck:
    """Serve the functions, each with one worker."""
    managed, released = probe_resources
    marker = tmp_path_factory.mktemp("gone") / "marker"
    resources: dict[str, Any] = {"Capacity": {"Type": "AWS::Lambda::CapacityProvider"}}
    for name, (handler, properties) in FUNCTIONS.items():
        logical_id = name.title().replace("-", "")
        variables = {"Environment": {"Variables": {"MARKER": str(marker)}}}
        resources[logical_id] = managed(handler, FunctionName=name, **DURABLE, **properties, **variables)
        resources |= released(logical_id)
    app = write_assembly(tmp_path_factory.mktemp("stuck") / "cdk.out", {"Resources": resources})
    return Stuck(serve(app, "--quiet", "--environments", "1", "--concurrency", "2"))


def test_callback(stuck: Stuck) -> None:
    """It names the callback, its deadline, and the command that answers it."""
    found = stuck.why(stuck.reach(stuck.start("stuck", "callback"), "CallbackStarted"))

    assert "callback" == found["kind"]
    assert "callback approval" in found["paragraph"]
    assert ["durable-mi", "callback", "succeed"] == found["commands"][0]["words"][:3]


def test_wait(stuck: Stuck) -> None:
    """It names the wait and its end."""
    found = stuck.why(stuck.reach(stuck.start("stuck", "wait"), "WaitStarted"))

    assert "wait" == found["kind"]
    assert "cooling off" in found["paragraph"]


def test_retry(stuck: Stuck) -> None:
    """It names the step, the error and the attempt."""
    found = stuck.why(stuck.reach(stuck.start("stuck", "retry"), "StepFailed"))

    assert "retry" == found["kind"]
    assert "ValueError: card declined" in found["paragraph"]
    assert "attempt 2" in found["paragraph"]


def test_running_step(stuck: Stuck) -> None:
    """A step that takes long."""
    found = stuck.why(stuck.reach(stuck.start("stuck", "step"), "StepStarted"))

    assert "step-runs" == found["kind"]
    assert "step export" in found["paragraph"]


def test_chained_invoke(stuck: Stuck) -> None:
    """It names the other execution, and what that one waits for."""
    arn = stuck.reach(stuck.start("stuck", "chained"), "ChainedInvokeStarted")
    found = eventually(lambda: next((it for it in [stuck.why(arn)] if "callback signature" in it["paragraph"]), None))

    assert found is not None
    assert "chained-invoke" == found["kind"]
    assert "callback" == found["child"]["kind"]


def test_paused(stuck: Stuck) -> None:
    """It names the reason and the command."""
    arn = stuck.reach(stuck.start("stuck", "wait"), "WaitStarted")
    stuck.client.pause_durable_execution(DurableExecutionArn=arn, Reason="bank holiday")
    found = stuck.becomes(arn, "paused")

    assert "bank holiday" in found["paragraph"]
    assert ["durable-mi", "resume", arn] == found["commands"][0]["words"][:3]


def test_failed(stuck: Stuck) -> None:
    """It names the step and its original error, not the error of the SDK around it."""
    found = stuck.why(stuck.reach(stuck.start("stuck", "failed"), "ExecutionFailed"))

    assert "failed" == found["kind"]
    assert "step ship" in found["paragraph"]
    assert "LookupError: address unknown" in found["paragraph"]


def test_invocation_timeout(stuck: Stuck) -> None:
    """A step that is longer than the function's timeout."""
    arn = stuck.reach(stuck.start("short", "step"), "InvocationCompleted")
    found = stuck.why(arn)

    assert "invocation-timeout" == found["kind"]
    assert "after 1 s" in found["paragraph"]
    assert "step export" in found["paragraph"]


def test_workers_held(stuck: Stuck) -> None:
    """Invocations that timed out hold every worker, and the next execution waits for one."""
    for _ in range(2):
        stuck.reach(stuck.start("held", "step"), "InvocationCompleted")
    found = stuck.becomes(stuck.start("held", "wait"), "workers-busy")

    assert "worker" in found["paragraph"]


def test_crash_at_import(stuck: Stuck) -> None:
    """The handler's module cannot be imported any more, and the state of its version says so."""
    found = stuck.becomes(stuck.start("gone", "wait"), "version-failed")

    assert "module_that_is_gone" in found["paragraph"]


def test_parked_version(stuck: Stuck) -> None:
    """A version without execution environments, parked under a waiting execution."""
    arn = stuck.reach(stuck.start("parked", "callback"), "CallbackStarted")
    stuck.client.put_function_scaling_config(
        FunctionName="parked",
        Qualifier="1",
        FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0},
    )
    found = stuck.becomes(arn, "parked-version")

    assert "version 1 of parked" in found["paragraph"]
    assert ["durable-mi", "release", "wake", "1"] == found["commands"][0]["words"][:4]
