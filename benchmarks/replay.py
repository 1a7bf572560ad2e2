"""Histories that are replayed in a second, against workflows that AWS's test runner runs in a second.

The workflow has what is usual: steps, a wait, a retry, two branches and a callback's worth of checkpoints. AWS's runner
skips its time. Replay gives the handler each history whole, and cut off after each of its events.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner
from bounds import Row, report

from durable_mi.testing.replay import RecordedHistory, replay_history

if TYPE_CHECKING:
    from collections.abc import Mapping

HISTORIES: Final = 1000
RUNS: Final = 10
SHORT: Final = Duration.from_seconds(1)
AGAIN: Final = StepConfig(
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=3, initial_delay=SHORT))
)

attempts: list[int] = []


@durable_execution
def loan(event: Mapping[str, Any], context: DurableContext) -> list[Any]:
    """Check a loan, score it in two branches, and pay it out."""

    def score(_: object) -> int:
        attempts.append(1)
        if len(attempts) % 2:
            msg = "busy"
            raise RuntimeError(msg)
        return 700

    context.step(lambda _: event["id"], name="register")
    checks = context.parallel(
        [
            lambda child: child.step(lambda _: "clean", name="fraud"),
            lambda child: child.step(lambda _: 3000, name="income"),
        ],
        name="checks",
    ).get_results()
    points = context.step(score, name="score", config=AGAIN)
    context.wait(SHORT, name="cool off")
    return context.step(lambda _: [*checks, points], name="pay out")


def run_once(number: int) -> dict[str, Any]:
    """Run the workflow on AWS's runner; returns its history."""
    with DurableFunctionTestRunner(loan, poll_interval=0.01) as runner:
        arn = runner.run_async(json.dumps({"id": number}))
        runner.wait_for_result(arn)
        history = runner.get_execution_history(arn, include_execution_data=True)
        return {"DurableExecutionArn": arn, **history.to_dict()}


def main() -> int:
    """Measure both and return the exit status."""
    logging.disable(logging.CRITICAL)
    began = time.perf_counter()
    documents = [run_once(number) for number in range(RUNS)]
    ran = RUNS / (time.perf_counter() - began)
    histories = [RecordedHistory.parse(documents[n % RUNS], f"run {n}") for n in range(HISTORIES)]
    began = time.perf_counter()
    found = [replay_history(each, loan) for each in histories]
    replayed = HISTORIES / (time.perf_counter() - began)
    wrong = [str(each) for each in found if not each.replays or each.result_differs]
    print("\n".join(wrong[:5]))
    print(
        f"AWS's runner runs {ran:.1f} a second; replayed {replayed:.0f} histories of {found[0].events} events a second"
    )
    faster = replayed / ran
    return report(
        [
            Row(
                f"{HISTORIES} histories replayed, times as many a second as AWS's runner runs",
                faster,
                10,
                at_least=True,
            ),
            Row("histories that do not replay", len(wrong), 0),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
