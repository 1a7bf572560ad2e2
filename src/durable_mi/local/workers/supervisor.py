"""Runs one command in a process group of its own and ends the whole group when the starter goes away.

The starter holds the other end of a pipe that is the supervisor's standard input, its lifeline: the kernel closes it
when the starter ends, however it ends, SIGKILL included. Then every process of the group is killed, and a directory
that the starter left behind is removed. Run as a script, it uses the standard library only, so that starting it costs
little.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 0.5
_SIGNALLED = 128
"""What is added to a signal's number to make an exit status, as shells do."""


def supervised(*command: str, directory: str = "") -> list[str]:
    """Return the command line that runs a command under a supervisor; start it with a pipe as standard input.

    Args:
        command: Program and arguments.
        directory: What to remove when the lifeline is cut, with all that is in it.
    """
    return [sys.executable, "-I", __file__, directory, *command]


def how_it_ended(status: int) -> str:
    """Return how a supervised command, or the supervisor itself, ended.

    Args:
        status: The supervisor's exit status; negative if a signal ended it.
    """
    number = -status if status < 0 else status - _SIGNALLED
    if number not in list(signal.Signals):
        return f"ended with exit status {status}"
    return f"was ended by {signal.Signals(number).name}"


def _kill_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _watch_lifeline(child: subprocess.Popen[bytes], directory: str, cut: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    cut.set()
    _kill_group(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
    _kill_group(child.pid, signal.SIGKILL)
    if directory:
        import shutil  # noqa: PLC0415 - slow to import, and this is not the usual way

        shutil.rmtree(directory, ignore_errors=True)
    os._exit(0)


def main(directory: str, command: list[str]) -> int:
    """Run the command until it ends or standard input does; return its exit status."""
    # Ctrl-C in a terminal reaches every process of the foreground group; who stops this one is the lifeline alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own command
    cut = threading.Event()
    lifeline = threading.Thread(target=_watch_lifeline, args=(child, directory, cut), daemon=True)
    lifeline.start()
    status = child.wait()
    _kill_group(child.pid, signal.SIGKILL)
    # Workers end by themselves when the starter is gone, and can do so before the other thread has seen that it is.
    if cut.is_set() or select.select([0], [], [], 0)[0]:
        lifeline.join()
    return _SIGNALLED - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
