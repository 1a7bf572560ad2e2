"""The tutorial, followed to the letter, up to a deployment, a release and the clean-up on the server."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.tutorial import Shell, blocks, difference
from tests.processes import interruptible

if TYPE_CHECKING:
    from tests.deploy.account import Account

PAGE: Final = Path(__file__).parents[2] / "docs/tutorial/first-workflow.md"
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


@pytest.mark.slow
def test_each_command_ends_well_and_writes_what_the_page_shows(account: Account, tmp_path: Path) -> None:
    """All in one: a reader has no fresh start in between either.

    The project's environment is the one of these tests, so that `make demo` installs nothing from an index.
    """
    port = _free_port()
    environment = account.in_region("eu-central-1").environment
    # The page shows the region that the local runtime takes where none is set.
    regionless = {name: value for name, value in environment.items() if "REGION" not in name}
    home = tmp_path / "reader"
    home.mkdir()
    with interruptible():
        first = Shell.start(home, environment, tmp_path / "first.txt")
    project, output, others = home / "expenses", "", []
    try:
        for block in blocks(PAGE.read_text(encoding="utf-8")):
            text = block.text.replace(f":{PORT}", f":{port}")
            if block.kind == "text":
                assert "" == difference(text, output), output
            elif block.kind != "bash":
                (project / block.title).write_text(text)
            elif block.title:
                with interruptible():
                    second = Shell.start(project, regionless, tmp_path / "second.txt")
                others.append(second)
                second.begin(f"{text.strip()} --port {port}\n")
                second.wait_for(re.compile("is ready"), limit_s=LIMIT_S)
                output = second.output
            else:
                output = first.run(text, limit_s=LIMIT_S)
                _use_this_environment(project)
    finally:
        for shell in (*others, first):
            _end(shell)


def _use_this_environment(project: Path) -> None:
    ready = project / ".venv" / ".ready"
    if not ready.exists():
        (project / ".venv" / "bin").mkdir(parents=True)
        (project / ".venv" / "bin" / "activate").write_text("")
        ready.touch()


def test_compares_what_the_page_shows() -> None:
    """A line that is missing, or comes in another order, is found."""
    output = "one  12 ms\n\x1b[32mtwo\x1b[0m\nthree\n"

    assert "" == difference("one ... ms\ntwo\n", output)
    assert "four" == difference("two\nfour\n", output)
    assert "one ..." == difference("two\none ...\n", output)
