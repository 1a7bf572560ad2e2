"""``durable-mi local`` in a process of its own: how long its start takes, what it serves, and the CPU of its parts."""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import psutil
from orders import TOOLS, check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Cpu", "LocalServer"]

_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds.

    Attributes:
        server: Of the runtime itself: its event loop, and the emulator in it.
        workers: Of all processes that it started.
    """

    server: float
    workers: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.server + self.workers

    def __sub__(self, other: Cpu) -> Cpu:
        """Return what was used since."""
        return Cpu(self.server - other.server, self.workers - other.workers)


class LocalServer:
    """Serves the order workflow with skipped time; a context manager.

    Args:
        app: The cloud assembly.
        in_flight: How many executions run at once.
        program: Runs ``durable-mi``. Defaults to the one that is installed.
    """

    def __init__(self, app: Path, in_flight: int, program: Sequence[str] = (str(TOOLS / "durable-mi"),)) -> None:
        self._app = app
        self._program = program
        self._pool = ThreadPoolExecutor(in_flight)
        self._connections = threading.local()
        self._address = self._function = ""
        self.processes = 0
        self.start_seconds = 0.0

    def __enter__(self) -> Self:
        """Start it and wait until it is ready."""
        # The caller waits, for a function whose execution timeout is an hour: without limits it may.
        options = ["--port", "0", "--quiet", "--skip-time", "--no-limits"]
        command = [*self._program, "local", "--app", str(self._app), *options]
        began = time.monotonic()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own tool
        for line in self._process.stdout or ():
            if starting := re.match(r"Starting (\d+)", line):
                self.processes = int(starting[1])
            if output := re.search(r"\.FunctionName = (\S+)", line):
                self._function = output[1]
            if ready := re.match(r"Endpoint http://(\S+) is ready", line):
                self._address = ready[1]
                break
        self.start_seconds = time.monotonic() - began
        if not self._address:
            msg = f"durable-mi local must be ready, but ended with {self._process.wait()}"
            raise SystemExit(msg)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        self._pool.shutdown()

    def rate(self, count: int) -> float:
        """Start executions, check each one's result, and return how many end per second."""
        began = time.monotonic()
        results = list(self._pool.map(self.run, range(count)))
        rate = count / (time.monotonic() - began)
        for n, result in enumerate(results):
            check(result, n)
        return rate

    def run(self, n: int) -> dict[str, object]:
        """Run one execution; with a bare HTTP client, whose CPU counts little beside what is measured."""
        connection = getattr(self._connections, "one", None)
        if connection is None:
            connection = self._connections.one = http.client.HTTPConnection(self._address, timeout=600)
        path = f"/2015-03-31/functions/{self._function}/invocations?Qualifier=live"
        connection.request("POST", path, json.dumps({"orderId": f"o-{n}"}))
        result: dict[str, object] = json.loads(connection.getresponse().read())
        return result

    def asked(self, file: Path) -> float:
        """Return the number that the server writes into a file when it is asked by SIGUSR1."""
        file.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        while not file.exists():
            time.sleep(_POLL_SECONDS)
        return float(file.read_text())

    def cpu(self) -> Cpu:
        """Return what it has used so far."""
        runtime = psutil.Process(self._process.pid)
        workers = sum(sum(each.cpu_times()[:2]) for each in runtime.children(recursive=True))
        return Cpu(sum(runtime.cpu_times()[:2]), workers)
