"""What a command started ends with it, whatever it did to get away."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from durable_mi.local.workers.supervisor import supervised
from tests.waiting import eventually

if TYPE_CHECKING:
    from pathlib import Path

DAEMON = """
import os, signal, sys, time
place, ends = sys.argv[1:]

def daemon(depth):
    # A double fork, each time into a session of its own, deaf to what can be ignored.
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.setsid()
            open(f"{place}/{os.getpid()}", "w").close()
            if depth:
                daemon(depth - 1)
            while True:
                time.sleep(60)
        os._exit(0)

daemon(1)
while len(os.listdir(place)) < 2:
    time.sleep(0.01)
if ends == "ends":
    sys.exit(7)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no way to adopt orphans")
@pytest.mark.parametrize("ends", ["ends", "lifeline"])
def test_daemons_end_with_the_command(tmp_path: Path, ends: str) -> None:
    """Those in sessions of their own whose parents are gone, and what they started in turn."""
    place, left = tmp_path / "daemons", tmp_path / "left"
    for each in (place, left):
        each.mkdir()
    command = supervised(sys.executable, "-I", "-c", DAEMON, str(place), ends, directory=str(left))
    with subprocess.Popen(command, stdin=subprocess.PIPE) as supervisor:
        try:
            eventually(lambda: len(list(place.iterdir())) == 2, "the daemons run")
            daemons = [int(path.name) for path in place.iterdir()]
            assert supervisor.stdin is not None
            if ends == "lifeline":
                supervisor.stdin.close()
            assert (7 if ends == "ends" else 0) == supervisor.wait(60)
            assert [] == [pid for pid in daemons if psutil.pid_exists(pid)]
            assert left.is_dir() is (ends == "ends")
        finally:
            for path in place.iterdir():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(path.name), signal.SIGKILL)
            supervisor.kill()
