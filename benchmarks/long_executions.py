"""Whether cost grows in a straight line: long executions, many of them, pages that are open, and waiting executions.

Each row is a ratio within this run, against the baseline that its name says, or a bound on what one execution holds.
CPU is that of the server's own process: the handlers run in others. The server of 20,000 executions begins with a state
file that has all but the last of them, written as the server writes it.

Usage: python benchmarks/long_executions.py [ROW...] (default all: steps pages history many waiting)
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import boto3
import psutil
from botocore.config import Config
from bounds import Row, report
from long_executions_app import write_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOOLS: Final = Path(sys.executable).parent
LIMIT: Final = 300
"""Seconds after which a part of this benchmark gives up."""

SHORT, SHORT_RUNS, LONG = 250, 4, 2000
"""Steps, and how often."""
SHOWN: Final = 800
PAGES: Final = 3
EVENTS = 2000, 4000
MANY, WARM, BATCHES, BATCH, IN_FLIGHT = 20_000, 300, 3, 300, 40
MANY_PROCESSES: Final = 8
WAITING: Final = 4000


class Server:
    """`durable-mi local` in a process of its own.

    Args:
        app: The cloud assembly.
        function: The function that it serves.
        processes: Worker processes of the function.
        *options: More options of the command.
    """

    def __init__(self, app: Path, function: str, processes: int, *options: str) -> None:
        command = [str(TOOLS / "durable-mi"), "local", "--app", str(app), "--port", "0", "--quiet", "--no-limits"]
        command += ["--function", function, "--environments", "1", "--concurrency", str(processes), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own tool
        told: list[str] = []
        for line in self._process.stdout or ():
            told.append(line)
            if ready := re.match(r"Endpoint http://(\S+) is ready", line):
                self.address = ready[1]
                break
        else:
            msg = f"the server must become ready, got {''.join(told)}"
            raise SystemExit(msg)
        # Or it would wait until somebody reads how each callback is answered.
        threading.Thread(target=lambda: list(self._process.stdout or ()), daemon=True).start()
        self._server = psutil.Process(self._process.pid)
        self._client = boto3.client(
            "lambda",
            endpoint_url=f"http://{self.address}",
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - the local runtime takes any
            config=Config(max_pool_connections=IN_FLIGHT, read_timeout=LIMIT, retries={"max_attempts": 0}),
        )

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(timeout=60)
        finally:
            self._process.kill()

    def cpu(self) -> float:
        """Return the CPU seconds of the server's own process so far."""
        return float(sum(self._server.cpu_times()[:2]))

    def memory(self) -> int:
        """Return the bytes that the server's own process has in memory."""
        return int(self._server.memory_info().rss)

    def threads(self) -> int:
        """Return how many threads it has."""
        return int(self._server.num_threads())

    def run(self, steps: int) -> str:
        """Run an execution to its end; returns its ARN."""
        answer = self._client.invoke(FunctionName="steps", Qualifier="live", Payload=json.dumps({"steps": steps}))
        result = json.loads(answer["Payload"].read())
        if result != steps:
            msg = f"an execution of {steps} steps must return their number, got {result}"
            raise SystemExit(msg)
        return str(answer["DurableExecutionArn"])

    def start(self, function: str, event: dict[str, Any]) -> str:
        """Start an execution; returns its ARN."""
        answer = self._client.invoke(
            FunctionName=function, Qualifier="live", InvocationType="Event", Payload=json.dumps(event)
        )
        return str(answer["DurableExecutionArn"])

    def history(self, arn: str, *, include_data: bool) -> int:
        """Read a history by pages of 100; returns its number of events."""
        pages = self._client.get_paginator("get_durable_execution_history").paginate(
            DurableExecutionArn=arn, IncludeExecutionData=include_data, PaginationConfig={"PageSize": 100}
        )
        return sum(len(page["Events"]) for page in pages)

    def waiting(self) -> int:
        """Return how many executions wait for a callback, as the page lists them."""
        connection = HTTPConnection(self.address, timeout=LIMIT)
        connection.request("GET", "/page/api/executions?limit=5000")
        rows = json.load(connection.getresponse())["executions"]
        connection.close()
        return sum(row["at"] is not None and row["at"]["kind"] == "CALLBACK" for row in rows)


class Page:
    """Asks for an execution's timeline as the page in a browser does: again after each answer, with its pause.

    Args:
        address: Host and port of the server.
        arn: The execution.
    """

    PAUSE_S: Final = 0.15

    def __init__(self, address: str, arn: str) -> None:
        self._address = address
        self._path = f"/page/api/executions/{quote(arn, safe='')}"
        self.answers = 0
        self.has_ended = False
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait until it shows the execution's end."""
        self._thread.join(LIMIT)

    def _look(self) -> None:
        connection = HTTPConnection(self._address, timeout=LIMIT)
        while not self.has_ended:
            connection.request("GET", self._path)
            # What the page makes of it is the browser's; here only what it needs to go on.
            self.has_ended = b'"hasEnded": true' in connection.getresponse().read()
            self.answers += 1
            if not self.has_ended:
                time.sleep(self.PAUSE_S)
        connection.close()


@contextmanager
def serving(app: Path, *options: str, function: str = "steps", processes: int = 1) -> Iterator[Server]:
    """Have a server while the context lasts."""
    server = Server(app, function, processes, *options)
    try:
        yield server
    finally:
        server.stop()


def cpu_of(server: Server, work: Callable[[], object]) -> float:
    """Return the CPU seconds of the server for some work."""
    before = server.cpu()
    work()
    return server.cpu() - before


def steps(app: Path, directory: Path) -> list[Row]:
    """Measure a step of a long execution against one of a short one, and a state file against memory."""
    costs: dict[str, dict[int, float]] = {}
    for store, options in {"memory": (), "--state": ("--state", str(directory / "steps.state"))}.items():
        with serving(app, *options) as server:
            server.run(SHORT)
            costs[store] = {
                steps: cpu_of(server, lambda: [server.run(steps) for _ in range(runs)]) / runs / steps * 1000  # noqa: B023
                for steps, runs in ((SHORT, SHORT_RUNS), (LONG, 1))
            }
    print(f"server CPU for a step in milliseconds: {costs}")
    return [
        *(
            Row(f"{store}: a step of {LONG} against one of {SHORT}, CPU", cost[LONG] / cost[SHORT], 1.2)
            for store, cost in costs.items()
        ),
        Row(f"{LONG} steps, --state against memory, CPU", costs["--state"][LONG] / costs["memory"][LONG], 1.5),
    ]


def pages(app: Path, _: Path) -> list[Row]:
    """Measure an execution that pages show against one that nobody looks at."""
    alone, shown = [], []
    with serving(app) as server:
        server.run(SHOWN)
        # By turns, since a machine is not as fast at all times.
        for _ in range(2):
            began = time.monotonic()
            server.run(SHOWN)
            alone.append(time.monotonic() - began)
            began = time.monotonic()
            arn = server.start("steps", {"steps": SHOWN})
            looking = [Page(server.address, arn) for _ in range(PAGES)]
            for page in looking:
                page.close()
            shown.append(time.monotonic() - began)
    print(f"{SHOWN} steps: {alone} s, with {PAGES} pages {shown} s, {looking[0].answers} answers to each")
    return [Row(f"{SHOWN} steps, {PAGES} pages open against none, wall", min(shown) / min(alone), 1.2)]


def history(app: Path, _: Path) -> list[Row]:
    """Measure reading a history of twice as many events for the first time, with its data and without."""
    costs = []
    with serving(app) as server:
        for events in EVENTS:
            arn = server.run(events // 2)
            before = server.cpu()
            found = {server.history(arn, include_data=included) for included in (True, False)}
            costs.append(server.cpu() - before)
            if found != {events + 3}:
                msg = f"a history of {events} events and three of the execution must be read, got {found}"
                raise SystemExit(msg)
    print(f"server CPU for two readings of {EVENTS} events: {costs}")
    return [Row(f"history by pages of 100, {EVENTS[1]} events against {EVENTS[0]}, CPU", costs[1] / costs[0], 2.2)]


def many(app: Path, directory: Path) -> list[Row]:
    """Measure a server that has many executions against a new one, by turns."""
    state, options = directory / "many.state", {"processes": MANY_PROCESSES}
    with serving(app, "--state", str(state), **options) as server:
        drive(server, WARM)
        empty = server.memory()
        drive(server, BATCH)
        each_new = (server.memory() - empty) / BATCH
    fill(state, MANY - BATCHES * BATCH)
    seconds, cpu = [0.0, 0.0], [0.0, 0.0]
    with (
        serving(app, "--state", str(directory / "new.state"), **options) as new,
        serving(app, "--state", str(state), **options) as full,
    ):
        for server in (new, full):
            drive(server, BATCH)
        for _ in range(BATCHES):
            for number, server in enumerate((new, full)):
                before = server.cpu()
                seconds[number] += drive(server, BATCH)
                cpu[number] += server.cpu() - before
        each = (full.memory() - empty) / MANY
    print(
        f"{BATCHES * BATCH} executions in a new server and as the last of {MANY}: {seconds} s, server CPU {cpu} s; "
        f"memory for each new one {each_new / 1000:.1f} kB, for each of {MANY} {each / 1000:.1f} kB"
    )
    return [
        Row(f"the last of {MANY} executions against the first, rate", seconds[0] / seconds[1], 0.9, at_least=True),
        Row(f"memory for each of {MANY} executions, --state", max(each, each_new) / 1000, 10, "kB"),
    ]


def drive(server: Server, count: int) -> float:
    """Run executions of three steps; returns how many seconds that takes."""
    began = time.monotonic()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(lambda _: server.run(3), range(count)))
    return time.monotonic() - began


def fill(state: Path, wanted: int) -> None:
    """Copy the executions of a state file until it has as many as wanted, each under a name of its own."""
    import sqlite3  # noqa: PLC0415

    connection = sqlite3.connect(state)
    known = connection.execute("SELECT number, arn, state FROM executions ORDER BY number").fetchall()
    parts: dict[int, list[tuple[str, Any, str]]] = {}
    for number, *part in connection.execute("SELECT execution, kind, place, value FROM parts"):
        parts.setdefault(number, []).append(tuple(part))
    with connection:
        for copy in range(wanted - len(known)):
            number, arn, head = known[copy % len(known)]
            name, own_id = arn.split("/")[-2:]
            for old, new in ((name, f"copy-{copy}"), (own_id, f"{copy:08}{own_id[8:]}")):
                arn, head = arn.replace(old, new), head.replace(old, new)
            row = connection.execute("INSERT INTO executions (arn, state) VALUES (?, ?)", (arn, head)).lastrowid
            connection.executemany(
                "INSERT INTO parts VALUES (?, ?, ?, ?)",
                (
                    (row, kind, place, value.replace(own_id, f"{copy:08}{own_id[8:]}").replace(name, f"copy-{copy}"))
                    for kind, place, value in parts[number]
                ),
            )
    connection.close()


def waiting(app: Path, _: Path) -> list[Row]:
    """Measure the threads of a server whose executions wait for callbacks."""
    with serving(app, function="waits", processes=MANY_PROCESSES) as server:
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(lambda _: server.start("waits", {}), range(WAITING)))
        until = time.monotonic() + LIMIT
        while (found := server.waiting()) < WAITING:
            if time.monotonic() > until:
                msg = f"{WAITING} executions must wait for their callbacks, got {found}"
                raise SystemExit(msg)
            time.sleep(1)
        threads = server.threads()
    return [Row(f"threads while {WAITING} executions wait for callbacks", threads, 50)]


PARTS: Final[dict[str, Callable[[Path, Path], list[Row]]]] = {
    "steps": steps,
    "pages": pages,
    "history": history,
    "many": many,
    "waiting": waiting,
}


def main() -> int:
    """Measure and print; returns the exit status."""
    # So that what was started ends with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        msg = f"rows must be of {', '.join(PARTS)}, got {', '.join(sorted(unknown))}"
        raise SystemExit(msg)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as directory:
        app = write_app(Path(directory))
        for name in wanted:
            began = time.monotonic()
            rows += PARTS[name](app, Path(directory))
            print(f"{name} took {time.monotonic() - began:.0f} s", flush=True)
    return report(rows)


if __name__ == "__main__":
    sys.exit(main())
