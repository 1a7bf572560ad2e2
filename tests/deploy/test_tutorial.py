"""The tutorial, followed to the letter in a clean clone, up to the clean-up after a deployment to the server."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.tutorial import Block, Shell, blocks, difference
from tests.newcomer import newcomer_environment
from tests.processes import interruptible

if TYPE_CHECKING:
    from tests.deploy.account import Account

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/tutorial/first-workflow.md"
PORT: Final = "3210"
LIMIT_S: Final = 600


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _end(shell: Shell) -> None:
    """Press Ctrl-C, and close the terminal."""
    os.killpg(shell.process.pid, signal.SIGINT)
    assert shell.process.stdin is not None
    shell.process.stdin.close()
    shell.process.wait(timeout=60)


def _credentials(account: Account) -> str:
    """Return the commands that set what a reader's profile has: the account, and here where its endpoint is."""
    found = account.in_region("eu-central-1").environment
    kept = {name: value for name, value in found.items() if name.startswith(("AWS_", "CDK_"))}
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in kept.items())


def _run(shell: Shell, block: Block, shown: Block | None) -> str:
    """Run the commands of a block and return their output.

    A reader looks at a list again until it has what the page shows, as the execution needs a moment to get there.
    """
    end = time.monotonic() + LIMIT_S
    while True:
        output = shell.run(block.text, limit_s=LIMIT_S)
        is_shown = shown is None or "" == difference(shown.text, output)
        if is_shown or block.text.strip() != "durable-mi list" or time.monotonic() > end:
            return output


@pytest.mark.slow
@pytest.mark.timeout(3 * LIMIT_S)
def test_each_command_ends_well_and_writes_what_the_page_shows(account: Account, tmp_path: Path) -> None:
    """All in one: a reader has no fresh start in between either. What it installs, it installs itself."""
    port = _free_port()
    for folder in ("home", "bin"):
        (tmp_path / folder).mkdir()
    environment = newcomer_environment(tmp_path / "home", tmp_path / "bin")
    checkout, project = tmp_path / "checkout", tmp_path / "expenses"
    began = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", ROOT, checkout], check=True)
    with interruptible():
        first = Shell.start(checkout, environment, tmp_path / "first.txt")
    page = [
        Block(each.kind, each.title, each.text.replace(f":{PORT}", f":{port}"))
        for each in blocks(PAGE.read_text(encoding="utf-8"))
    ]
    output, others = "", []
    try:
        for block, following in zip(page, [*page[1:], None], strict=True):
            if block.kind == "text":
                assert "" == difference(block.text, output), output
            elif block.kind != "bash":
                (project / block.title).write_text(block.text)
            elif block.title == "second terminal":
                with interruptible():
                    others.append(Shell.start(project, environment, tmp_path / "second.txt"))
                others[-1].begin(f"{block.text.strip()} --port {port}\n")
                others[-1].wait_for(re.compile("is ready"), limit_s=LIMIT_S)
                output = others[-1].output
            else:
                if "cdk bootstrap" in block.text:
                    first.run(_credentials(account), limit_s=LIMIT_S)
                output = _run(first, block, following)
            if block.text.strip() == "make demo":
                took = time.monotonic() - began
                print(f"\nthe first own workflow after {took:.0f} s, from the clone on")  # noqa: T201
                assert took < LIMIT_S
    finally:
        for shell in (*others, first):
            _end(shell)


def test_compares_what_the_page_shows() -> None:
    """A line that is missing, or comes in another order, is found."""
    output = "one  12 ms\n\x1b[32mtwo\x1b[0m\nthree\n"

    assert "" == difference("one ... ms\ntwo\n", output)
    assert "four" == difference("two\nfour\n", output)
    assert "one ..." == difference("two\none ...\n", output)
