"""Run the order workflow on this machine: synthesize, serve, invoke, follow, check.

`make demo` calls this. Everything runs as a user would run it: the CDK CLI, `durable-mi local`, `durable-mi invoke`.
Then the history and the result are compared with the expected ones. The exit status is 1 if they differ.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from durable_mi.local.workers.supervisor import supervised

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).resolve().parent
EVENT = EXAMPLE / "events" / "basic-order.json"
TOOLS = Path(sys.executable).parent
HISTORY = [
    ("ExecutionStarted", None),
    ("StepStarted", "validate-order"),
    ("StepSucceeded", "validate-order"),
    ("WaitStarted", "wait 5s"),
    ("WaitSucceeded", "wait 5s"),
    ("StepStarted", "process-order"),
    ("StepSucceeded", "process-order"),
    ("ExecutionSucceeded", None),
]
WAIT_MS = range(5_000, 10_000)


class DemoError(Exception):
    """A part of the demo failed; the message names it."""


def main() -> int:
    """Run the demo; return 0 if everything is as expected, 1 if not."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    try:
        say(1, "synthesizing the app with the CDK CLI")
        run(str(TOOLS / "cdk"), "synth", "--quiet")
        say(2, "starting the local runtime with the synthesized app")
        with local_runtime() as (endpoint_url, function_name):
            say(3, f"invoking {function_name} at {endpoint_url}")
            name = f"demo-{uuid.uuid4()}"
            follow = ("--payload", str(EVENT), "--execution-name", name, "--follow", "--endpoint-url", endpoint_url)
            run(str(TOOLS / "durable-mi"), "invoke", function_name, *follow)
            say(4, "checking history and result")
            check(endpoint_url, function_name, name)
    except DemoError as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. All started processes have ended.", file=sys.stderr)
        return 130
    print(f"\nEverything is as expected, after {time.monotonic() - began:.0f} seconds. No process was left running.")
    print("The endpoint of the commands above has ended, too: `durable-mi local` serves the app for longer.")
    return 0


def say(part: int, what: str) -> None:
    """Print the progress of the demo."""
    print(f"\n[{part}/4] {what}", flush=True)


def run(*command: str) -> None:
    """Run a command to its end, with its output in the demo's output."""
    with started(*command) as process:
        status = process.wait()
    if status != 0:
        msg = f"`{Path(command[0]).name} {command[1]}` ended with exit status {status}"
        raise DemoError(msg)


@contextlib.contextmanager
def started(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a process that ends with this block, and with this process however it ends."""
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
    with subprocess.Popen(
        supervised(*command), stdin=subprocess.PIPE, text=True, cwd=EXAMPLE, env=environment, **options
    ) as process:
        try:
            yield process
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()


@contextlib.contextmanager
def local_runtime() -> Iterator[tuple[str, str]]:
    """Run the local runtime; yield its endpoint, and the name of the function from the stack's outputs."""
    command = (str(TOOLS / "durable-mi"), "local", "--app", "cdk.out", "--port", "0", "--quiet")
    with started(*command, stdout=subprocess.PIPE) as process:
        function_name = ""
        for line in process.stdout or ():
            print(f"      {line}", end="", flush=True)
            if output := re.search(r"\.FunctionName = (\S+)", line):
                function_name = output[1]
            if ready := re.match(r"Endpoint (\S+) is ready", line):
                yield ready[1], function_name
                return
    msg = "the local runtime did not start"
    raise DemoError(msg)


def check(endpoint_url: str, function_name: str, execution_name: str) -> None:
    """Compare the execution's history and result with the expected ones."""
    client = boto3.client(
        "lambda",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the local runtime takes any
    )
    listed = client.list_durable_executions_by_function(
        FunctionName=function_name, Qualifier="live", DurableExecutionName=execution_name
    )
    arn = listed["DurableExecutions"][0]["DurableExecutionArn"]
    events = client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
    history = [
        (event["EventType"], None if event["EventType"].startswith("Execution") else event.get("Name"))
        for event in events
        if event["EventType"] != "InvocationCompleted"
    ]
    if history != HISTORY:
        msg = f"the history must be {HISTORY}, got {history}"
        raise DemoError(msg)
    print(f"      history: {len(history)} events in the expected order")
    check_result(json.loads(client.get_durable_execution(DurableExecutionArn=arn)["Result"]))


def check_result(result: dict[str, Any]) -> None:
    """Check fields, values, and the five seconds between the two times."""
    expected = {"orderId": json.loads(EVENT.read_text())["orderId"], "status": "processed"}
    times = {"validatedAt", "processedAt"}
    if {**expected, **{key: result.get(key) for key in times}} != result or not all(
        isinstance(result[key], int) for key in times
    ):
        msg = f"the result must hold {expected} and the times {sorted(times)} in epoch milliseconds, got {result}"
        raise DemoError(msg)
    waited = result["processedAt"] - result["validatedAt"]
    if waited not in WAIT_MS:
        msg = f"processedAt must be about five seconds after validatedAt, got {waited} milliseconds"
        raise DemoError(msg)
    print(f"      result: the expected fields, the two times {waited / 1000:.1f} seconds apart")


if __name__ == "__main__":
    sys.exit(main())
