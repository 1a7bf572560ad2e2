"""What goes wrong is said at once: on the terminal of the server, to those who follow, on the timeline."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.timeline.local_document import local_document
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

DURABLE = {"DurableConfig": {"ExecutionTimeout": 600}}
DURABLE_MI = Path(sys.executable).parent / "durable-mi"


@pytest.fixture(scope="module")
def local(
    serve: Callable[..., Any],
    write_assembly: Callable[..., Path],
    probe_resources: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """Return a function that times out after two seconds, with one worker process."""
    managed, released = probe_resources
    resources = {
        "Capacity": {"Type": "AWS::Lambda::CapacityProvider"},
        "Flow": managed("silent.flow", FunctionName="flow", **DURABLE, Timeout=2),
        **released("Flow"),
    }
    app = write_assembly(tmp_path_factory.mktemp("silent") / "cdk.out", {"Resources": resources})
    return serve(app, "--quiet", "--environments", "1", "--concurrency", "1")


def begin(local: Any, case: str, **event: Any) -> str:
    """Start a workflow; returns the execution's ARN."""
    answer = local.client().invoke(
        FunctionName="flow",
        Qualifier="live",
        InvocationType="Event",
        DurableExecutionName=case,
        Payload=json.dumps({"case": case, **event}),
    )
    arn: str = answer["DurableExecutionArn"]
    return arn


def document(local: Any, arn: str) -> dict[str, Any]:
    """Return the page's document of an execution."""
    found = local_document(local.endpoint_url, arn)
    assert found is not None
    return found


def errors(local: Any, arn: str) -> list[str]:
    """Return the errors of the invocations in the history."""
    events = local.client().get_durable_execution_history(DurableExecutionArn=arn, IncludeExecutionData=True)["Events"]
    details = [event["InvocationCompletedDetails"] for event in events if "InvocationCompletedDetails" in event]
    return [each["Error"]["Payload"]["ErrorType"] for each in details if "Error" in each]


@pytest.mark.parametrize(
    ("case", "error", "said"),
    [
        ("raise", "KeyError", "KeyError: 'outside the SDK'"),
        ("die", "Runtime.ExitError", "Runtime.ExitError: .*Runtime exited without providing a reason"),
    ],
)
def test_a_failed_invocation_is_said_at_once(local: Any, case: str, error: str, said: str) -> None:
    """Before its repetition after five seconds; the timeline shows it as failed."""
    arn = begin(local, case)
    if case == "die":
        local.next_line(r"flow:1: worker process \d+ ended: a new execution environment is started")
    local.next_line(rf"flow:1: execution {case}: an invocation failed in process \d+: {said}")
    eventually(lambda: [error] == errors(local, arn), "the history has it")
    eventually(lambda: [error] == [each["error"] for each in document(local, arn)["invocations"]], "the timeline, too")
    local.client().stop_durable_execution(DurableExecutionArn=arn)


def test_held_workers_are_said_at_once_to_all_that_wait(local: Any, tmp_path: Path) -> None:
    """The bar of an execution that waits is queued until the worker is free."""
    gate = tmp_path / "gate"
    held = begin(local, "hold", until=str(gate))
    eventually(lambda: document(local, held)["invocations"], "it runs")
    queued = begin(local, "queued")
    local.next_line(
        "flow:1: execution hold: an invocation failed .*Sandbox.Timedout: .* Task timed out after 2.00 seconds"
    )
    local.next_line("flow:1: the only worker process runs an invocation that timed out, so further invocations wait")
    waits = document(local, queued)
    assert ["the only worker process"] == [each["text"][:23] for each in waits["notices"]]
    assert ([], 1, 0) == (waits["active"], len(waits["queue"]), waits["running"])
    assert waits["waiting"] is not None

    gate.touch()
    local.next_line("flow:1: execution queued waits for callback approval until")
    ran = eventually(lambda: (found := document(local, queued))["invocations"][0]["end"] and found, "it ran")
    assert ran["queued"] > 1000
    assert ran["waiting"] is None
    for arn in (held, queued):
        local.client().stop_durable_execution(DurableExecutionArn=arn)


def test_says_what_a_step_returned_and_raised_and_what_answers_a_callback(
    local: Any, local_environment: dict[str, str], tmp_path: Path
) -> None:
    """A large result by size, an error with its type and traceback; the printed command works as it is."""
    arn = begin(local, "large")
    local.next_line("flow:1: execution large: the result of step report has 684 KB")
    assert ["the result of step report"] == [each["text"][:25] for each in document(local, arn)["notices"]]

    payload = tmp_path / "fail.json"
    payload.write_text('{"case": "fail"}')
    arguments = ("flow", "--payload", str(payload), "--follow", "--endpoint-url", local.endpoint_url)
    followed = subprocess.run(
        [str(DURABLE_MI), "invoke", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert 1 == followed.returncode
    event = re.search(r"StepFailed +charge.*\n +ValueError: card declined\n((?: {16}.*\n)+)", followed.stdout)
    assert event
    assert "in _declined" in event[1]
    assert "  Step     charge: ValueError: card declined\n" in followed.stdout

    answered = begin(local, "callback")
    line = local.next_line("flow:1: execution callback waits for callback approval until .* to answer it: aws lambda")
    words = shlex.split(line.partition("to answer it: ")[2])
    environment = {**local_environment, "PATH": f"{DURABLE_MI.parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(words, check=True, timeout=60, env=environment)
    status = "SUCCEEDED"
    eventually(lambda: status == document(local, answered)["status"], "the callback was answered")


def test_rejects_handlers_that_cannot_run_before_anything_starts(
    write_assembly: Callable[..., Path], probe_resources: Any, tmp_path: Path
) -> None:
    """All of them, each in a line; a plain function that starts on demand is a warning."""
    managed, released = probe_resources
    code = {"Code": {"S3Key": "probe.zip"}, "Runtime": "python3.13"}
    resources: dict[str, Any] = {"Capacity": {"Type": "AWS::Lambda::CapacityProvider"}}
    for handler in ("undecorated", "coroutine", "gone"):
        resources[handler.title()] = managed(f"silent.{handler}", FunctionName=handler, **DURABLE)
        resources |= released(handler.title())
    plain = {**code, "Handler": "silent.nothing", "FunctionName": "plain"}
    resources["Plain"] = {"Type": "AWS::Lambda::Function", "Properties": plain}
    app = write_assembly(tmp_path / "cdk.out", {"Resources": resources})
    command = [str(DURABLE_MI), "local", "--app", str(app), "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 1 == ended.returncode
    assert "plain: handler must name a function of its module, got 'silent.nothing'" in ended.stdout
    said = ended.stderr.splitlines()
    assert "Error: every function must start, as in a deployment, but 3 failed:" == said[0]
    assert [
        "  undecorated: handler must name a function that is wrapped in @durable_execution",
        "  coroutine: handler must name a function that is not async",
        "  gone: handler must name a function of its module",
    ] == [line.partition(", got")[0] for line in said[1:]]
