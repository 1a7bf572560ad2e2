"""The local runtime against AWS's in-process test runner on the same handler, with skipped time.

Three sides run the order workflow in turns, a round each, with the same number of executions in flight:

- ``durable-mi local``, all of it: processes, HTTP, and the load's client beside them on the same cores;
- AWS's runner as released, which is a function call in one process;
- AWS's runner without the pause of the SDK and with as many handler threads as the local runtime has processes.

Rates are medians of the rounds' ratios, and the first round of each side does not count. Also measured are one order
alone, the CPU of an execution by its parts in the round that was disturbed least, the start with a handler that
imports nothing, and the CPU of a help text.

Usage: python benchmarks/local_runtime.py [--executions N] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bounds import Row, report
from local_server import Cpu, LocalServer
from orders import EXAMPLE, TOOLS, check, synthesize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IN_FLIGHT = 200
ALONE = 15
STARTS = 5
_STUB = "def durable_execution(handler): return handler"
_HANDLER = """
from aws_durable_execution_sdk_python import durable_execution
@durable_execution
def handler(event, context): ...
"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--executions", type=int, default=400, help="in each round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of each side (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        app = Path(directory) / "cdk.out"
        synthesize(app)
        rows = [*throughput(app, options.executions, options.rounds), start(app), help_text("local")]
    return report(rows)


def throughput(app: Path, count: int, rounds: int) -> list[Row]:
    """Compare the three sides in turns."""
    with ExitStack() as stack:
        ours = stack.enter_context(LocalServer(app, IN_FLIGHT))
        released = stack.enter_context(aws_runner())
        awake = stack.enter_context(aws_runner(ours.processes))
        ours.rate(IN_FLIGHT)
        for side in (released, awake):
            side(IN_FLIGHT)
        alone = median(map(seconds_alone(ours), range(ALONE)))
        used: list[Cpu] = []
        rates: list[tuple[float, float, float]] = []
        theirs: list[float] = []
        print(f"{'executions a second':<21}{'durable-mi local':>18}{'AWS, released':>18}{'AWS, no pause':>18}")
        for number in range(rounds):
            before = ours.cpu()
            mine = ours.rate(count)
            used.append(ours.cpu() - before)
            (as_released, _), (without_pause, cpu) = released(count), awake(count)
            rates.append((mine, as_released, without_pause))
            theirs.append(cpu)
            print(f"{f'round {number + 1}':<21}" + "".join(f"{rate:>18.1f}" for rate in rates[-1]), flush=True)
    least = min(used, key=lambda each: each.total)
    handler, server = (1000 * part / count for part in (least.workers, least.server))
    emulator, outside = outside_share(app, count, rounds)
    print(
        f"CPU of an execution: handler processes {handler:.1f} ms, server {server:.1f} ms, "
        f"of which the emulator {emulator:.1f} ms"
    )
    total = handler + server
    cores, their_ms = os.cpu_count() or 1, 1000 * min(theirs)
    print(
        f"limit of {cores} idle cores: {cores * 1000 / total:.0f} executions a second, and "
        f"{cores * 1000 / handler:.0f} if all but the handler processes cost nothing\n"
        f"AWS's runner without the pause, a process with one interpreter lock: {their_ms:.1f} ms, so at most "
        f"{1000 / their_ms:.0f}; ratio of the limits {cores * their_ms / total:.2f}",
        flush=True,
    )
    return [
        Row("rate against AWS's runner", median(a / b for a, b, _ in rates), 2.5, at_least=True),
        Row("rate against it without pause, as wide", median(a / c for a, _, c in rates), 0.85, at_least=True),
        Row("one order alone", alone * 1000, 80, "ms"),
        Row("CPU of an execution", total, 17, "ms"),
        Row("CPU of an execution, outside the handler", server, 5, "ms"),
        Row("CPU outside handlers and emulator", outside, 12, "%"),
    ]


def outside_share(app: Path, count: int, rounds: int) -> tuple[float, float]:
    """Measure the emulator's CPU for an execution in ms, and the share of all CPU that is neither its nor a handler's.

    In a server of its own, which counts it; the least share of some rounds.
    """
    script = Path(__file__).with_name("timed_lanes.py")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "seconds"
        with LocalServer(app, IN_FLIGHT, (sys.executable, str(script), str(file))) as server:
            server.rate(IN_FLIGHT)
            found = []
            for _ in range(rounds):
                before, emulated = server.cpu(), server.asked(file)
                server.rate(count)
                used, emulator = server.cpu() - before, server.asked(file) - emulated
                found.append(((used.server - emulator) / used.total, 1000 * emulator / count))
    share, emulator_ms = min(found)
    return emulator_ms, 100 * share


@contextmanager
def aws_runner(*workers: int) -> Iterator[Callable[[int], tuple[float, float]]]:
    """Yield what runs executions in AWS's runner, and returns how many end per second and the CPU seconds of each."""
    script = Path(__file__).with_name("aws_runner.py")
    command = [sys.executable, str(script), str(EXAMPLE / "workflow"), str(IN_FLIGHT), *map(str, workers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        asked, told = process.stdin, process.stdout
        if asked is None or told is None:
            raise RuntimeError

        def rate(count: int) -> tuple[float, float]:
            print(count, file=asked, flush=True)
            per_second, cpu = map(float, told.readline().split())
            return per_second, cpu

        yield rate
        asked.close()


def seconds_alone(server: LocalServer) -> Callable[[int], float]:
    """Return what runs one execution, with no other beside it, and measures it."""

    def run(n: int) -> float:
        began = time.monotonic()
        check(server.run(n), n)
        return time.monotonic() - began

    return run


def start(app: Path) -> Row:
    """Measure from the start to the endpoint's being ready, with a handler that imports next to nothing.

    The first start of each app is not counted, since it compiles the asset's packages. The shortest of the others
    counts, since what else the machine does only makes them longer.
    """
    whole = shortest_start(app)
    (asset,) = (path.parent for path in app.glob("asset.*/order_workflow.py"))
    sdk = asset / "aws_durable_execution_sdk_python"
    shutil.rmtree(sdk)
    sdk.mkdir()
    (sdk / "__init__.py").write_text(_STUB)
    (asset / "order_workflow.py").write_text(_HANDLER)
    bare = shortest_start(app)
    print(f"start to ready {whole:.2f} s, with a handler that imports nothing {bare:.2f} s")
    return Row("start to ready, beyond the handlers' own imports", bare, 0.7, "s")


def shortest_start(app: Path) -> float:
    """Start and end it some times, and return the shortest start."""
    seconds = []
    for _ in range(1 + STARTS):
        with LocalServer(app, 1) as server:
            seconds.append(server.start_seconds)
    return min(seconds[1:])


def help_text(*command: str) -> Row:
    """Measure the CPU of a command's help text, as the median of some."""
    used = []
    for _ in range(STARTS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        line = [str(TOOLS / "durable-mi"), *command, "--help"]
        subprocess.run(line, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own tool
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Row(f"durable-mi {' '.join(command)} --help, CPU", median(used), 0.15, "s")


if __name__ == "__main__":
    sys.exit(main())
