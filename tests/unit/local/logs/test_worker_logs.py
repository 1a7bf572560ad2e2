"""Lines of worker processes, and their ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.logs.worker_logs import WorkerLogs

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 30
WORKER = """
import os, socket, sys, time
log = socket.socket(socket.AF_UNIX)
log.connect(sys.argv[1])
child = os.fork() if sys.argv[2] == "forks" else None
if child == 0:
    time.sleep(600)
log.sendall(f"child {child}\\n".encode())
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("does", ["forks", "ends"])
def test_a_worker_that_dies_is_noticed_while_another_process_keeps_its_socket(tmp_path: Path, does: str) -> None:
    """Once, and after the lines that it wrote."""

    async def scene() -> tuple[int, list[tuple[int, str]]]:
        said = list[tuple[int, str]]()
        exited = asyncio.Event()

        def exits(pid: int) -> None:
            said.append((pid, "ended"))
            exited.set()

        logs = WorkerLogs(tmp_path / "logs.sock", lambda pid, line: said.append((pid, line)), exits)
        await logs.start()
        worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, str(logs.path), does)
        try:
            await asyncio.wait_for(exited.wait(), LIMIT)
            await worker.wait()
            assert frozenset() == logs.pids
        finally:
            if does == "forks":
                os.kill(int(said[0][1].removeprefix("child ")), signal.SIGKILL)
            await logs.stop()
        return worker.pid, said

    pid, ((first, line), *rest) = asyncio.run(scene())
    assert (pid, "child") == (first, line.split()[0])
    assert [(pid, "ended")] == rest
