"""Runs one command in a process group of its own and ends all that it started when the starter goes away.

The starter holds the other end of a pipe that is the supervisor's standard input, its lifeline: the kernel closes it
when the starter ends, however it ends, SIGKILL included. Then every process of the group is killed, and a directory
that the starter left behind is removed. On Linux the supervisor adopts the processes whose parents end, so that those
that left the group end too. Run as a script, it uses the standard library only, so that starting it costs little.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 0.5
_SIGNALLED = 128
"""What is added to a signal's number to make an exit status, as shells do."""

_PR_SET_CHILD_SUBREAPER = 36


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


def _adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, where the system has that: Linux."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        none = ctypes.c_ulong(0)
        if libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), none, none, none) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def _children() -> list[int]:
    """Return the processes whose parent this is; none where there is no ``/proc``."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc") if sys.platform == "linux" else ()):  # noqa: PTH208 - as below
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as stat:  # noqa: PTH123 - no import for it
            # proc(5): the name in parentheses can hold anything, and the parent is the second field after it.
            if int(stat.read().rpartition(b")")[2].split()[1]) == os.getpid():
                found.append(int(pid))
    return found


def _kill_children() -> None:
    """End every child, and in turn the children that are left to this process by them."""
    while children := _children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _watch_lifeline(group: int, cut: threading.Event, ended: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    cut.set()
    _kill_group(group, signal.SIGTERM)
    ended.wait(GRACE_SECONDS)
    _kill_group(group, signal.SIGKILL)


def _wait(pid: int) -> int:
    """Wait until a child ends, and meanwhile for the orphans that end; return its exit status."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            return os.waitstatus_to_exitcode(status)


def main(directory: str, command: list[str]) -> int:
    """Run the command until it ends or standard input does; return its exit status."""
    # Ctrl-C in a terminal reaches every process of the foreground group; who stops this one is the lifeline alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _adopt_orphans()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own command
    cut, ended = threading.Event(), threading.Event()
    lifeline = threading.Thread(target=_watch_lifeline, args=(child.pid, cut, ended), daemon=True)
    lifeline.start()
    status = child.returncode = _wait(child.pid)
    ended.set()
    _kill_group(child.pid, signal.SIGKILL)
    # Workers end by themselves when the starter is gone, and can do so before the other thread has seen that it is.
    if cut.is_set() or select.select([0], [], [], 0)[0]:
        lifeline.join()
    _kill_children()
    if not cut.is_set():
        return _SIGNALLED - status if status < 0 else status
    if directory:
        import shutil  # noqa: PLC0415 - slow to import, and this is not the usual way

        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
