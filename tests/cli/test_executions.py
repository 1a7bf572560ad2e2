"""The commands about executions in a pseudo-terminal, against the local runtime; and Tab in bash."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.testing.served.handler_app import write_handler_app
from durable_mi.testing.served.local_app import LocalApp
from tests.processes import interruptible
from tests.waiting import eventually

from .conftest import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKFLOW = """
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

ONCE = StepConfig(retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=1)))


class CardError(Exception):
    pass


def charge(order):
    if order.get("card") == "bad":
        raise CardError("card declined")
    return order["id"]


@durable_execution
def handler(event, context):
    context.logger.info("order %s", event["id"])
    print("printed", event["id"])
    context.step(lambda _: {"ok": True}, name="validate")
    context.step(lambda _: charge(event), name="charge", config=ONCE)
    if event.get("approve"):
        day = CallbackConfig(timeout=Duration.from_seconds(86400))
        return context.create_callback(name="approval", config=day).result()
    return {"id": event["id"]}
"""
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A pseudo-terminal of 100 columns in which one command runs at a time."""

    def __init__(self, program: str, url: str, directory: Path) -> None:
        self._program = program
        self._env = environment(directory) | {"AWS_ENDPOINT_URL": url, "COLUMNS": "100", "TERM": "xterm"}
        self._directory = directory

    def __call__(self, *arguments: str, until: str | None = None) -> tuple[int, str]:
        """Run a command to its end, or press Ctrl-C once it has shown something; returns its status and output."""
        ours, theirs = pty.openpty()
        with interruptible():
            process = subprocess.Popen(
                [self._program, *arguments],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env=self._env,
                cwd=self._directory,
                start_new_session=True,
            )
        os.close(theirs)
        text, end = "", time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([ours], [], [], 1)[0]:
                try:
                    text += os.read(ours, 65_536).decode(errors="replace")
                except OSError:  # Linux: the other side is closed
                    break
            if until is not None and until in text:
                process.send_signal(signal.SIGINT)
                until = None
        os.close(ours)
        return process.wait(60), ANSI.sub("", text).replace("\r", "")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, program: str) -> Iterator[tuple[LocalApp, Terminal]]:
    """Serve the workflow with an execution of each kind, once for all commands."""
    directory = tmp_path_factory.mktemp("orders")
    source = directory / "source"
    source.mkdir()
    (source / "orders.py").write_text(WORKFLOW)
    (directory / "app").mkdir()
    write_handler_app(directory / "app", "orders.handler", source)
    with LocalApp(directory / "app", function="workflow") as app:
        app.result(app.start({"id": "1"}, name="order-1"))
        terminal = Terminal(program, app.endpoint_url, directory)
        app.start({"id": "2", "card": "bad"}, name="order-2")
        held = app.start({"id": "3", "approve": True}, name="held-3")
        eventually(lambda: any(each["EventType"] == "CallbackStarted" for each in app.history(held)))
        yield app, terminal


@pytest.mark.slow
def test_a_session_of_all_commands(session: tuple[LocalApp, Terminal]) -> None:
    """What an operator does at night: find it, look at it, compare it, wait for it."""
    _, run = session
    assert 1 == run("wait", "order-1", "order-2")[0]

    status, text = run("list")
    assert 0 == status, text
    assert ["held-3", "order-2", "order-1"] == re.findall(r"held-3|order-\d", text)
    assert "callback approval until" in text
    assert "step charge: orders.CardError: card declined" in text

    status, text = run("show", "order-2", "--history", "--logs")
    assert 0 == status, text
    for said in ("orders.CardError: card declined", 'raise CardError("card declined")', "StepFailed", "order 2"):
        assert said in text
    assert "until" in run("show", "held", "--timeline")[1]

    status, text = run("logs", "order-1")
    assert 0 == status, text
    assert "order 1" in text
    assert 1 == text.count("printed 1")
    assert "of the runtime and the SDK" in text

    status, text = run("diff", "order-1", "order-2")
    assert 1 == status, text
    assert "First difference: input" in text

    assert 3 == run("wait", "held-3", "--timeout", "0")[0]
    assert "/#/executions/arn%3Aaws" in run("console", "latest")[1]
    assert "order must mean one execution, but it can be order-2, order-1" in run("show", "order")[1]
    assert 0 == run("timeline", "order-1")[0]

    status, text = run("follow", "held-3", until="CallbackStarted")
    assert 130 == status, text
    assert "durable-mi follow arn:aws:lambda:" in text

    status, text = run("list", "--watch", until="held-3")
    assert 130 == status, text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands(program: str, tmp_path: Path) -> None:
    """With the line of the documentation, as Tab asks for them."""
    script = (
        f'PATH="{Path(program).parent}:$PATH"; eval "$(_DURABLE_MI_COMPLETE=bash_source durable-mi)"\n'
        "COMP_WORDS=(durable-mi ti); COMP_CWORD=1\n"
        "_durable_mi_completion durable-mi; echo ${COMPREPLY[@]}\n"
    )
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "-c", script], capture_output=True, text=True, env=environment(tmp_path), timeout=60, check=False
    )
    assert ("timeline\n", "") == (done.stdout, done.stderr)
