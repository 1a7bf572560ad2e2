"""Executions are stopped, paused, resumed, answered, started again and deleted: one that is named, or many."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from durable_mi.cli.group import durable_mi as group
from tests.waiting import eventually

from .conftest import DURABLE_MI

if TYPE_CHECKING:
    from .conftest import Local

FUNCTION = "durable-probe"


def durable_mi(local: Local, *arguments: str, status: int = 0) -> str:
    """Run a command on the local runtime, and return what it prints."""
    done = CliRunner().invoke(group, [*arguments, "--endpoint-url", local.endpoint_url])
    assert status == done.exit_code, done.output
    return done.output


def begin(probe: Local, name: str, **payload: Any) -> str:
    """Start an execution that waits for a callback after a short wait, and return its ARN."""
    answer: dict[str, str] = probe.client().invoke(
        FunctionName=FUNCTION,
        Qualifier="live",
        InvocationType="Event",
        DurableExecutionName=name,
        Payload=json.dumps({"wait": 1, "callback": True, **payload}),
    )
    return answer["DurableExecutionArn"]


def status(probe: Local, arn: str) -> str:
    """Return an execution's status."""
    found: str = probe.client().get_durable_execution(DurableExecutionArn=arn)["Status"]
    return found


def waits(probe: Local, arn: str) -> bool:
    """Return whether an execution waits for its callback."""
    events = probe.client().get_durable_execution_history(DurableExecutionArn=arn)["Events"]
    return "CallbackStarted" in {each["EventType"] for each in events}


def test_an_execution_is_paused_answered_resumed_started_again_and_deleted(probe: Local) -> None:
    """By its name, as an operator would; each answer is the state that the service has."""
    arn = begin(probe, "approve-me", n=7)
    eventually(lambda: waits(probe, arn), "it waits for its callback")
    assert "approve-me: paused\n" in durable_mi(probe, "pause", "approve-me", "--yes")
    eventually(lambda: status(probe, arn) == "PAUSED", "it is paused")
    assert "approve-me: resumed\n" in durable_mi(probe, "resume", arn, "--yes")
    eventually(lambda: status(probe, arn) == "RUNNING", "it runs again")
    done = durable_mi(probe, "callback", "succeed", "approve-me", "--result", '"yes"', "--yes")
    assert "approve-me: answered: approval\n" in done
    eventually(lambda: status(probe, arn) == "SUCCEEDED", "it ends")

    started = durable_mi(probe, "restart", "approve-me", "--payload", '{"wait": 1}', "--yes", "--output", "json")
    (new,) = [each["Detail"] for each in json.loads(started)["Executions"]]
    assert "/approve-me-again-" in new
    assert "was started again before" in durable_mi(probe, "restart", "approve-me", "--payload", '{"wait": 1}', "--yes")
    eventually(lambda: status(probe, new) == "SUCCEEDED", "the new one ends")

    assert "must be SUCCEEDED" not in durable_mi(probe, "delete", "approve-me", "--dry-run")
    assert "SUCCEEDED" == status(probe, arn)
    assert "approve-me: deleted\n" in durable_mi(probe, "delete", arn, "--yes")
    assert "has no execution" in durable_mi(probe, "stop", arn, "--yes", status=1)


@pytest.mark.parametrize("count", [24, pytest.param(400, marks=pytest.mark.slow)])
def test_a_stop_of_many_that_is_killed_is_run_again(probe: Local, count: int) -> None:
    """All are stopped, and none twice; the others go on."""
    prefix = f"many-{count}"
    with ThreadPoolExecutor(8) as pool:
        arns = list(pool.map(lambda number: begin(probe, f"{prefix}-{number}"), range(count)))
    other = begin(probe, f"other-{count}")
    command = ["stop", "--name", f"{prefix}-*", "--yes", "--endpoint-url", probe.endpoint_url]
    assert f"Would stop {count} executions:\n" in durable_mi(probe, "stop", "--name", f"{prefix}-*", "--dry-run")
    with subprocess.Popen([str(DURABLE_MI), *command], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        next(line for line in first.stdout if "stopped" in line)
        first.send_signal(signal.SIGKILL)

    rest = durable_mi(probe, *command[:-2], "--output", "json")

    outcomes = Counter(each["Outcome"] for each in json.loads(rest)["Executions"])
    assert set(outcomes) <= {"DONE", "NOT_NEEDED"}
    assert {"STOPPED"} == {status(probe, arn) for arn in arns}
    for arn in arns:
        events = probe.client().get_durable_execution_history(DurableExecutionArn=arn, ReverseOrder=True)["Events"]
        assert 1 == [each["EventType"] for each in events].count("ExecutionStopped")
    assert "RUNNING" == status(probe, other)
    assert "1 execution" in durable_mi(probe, "stop", other, "--yes")


def test_rejects_to_change_without_an_answer(probe: Local) -> None:
    """Where nobody can be asked, nothing is done."""
    arn = begin(probe, "ask-me")
    durable_mi(probe, "stop", "ask-me", status=2)
    assert "RUNNING" == status(probe, arn)
    durable_mi(probe, "stop", status=2)
    assert "nothing" in durable_mi(probe, "callback", "heartbeat", "--name", "nobody*", "--yes").lower()
    durable_mi(probe, "stop", "ask-me", "--yes")
