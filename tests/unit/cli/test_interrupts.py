"""Ctrl-C, from the first import to the last line: an exit status, and no traceback."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

COMMAND = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.{before})
from durable_mi.cli import main, interrupts
class Interrupting:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
import atexit
atexit.register({at_exit})
sys.argv = ["durable-mi", *{arguments}]
main()
"""
INTERRUPT = "lambda: os.kill(os.getpid(), signal.SIGINT)"


def interrupted(*arguments: str, module: str = "", at_exit: str = "int", before: str = "default_int_handler") -> str:
    """Run the command, and return its exit status and what it wrote on standard error."""
    script = COMMAND.format(arguments=arguments, module=module, at_exit=at_exit, before=before)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    return f"{done.returncode}: {done.stderr}"


@pytest.mark.parametrize("before", ["default_int_handler", "SIG_IGN"])
def test_an_interrupt_during_an_import(before: str) -> None:
    """Also where the parent ignores SIGINT, as a shell does for its background jobs."""
    assert "130: " == interrupted("check", module="durable_mi.cli.check", before=before)


def test_an_interrupt_of_the_interpreters_end() -> None:
    """An exception there would be printed."""
    assert "130: " == interrupted("--help", at_exit=INTERRUPT)


def test_an_interrupt_of_a_command_that_cleans_up() -> None:
    """It raises, so that what was begun ends in order."""
    arguments = ("invoke", "f", "--endpoint-url", "http://127.0.0.1:1")
    assert "130: " == interrupted(*arguments, module="durable_mi.operate.client")


def test_a_hangup_that_the_parent_ignores_stays_ignored() -> None:
    """As `nohup` asks for."""
    script = "import signal; from durable_mi.cli.interrupts import heeded; print(heeded(signal.SIGHUP, signal.SIGTERM))"
    ignoring = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); {script}"
    for code, heeded in ((script, [signal.SIGHUP, signal.SIGTERM]), (ignoring, [signal.SIGTERM])):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert f"{heeded}\n" == done.stdout
