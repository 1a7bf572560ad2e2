"""``durable-mi local``, which counts the CPU of what the emulator does for executions.

Usage: python benchmarks/timed_lanes.py FILE ARGUMENT...

What the emulator does runs in the event loop, so no thread's CPU is its alone. What it took so far is written into the
file on SIGUSR1, in seconds: its tasks, and the start of an execution. What it does around an invocation is not in it.
"""

from __future__ import annotations

import signal
import sys
import time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from durable_mi.cli import main
from durable_mi.local.durable._sdk import ExecutionWorker, Executor

if TYPE_CHECKING:
    from collections.abc import Callable


def count(file: Path) -> None:
    """Count from now on, and write when asked."""
    spent = [0.0]
    depth = [0]

    def timed(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def call_timed(*args: object, **kwargs: object) -> object:
            # One can be within the other.
            depth[0] += 1
            began = time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                depth[0] -= 1
                if not depth[0]:
                    spent[0] += time.thread_time() - began

        return call_timed

    emulator: tuple[tuple[Any, str], ...] = ((ExecutionWorker, "_run"), (Executor, "start_execution"))
    for owner, name in emulator:
        setattr(owner, name, timed(getattr(owner, name)))

    def write(*_: object) -> None:
        # Whoever asks waits for the whole of it.
        whole = file.with_suffix(".whole")
        whole.write_text(str(spent[0]))
        whole.replace(file)

    signal.signal(signal.SIGUSR1, write)


if __name__ == "__main__":
    count(Path(sys.argv[1]))
    del sys.argv[1]
    main()
