"""Clients of AWS that nobody here wrote, unmodified: each reaches the local runtime by the environment alone.

``make`` installs those that need an environment of their own. Each client has a short form here; the SAM CLI and the
AWS CLI, of which each command takes a second, have a long one too.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.processes import interruptible
from tests.waiting import eventually

from .conftest import DUMMY_ENVIRONMENT, DURABLE_MI, TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Local

CLIENTS = Path(__file__).parent / "clients"
VENV = TOOLS.parent
SAM = VENV / "sam" / "bin" / "sam"
FUNCTION = "durable-probe"
ARN = f"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}"
LOG_GROUP = f"/aws/lambda/{FUNCTION}"
LINE = '{ $.message = "probe line" }'


def callback_id(client: Any, arn: str) -> str:
    """Return the id of the callback that an execution waits for, once it does."""

    def started() -> list[str]:
        events = client.get_durable_execution_history(DurableExecutionArn=arn, IncludeExecutionData=True)["Events"]
        return [event["CallbackStartedDetails"]["CallbackId"] for event in events if "CallbackStartedDetails" in event]

    (only,) = eventually(started, f"{arn} waits for its callback")
    return only


def status_after_end(client: Any, arn: str) -> str:
    """Return an execution's status once it no longer runs."""

    def status() -> str:
        now = str(client.get_durable_execution(DurableExecutionArn=arn)["Status"])
        return "" if now == "RUNNING" else now

    return eventually(status, f"{arn} has ended")


@pytest.fixture
def environment(probe: Local, tmp_path: Path) -> dict[str, str]:
    """Return an environment in which AWS is the local runtime, with a home directory of its own."""
    settings = tmp_path / ".aws-sam" / "metadata.json"
    settings.parent.mkdir()
    # It neither asks for newer versions of itself nor reports its use.
    settings.write_text(json.dumps({"lastVersionCheck": time.time(), "telemetryEnabled": False}))
    return {
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
        **DUMMY_ENVIRONMENT,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": probe.endpoint_url,
        "HOME": str(tmp_path),
        "SAM_CLI_TELEMETRY": "0",
        "NODE_PATH": str(VENV / "js" / "node_modules"),
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Callable[..., str]:
    """Run a program and return what it prints; it must succeed."""

    def run_program(*command: str | Path) -> str:
        assert shutil.which(str(command[0]), path=environment["PATH"]), f"{command[0]} must be there: run `make`"
        words = [str(word) for word in command]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert 0 == done.returncode, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    return run_program


@pytest.mark.slow
def test_sam_invokes_a_function_of_a_stack(run: Callable[..., str]) -> None:
    """It finds the function by the stack's resources, and asks for tail logs first, which are refused as on AWS."""
    event = json.dumps({"wait": 1, "n": 3})
    told = run(
        *(SAM, "remote", "invoke", "Durable", "--stack-name", "Probe", "--event", event),
        *("--parameter", "Qualifier=live"),
    )
    assert 3 == json.loads(told)["n"]


@pytest.mark.slow
def test_the_javascript_sdk_invokes_reads_and_is_refused(run: Callable[..., str]) -> None:
    """Lambda, Logs and CloudFormation, each in its protocol."""
    told: dict[str, Any] = json.loads(run("node", CLIENTS / "javascript.cjs", FUNCTION, LOG_GROUP, "Probe"))
    assert {
        "result": 7,
        "status": "SUCCEEDED",
        "state": "ActiveNonInvocable",
        "groups": 1,
        "lines": 1,
        "outputs": [{"OutputKey": "PlainName", "OutputValue": "Probe-Plain"}],
        "types": 13,
        "refused": ["ResourceNotFoundException", "InvalidParameterException", "ValidationError"],
    } == told


@pytest.mark.slow
def test_aiobotocore_invokes_and_reads(run: Callable[..., str]) -> None:
    """With its own version of botocore."""
    python = VENV / "aiobotocore" / "bin" / "python"
    told = json.loads(run(python, CLIENTS / "asynchronous.py", FUNCTION, LOG_GROUP, "Probe"))
    assert {"result": 5, "status": "SUCCEEDED", "lines": 1, "stack": "Probe"} == told


def test_our_command_takes_the_construct_and_json(run: Callable[..., str]) -> None:
    """The last part of the construct path, where no function has that name, and the payload as it is."""
    document = json.loads(run(DURABLE_MI, "invoke", "Workflow", "--payload", '{"wait": 1}', "--output", "json"))
    assert document["DurableExecutionArn"].startswith(f"{ARN}:1/durable-execution/")


@pytest.mark.slow
def test_sam_follows_an_execution_to_its_end(run: Callable[..., str], probe: Local) -> None:
    """Outputs, invoke by ARN, get, history, callbacks, stop and logs."""
    outputs = json.loads(run(SAM, "list", "stack-outputs", "--stack-name", "Probe", "--output", "json"))
    assert [("PlainName", "Probe-Plain")] == [(each["OutputKey"], each["OutputValue"]) for each in outputs]
    invoke = (SAM, "remote", "invoke", "--parameter", "InvocationType=Event", "--output", "json")

    def begin(event: dict[str, Any], *names: str) -> str:
        told: dict[str, Any] = json.loads(run(*invoke, "--event", json.dumps(event), *names))
        return str(told["DurableExecutionArn"])

    arn = begin({"wait": 1, "callback": True, "log": True}, f"{ARN}:live", "--parameter", "Qualifier=live")
    named = begin(
        {"wait": 600},
        *("Durable", "--stack-name", "Probe", "--parameter", "Qualifier=live", "--durable-execution-name", "held"),
    )
    assert "/durable-execution/held/" in named
    client = probe.client()

    waiting = callback_id(client, arn)
    run(SAM, "remote", "callback", "heartbeat", waiting)
    run(SAM, "remote", "callback", "succeed", waiting, "--result", '"yes"')

    assert "SUCCEEDED" == status_after_end(client, arn)
    got = json.loads(run(SAM, "remote", "execution", "get", arn, "--format", "json"))
    assert ("SUCCEEDED", '"yes"') == (got["Status"], json.loads(got["Result"])["approved"])
    history = json.loads(run(SAM, "remote", "execution", "history", arn, "--format", "json"))
    assert "ExecutionSucceeded" == history["Events"][-1]["EventType"]
    run(SAM, "remote", "execution", "stop", named, "--error-message", "enough", "--error-type", "Cancelled")
    stopped = json.loads(run(SAM, "remote", "execution", "get", named, "--format", "json"))
    assert ("STOPPED", "Cancelled") == (stopped["Status"], stopped["Error"]["ErrorType"])
    logs = run(SAM, "logs", "-n", "Durable", "--stack-name", "Probe", "--filter", LINE, "--output", "json")
    assert arn in logs


@pytest.mark.slow
def test_sam_fails_a_callback(run: Callable[..., str], probe: Local) -> None:
    """The execution ends with the error."""
    client = probe.client()
    event = json.dumps({"wait": 1, "callback": True})
    arn = client.invoke(FunctionName=FUNCTION, Qualifier="live", InvocationType="Event", Payload=event)[
        "DurableExecutionArn"
    ]

    waiting = callback_id(client, arn)
    run(SAM, "remote", "callback", "fail", waiting, "--error-type", "Declined", "--error-message", "no")

    assert "FAILED" == status_after_end(client, arn)


@pytest.mark.slow
def test_the_aws_cli_reads_functions_logs_and_stacks(run: Callable[..., str], probe: Local) -> None:
    """Version 1, which is in the environment of the tests."""
    event = json.dumps({"wait": 1, "log": True})
    probe.client().invoke(FunctionName=FUNCTION, Qualifier="live", Payload=event)
    aws = (TOOLS / "aws", "--output", "json")
    events = json.loads(run(*aws, "logs", "filter-log-events", "--log-group-name", LOG_GROUP, "--filter-pattern", LINE))
    assert events["events"]
    found = json.loads(run(*aws, "lambda", "get-function", "--function-name", FUNCTION))
    assert "$LATEST" == found["Configuration"]["Version"]
    found = json.loads(run(*aws, "cloudformation", "describe-stack-resources", "--stack-name", "Probe"))
    assert FUNCTION in [each["PhysicalResourceId"] for each in found["StackResources"]]


@pytest.mark.slow
def test_the_aws_cli_tails_live(environment: dict[str, str], probe: Local) -> None:
    """`aws logs start-live-tail` prints a line that comes later; without the prefix that SDKs put before the host."""
    group = f"arn:aws:logs:us-east-1:000000000000:log-group:{LOG_GROUP}"
    command = [str(TOOLS / "aws"), "logs", "start-live-tail", "--log-group-identifiers", group]
    command += ["--log-event-filter-pattern", LINE]
    surroundings = {**environment, "AWS_DISABLE_HOST_PREFIX_INJECTION": "true", "PYTHONUNBUFFERED": "1"}
    client, event = probe.client(), json.dumps({"wait": 1, "log": True})
    lines: list[str] = []
    with interruptible(), subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        reader = threading.Thread(target=lines.extend, args=(tail.stdout,), daemon=True)
        reader.start()

        def has_come() -> bool:
            # A session shows what comes after its start, so one of these executions is late enough.
            client.invoke(FunctionName=FUNCTION, Qualifier="live", Payload=event)
            return any('"probe line"' in line for line in lines)

        try:
            eventually(has_come, "the line is printed")
        finally:
            tail.terminate()


@pytest.mark.slow
@pytest.mark.skipif("AWS_CLI_2" not in os.environ, reason="AWS_CLI_2 must be the path of the AWS CLI 2")
def test_the_aws_cli_2_tails_logs(environment: dict[str, str], probe: Local) -> None:
    """`aws logs tail --follow` prints a line that comes later. Only version 2 has it, which no package index has."""
    command = [os.environ["AWS_CLI_2"], "logs", "tail", LOG_GROUP, "--endpoint-url", probe.endpoint_url]
    command += ["--follow", "--since", "1h", "--filter-pattern", LINE]
    # A terminal, since it keeps back what it writes to a pipe.
    leader, follower = pty.openpty()
    with (
        interruptible(),
        subprocess.Popen(command, env=environment, stdout=follower) as tail,
        os.fdopen(leader, encoding="utf-8") as terminal,
    ):
        os.close(follower)
        event = json.dumps({"wait": 1, "log": True})
        answer = probe.client().invoke(FunctionName=FUNCTION, Qualifier="live", Payload=event)
        try:
            line = next(line for line in terminal if answer["DurableExecutionArn"] in line)
        finally:
            tail.terminate()
    assert "durable-probe[1]/" in line
