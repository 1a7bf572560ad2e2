"""What a crash test costs beside plain runs of the same workflow, in one process and with one runner for each side.

A workflow of ten steps has 20 checkpoints, so a crash test is 42 runs: one without a crash, 40 with one at a checkpoint
and one whose result is lost. Each of the 41 is invoked twice. The other side is 42 runs of the same workflow on the
runner of the fixture ``durable_runner``, so both sides skip time and the SDK's pause at the end of an invocation.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Final

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from bounds import Row, report

from durable_mi.testing import DurableRunner, assert_survives_crashes

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS: Final = 10
CHECKPOINTS: Final = 2 * STEPS
RUNS: Final = 2 * CHECKPOINTS + 2
ROUNDS: Final = 9
BOUND: Final = 1.3


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> int:
    """Run ten steps, each with a start and an end."""
    return sum(context.step(lambda _: event["n"], name=f"step {number}") for number in range(STEPS))


def crash_test() -> None:
    """End the process at each checkpoint."""
    came = len(assert_survives_crashes(handler, {"n": 1}).results)
    if came != RUNS:
        msg = f"the workflow must have {CHECKPOINTS} checkpoints, so {RUNS} runs, got {came}"
        raise RuntimeError(msg)


def plain_runs() -> None:
    """Run as often without a crash."""
    with DurableRunner() as runner:
        for _ in range(RUNS):
            if runner.run(handler, {"n": 1}).result != STEPS:
                msg = "the workflow must return the number of its steps"
                raise RuntimeError(msg)


def seconds(work: Callable[[], None]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Measure both sides in turn, and return the exit status."""
    plain_runs()
    crash_test()
    rounds = []
    for number in range(ROUNDS):
        plain, crashed = seconds(plain_runs), seconds(crash_test)
        rounds.append((plain, crashed))
        print(f"round {number + 1}: {RUNS} plain runs {plain:.2f} s, crash test {crashed:.2f} s", flush=True)
    # The best of each side: whatever else the machine does makes a round slower, and never faster.
    plain, crashed = (min(side) for side in zip(*rounds, strict=True))
    name = f"crash test of a {CHECKPOINTS}-checkpoint workflow / same number of plain runs"
    return report([Row(name=name, measured=crashed / plain, bound=BOUND)])


if __name__ == "__main__":
    sys.exit(main())
