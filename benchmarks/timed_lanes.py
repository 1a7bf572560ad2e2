"""``durable-mi local``, which counts the CPU of what the emulator does for executions.

Usage: python benchmarks/timed_lanes.py FILE ARGUMENT...

The emulator's tasks run in the event loop, so no thread's CPU is theirs alone. What they take is written into the file
at the end, in seconds. What the emulator does outside a task, as to start an execution, is not in it.
"""

from __future__ import annotations

import atexit
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from durable_mi.cli import main
from durable_mi.local.durable._sdk import ExecutionWorker

if TYPE_CHECKING:
    from collections.abc import Callable


def count(file: Path) -> None:
    """Count from now on, and write at the end."""
    spent = [0.0]
    run: Callable[[ExecutionWorker, Any], Any] = ExecutionWorker._run  # noqa: SLF001 - the emulator's own

    def timed(worker: ExecutionWorker, task: object) -> object:
        began = time.thread_time()
        try:
            return run(worker, task)
        finally:
            spent[0] += time.thread_time() - began

    ExecutionWorker._run = timed  # noqa: SLF001 - as above
    atexit.register(lambda: file.write_text(str(spent[0])))


if __name__ == "__main__":
    count(Path(sys.argv[1]))
    del sys.argv[1]
    main()
