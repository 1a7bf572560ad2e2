"""What ends while a handler runs leads to another invocation: executions neither hang nor wait for something else."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from types_boto3_lambda import LambdaClient

pytestmark = pytest.mark.untraced

FUNCTION = "durable-probe"
WORKERS = 20


@pytest.fixture(scope="module")
def app(probe_app: Path, write_assembly: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One durable function, whose work is done beside an open callback."""
    template = json.loads((probe_app / "Probe.template.json").read_text())
    # A handler that is held until a test lets it go must not time out before.
    template["Resources"]["Durable"]["Properties"] |= {"Handler": "wake_ups.beside", "Timeout": 600}
    return write_assembly(tmp_path_factory.mktemp("wake-ups"), template)


@pytest.fixture(scope="module")
def beside(serve: Callable[..., Any], app: Path) -> Any:
    """Serve it in real time."""
    return serve(app, "--quiet", "--function", FUNCTION, "--environments", "1", "--concurrency", str(WORKERS))


@pytest.fixture
def client(beside: Any) -> LambdaClient:
    """Return a client of its endpoint."""
    lambda_client: LambdaClient = beside.client()
    return lambda_client


def begin(client: LambdaClient, work: str, **event: Any) -> str:
    """Start an execution and return its ARN."""
    payload = json.dumps({"work": work, **event})
    answer = client.invoke(FunctionName=FUNCTION, Qualifier="live", InvocationType="Event", Payload=payload)
    return answer["DurableExecutionArn"]


def events(client: LambdaClient, arn: str) -> list[Mapping[str, Any]]:
    """Return the execution's history."""
    pages = client.get_paginator("get_durable_execution_history").paginate(DurableExecutionArn=arn)
    return [event for page in pages for event in page["Events"]]


def has(client: LambdaClient, arn: str, **what: str) -> bool:
    """Return whether the execution's history has an event that says this."""
    return any(what.items() <= event.items() for event in events(client, arn))


def callback_id(client: LambdaClient, arn: str, name: str) -> str:
    """Return the id of the execution's callback of this name, once it has one."""

    def found() -> list[str]:
        started = (event for event in events(client, arn) if event["EventType"] == "CallbackStarted")
        return [event["CallbackStartedDetails"]["CallbackId"] for event in started if event["Name"] == name]

    (only,) = eventually(found, f"{arn} waits for its callback {name}")
    return only


def all_go_on(client: LambdaClient, arns: list[str]) -> None:
    """Each does the step behind its work while its callback is open, and ends when that is answered."""
    left = set(arns)

    def done() -> bool:
        left.difference_update([arn for arn in left if has(client, arn, Name="after")])
        return not left

    eventually(done, "all executions go on")
    for arn in arns:
        client.send_durable_execution_callback_success(CallbackId=callback_id(client, arn, "open"), Result=b"1")
    eventually(lambda: {"SUCCEEDED"} == {status(client, arn) for arn in arns}, "all have succeeded")


def status(client: LambdaClient, arn: str) -> str:
    """Its status."""
    return client.get_durable_execution(DurableExecutionArn=arn)["Status"]


@pytest.mark.parametrize("rounds", [2, pytest.param(8, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("shortest", "longest"),
    [
        pytest.param(0.80, 0.92, id="as the invocation ends"),
        pytest.param(0.975, 1.0, id="with the last checkpoint"),
    ],
)
def test_a_wait_that_comes_due_as_a_step_beside_it_ends(
    client: LambdaClient, shortest: float, longest: float, rounds: int
) -> None:
    """Twenty at once, in some rounds, with the step ending a little earlier or later."""
    lengths = random.Random(1)  # noqa: S311 - no secret
    seconds = [[lengths.uniform(shortest, longest) for _ in range(rounds)] for _ in range(WORKERS)]
    all_go_on(client, [begin(client, "rounds", seconds=each) for each in seconds])


def ends_while_a_step_runs(client: LambdaClient, arns: list[str], event_type: str, gate: Path) -> None:
    """Let the step go on when the service has ended what is beside it; the branch behind it must go on too."""
    eventually(lambda: all(has(client, arn, EventType=event_type) for arn in arns), f"all have {event_type}")
    gate.touch()
    all_go_on(client, arns)


def test_a_callback_that_is_answered_while_a_step_runs_beside_it(client: LambdaClient, tmp_path: Path) -> None:
    """The branch behind it does not wait for anything else to end."""
    gate = tmp_path / "gate"
    arns = [begin(client, "callback", gate=str(gate)) for _ in range(4)]
    for arn in arns:
        client.send_durable_execution_callback_success(CallbackId=callback_id(client, arn, "approval"), Result=b"1")
    ends_while_a_step_runs(client, arns, "CallbackSucceeded", gate)


def test_a_chained_invoke_that_ends_while_a_step_runs_beside_it(client: LambdaClient, tmp_path: Path) -> None:
    """As a callback's."""
    gate = tmp_path / "gate"
    arns = [begin(client, "invoke", gate=str(gate), target=f"{FUNCTION}:live") for _ in range(4)]
    ends_while_a_step_runs(client, arns, "ChainedInvokeSucceeded", gate)


def test_a_skipped_wait_beside_a_step(serve: Callable[..., Any], app: Path, tmp_path: Path) -> None:
    """It is over long before the SDK looks again."""
    options = ("--quiet", "--skip-time", "--function", FUNCTION, "--environments", "1", "--concurrency", "4")
    client = serve(app, *options).client()
    gate = tmp_path / "gate"
    arns = [begin(client, "hour", gate=str(gate)) for _ in range(4)]
    ends_while_a_step_runs(client, arns, "WaitSucceeded", gate)


def test_pauses_of_running_steps_do_not_stop_the_service(client: Any, tmp_path: Path) -> None:
    """Sixteen at once, as many as there are threads for the API; each goes on when it is resumed."""
    gate = tmp_path / "gate"
    arns = [begin(client, "step", gate=str(gate)) for _ in range(16)]
    eventually(lambda: all(has(client, arn, Name="step") for arn in arns), "all are in their step")
    for arn in arns:
        client.pause_durable_execution(DurableExecutionArn=arn)
    assert {"PAUSING"} == {status(client, arn) for arn in arns}
    other = begin(client, "nothing")
    eventually(lambda: status(client, other) == "SUCCEEDED", "another execution ends")
    gate.touch()
    for arn in arns:
        client.resume_durable_execution(DurableExecutionArn=arn)
    eventually(lambda: {"SUCCEEDED"} == {status(client, arn) for arn in arns}, "all have succeeded")
