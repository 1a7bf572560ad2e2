"""``durable-mi invoke`` from end to end: a real process, real HTTP, AWS's durable service emulator."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import shlex
import signal
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

import pytest

from tests.processes import interruptible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .conftest import Cli, Endpoint, Followed

ORDER = '{"orderId": "order-123"}\n'
DURABLE_EVENTS = [
    ("ExecutionStarted", ""),
    ("StepStarted", "validate-order"),
    ("StepSucceeded", "validate-order"),
    ("WaitStarted", "wait 1s"),
    ("WaitSucceeded", "wait 1s"),
    ("StepStarted", "process-order"),
    ("StepSucceeded", "process-order"),
    ("ExecutionSucceeded", ""),
]
EVENT = re.compile(
    r"(?P<type>[A-Z][a-zA-Z]+(?:Started|Succeeded|Failed|Completed))"
    r"(?:\s+(?P<name>validate-order|process-order|wait 1s))?"
)
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:order-workflow"


def sections(text: str) -> dict[str, str]:
    """Return the parts of the output by their headings."""
    parts = re.split(r"(?m)^(?=[A-Z][a-z]+(?: commands)?(?:  .*)?$)", text)
    return {part.split("\n", 1)[0].split("  ")[0]: part.split("\n", 1)[1] for part in parts if part.strip()}


def told_events(text: str) -> list[tuple[str, str]]:
    """Type and name of the events in a part of the output."""
    return [(match["type"], match["name"] or "") for match in EVENT.finditer(text)]


@pytest.fixture
def order(tmp_path: Path) -> Path:
    """Return a payload file with a space in its name."""
    path = tmp_path / "basic order.json"
    path.write_text(ORDER)
    return path


def test_tells_the_whole_story(followed: Followed) -> None:
    """Payload, ARN, live events, history, logs, outcome and commands, with nothing on standard error."""
    done = followed.done
    story = sections(done.stdout)

    assert (0, "") == (done.returncode, done.stderr)
    assert ["Payload", "Started", "Following", "History", "Logs", "Outcome", "Next commands"] == list(story)
    assert {"orderId": "order-123"} == json.loads(story["Payload"])
    assert story["Started"].strip().startswith(f"{FUNCTION_ARN}:1/durable-execution/")
    assert DURABLE_EVENTS == told_events(story["Following"])
    assert DURABLE_EVENTS == told_events(story["History"])
    logs = [line.split("INFO")[1].strip() for line in story["Logs"].strip().splitlines()]
    assert ["Validating order order-123", "Processing order order-123"] == logs
    outcome = " ".join(story["Outcome"].split())
    assert outcome.startswith("Status SUCCEEDED Started 20")
    assert outcome.endswith('Input { "orderId": "order-123" } Result { "orderId": "order-123", "status": "processed" }')
    assert "\x1b" not in done.stdout


def test_its_commands_work(followed: Followed, cli_environment: dict[str, str]) -> None:
    """The AWS CLI accepts what is printed, without credentials."""
    commands = re.sub(r"\\\n\s*", "", sections(followed.done.stdout)["Next commands"])
    answers = []
    for line in commands.splitlines():
        words = shlex.split(line, comments=True)
        if words and words[2] in {"get-durable-execution", "get-durable-execution-history", "filter-log-events"}:
            asked = subprocess.run(words, env=cli_environment, capture_output=True, text=True, check=False, timeout=60)
            assert (words[2], asked.returncode, asked.stderr) == (words[2], 0, "")
            answers.append(json.loads(asked.stdout))

    state, history, logs = answers
    assert "SUCCEEDED" == state["Status"]
    assert "ExecutionSucceeded" == [event["EventType"] for event in history["Events"]][-1]
    assert 2 == len(logs["events"])


def test_asks_the_service_politely(followed: Followed) -> None:
    """Alias, Event, a name against double starts, execution data asked for explicitly, few requests."""
    started, *others = followed.requests
    histories = [request.path for request in others if "/history?" in request.path]

    assert started.path.endswith("/functions/order-workflow/invocations?Qualifier=live")
    assert "Event" == started.headers["X-Amz-Invocation-Type"]
    assert re.fullmatch(r"[0-9a-f-]{36}", started.headers["X-Amz-Durable-Execution-Name"])
    assert ORDER == started.body
    assert all("IncludeExecutionData=true" in path for path in histories)
    assert len(histories) <= 12


def test_shows_the_invocations_when_asked(durable_mi: Cli, endpoint: Endpoint, order: Path) -> None:
    """Two invocations of the handler lie between the durable events."""
    done = durable_mi(
        *("invoke", f"{FUNCTION_ARN}:live", "--payload", str(order), "--follow", "--verbose"),
        *("--endpoint-url", endpoint.url),
    )

    assert 2 == told_events(sections(done.stdout)["History"]).count(("InvocationCompleted", ""))


def test_tells_of_a_retried_step(durable_mi: Cli, endpoint: Endpoint) -> None:
    """The error, the pause and the number of the attempt."""
    done = durable_mi("invoke", "flaky-workflow", "--follow", "--endpoint-url", endpoint.url)
    following = sections(done.stdout)["Following"]

    assert 0 == done.returncode
    assert "RuntimeError: card reader is busy; next attempt in 1 s" in following
    assert 2 == following.count("attempt 2")


def test_rejects_an_execution_that_fails(durable_mi: Cli, endpoint: Endpoint) -> None:
    """The story is told all the same, and the exit status is 1."""
    done = durable_mi("invoke", "failing-workflow", "--follow", "--endpoint-url", endpoint.url)
    story = sections(done.stdout)

    assert (1, "") == (done.returncode, done.stderr)
    assert [("ExecutionStarted", ""), ("ExecutionFailed", "")] == told_events(story["History"])
    assert "Status   FAILED" in story["Outcome"]
    assert "Error    ValueError: orderId must be given, got []" in story["Outcome"]


def test_starts_without_following(durable_mi: Cli, endpoint: Endpoint) -> None:
    """The ARN and the commands are all there is to tell; the payload may come from standard input."""
    done = durable_mi("invoke", "order-workflow:1", "--payload", "-", "--endpoint-url", endpoint.url, stdin=ORDER)

    assert (0, "") == (done.returncode, done.stderr)
    story = sections(done.stdout)
    own = [line.split()[:2] for line in story["Next commands"].splitlines() if line.strip().startswith("durable-mi")]
    assert ["Payload", "Started", "Next commands"] == list(story)
    assert [["durable-mi", "follow"], ["durable-mi", "why"]] == own
    assert [ORDER] == [request.body for request in endpoint.requests]


def test_gives_a_document_to_programs(durable_mi: Cli, endpoint: Endpoint, order: Path) -> None:
    """One JSON document is all that standard output holds."""
    arguments = ("--output", "json", "--execution-name", "named-1", "--endpoint-url", endpoint.url)
    done = durable_mi("invoke", "order-workflow", "--payload", str(order), "--follow", *arguments)
    document = json.loads(done.stdout)

    assert (0, "") == (done.returncode, done.stderr)
    assert "named-1" == document["DurableExecutionName"]
    assert "SUCCEEDED" == document["Status"]
    assert {"orderId": "order-123"} == document["Input"]
    assert {"orderId": "order-123", "status": "processed"} == document["Result"]
    types = [event["EventType"] for event in document["Events"]]
    assert [kind for kind in types if kind != "InvocationCompleted"] == [kind for kind, _ in DURABLE_EVENTS]
    assert [
        "Validating order order-123",
        "Processing order order-123",
    ] == [json.loads(line["Message"])["message"] for line in document["Logs"]]


def test_gives_a_document_of_what_it_started(durable_mi: Cli, endpoint: Endpoint) -> None:
    """The ARN and the name of the execution."""
    done = durable_mi("invoke", "slow-workflow", "--output", "json", "--endpoint-url", endpoint.url)

    assert ["DurableExecutionArn", "DurableExecutionName"] == list(json.loads(done.stdout))


def test_goes_on_without_permission_for_the_logs(durable_mi: Cli, endpoint: Endpoint, order: Path) -> None:
    """It says so, shows the rest and succeeds."""
    done = durable_mi("invoke", "hidden-workflow", "--payload", str(order), "--follow", "--endpoint-url", endpoint.url)
    story = sections(done.stdout)

    assert 0 == done.returncode
    assert "not shown: the credentials must allow logs:FilterLogEvents" in story["Logs"]
    assert "Status   SUCCEEDED" in story["Outcome"]


def test_takes_the_endpoint_from_the_environment(durable_mi: Cli, endpoint: Endpoint) -> None:
    """As boto3 and the AWS CLI do."""
    done = durable_mi("invoke", "slow-workflow", env={"AWS_ENDPOINT_URL": endpoint.url})

    assert (0, "") == (done.returncode, done.stderr)


def test_goes_past_a_proxy_to_this_machine(durable_mi: Cli, endpoint: Endpoint) -> None:
    """A proxy could not reach the local runtime."""
    done = durable_mi(
        "invoke", "slow-workflow", "--endpoint-url", endpoint.url, env={"HTTP_PROXY": "http://127.0.0.1:9"}
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_an_interrupt_leaves_the_execution_running(
    program: str, cli_environment: dict[str, str], endpoint: Endpoint
) -> None:
    """Ctrl-C ends the watching, says how to look again, and gives the status that shells give."""
    with interruptible():
        process = subprocess.Popen(
            [program, "invoke", "slow-workflow", "--follow", "--endpoint-url", endpoint.url],
            env=cli_environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    with process:
        try:
            assert process.stdout is not None
            arn = next(line.strip() for line in process.stdout if "/durable-execution/" in line)
            assert any("WaitStarted" in line for line in process.stdout)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=60)
        finally:
            process.kill()

    assert 130 == process.returncode
    assert "Interrupted: the execution continues" in stderr
    assert f"--durable-execution-arn {arn}" in stderr
    assert "Traceback" not in stderr
    assert not any("/stop" in request.path for request in endpoint.requests)


def on_terminal(command: Sequence[str], env: dict[str, str], *, columns: int) -> tuple[int, str]:
    """Run a command on a pseudo-terminal; its exit status and all that it wrote."""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen(command, env=env, stdin=secondary, stdout=secondary, stderr=secondary) as process:
        os.close(secondary)
        written = b""
        try:
            # Linux answers EIO where the other side of a terminal has been closed.
            with contextlib.suppress(OSError):
                while block := os.read(primary, 65_536):
                    written += block
            process.wait(timeout=60)
        finally:
            process.kill()
    os.close(primary)
    return process.returncode, written.decode()


def test_shows_that_it_runs_on_a_terminal(
    program: str, cli_environment: dict[str, str], endpoint: Endpoint, order: Path
) -> None:
    """A line that moves while nothing comes, colours, no line of the table that is cut, the cursor back at the end."""
    command = [program, "invoke", "order-workflow", "--payload", str(order), "--follow", "--endpoint-url", endpoint.url]
    status, written = on_terminal(command, cli_environment | {"TERM": "xterm-256color"}, columns=80)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written).replace("\r\n", "\n")

    assert 0 == status
    assert "RUNNING  at wait 1s, until" in plain
    assert "\x1b[32m" in written
    assert max(len(line) for line in sections(plain)["History"].splitlines()) <= 80
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l") > 0


def test_shows_no_colour_where_none_is_wanted(
    program: str, cli_environment: dict[str, str], endpoint: Endpoint
) -> None:
    """NO_COLOR holds on a terminal too."""
    command = [program, "invoke", "failing-workflow", "--follow", "--endpoint-url", endpoint.url]
    _, written = on_terminal(command, cli_environment | {"TERM": "xterm-256color", "NO_COLOR": "1"}, columns=80)

    assert "FAILED" in written
    assert re.search(r"\x1b\[[0-9;]*3[0-9]m", written) is None
