"""Kinds of operations whose histories do not say everything: they replay on the code that recorded them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, StepError, WithRetryConfig, durable_execution, with_retry
from aws_durable_execution_sdk_python.config import (
    CompletionConfig,
    Duration,
    MapConfig,
    NestingType,
    ParallelConfig,
    StepConfig,
    StepSemantics,
)
from aws_durable_execution_sdk_python.retries import RetryPresets, RetryStrategyConfig, create_retry_strategy

from durable_mi.testing.replay import RecordedHistory, assert_replays
from tests.unit.testing.replay.recorder import record

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = Duration.from_seconds(1)
LARGE = "x" * 300_000


def large_child(_event: Any, context: DurableContext) -> Any:
    def inner(child: DurableContext) -> str:
        child.step(lambda _: 1, name="one")
        return LARGE

    found: str = context.run_in_child_context(inner, name="large")
    return context.step(lambda _: 2, name="after") + len(found)


def large_map(_event: Any, context: DurableContext) -> Any:
    found: Any = context.map([1, 2], lambda child, n, *_: child.step(lambda _: LARGE, name=f"step {n}"), name="large")
    return context.step(lambda _: 2, name="after") + len(found.get_results())


def first_of(_event: Any, context: DurableContext) -> Any:
    def slow(child: DurableContext) -> str:
        child.step(lambda _: 1, name="begin")
        child.wait(Duration.from_hours(1), name="long")
        return child.step(lambda _: "slow", name="end")

    def fast(child: DurableContext) -> str:
        child.step(lambda _: 1, name="begin")
        return child.step(lambda _: "fast", name="end")

    found: Any = context.parallel(
        [slow, fast], name="race", config=ParallelConfig(completion_config=CompletionConfig(min_successful=1))
    )
    return context.step(lambda _: found.get_results(), name="after")


def flat(_event: Any, context: DurableContext) -> Any:
    def branch(child: DurableContext, n: int, *_: Any) -> int:
        child.wait(SECOND, name=f"pause {n}")
        return child.step(lambda _: n, name=f"step {n}")

    found: Any = context.map([1, 2, 3], branch, name="flat", config=MapConfig(nesting_type=NestingType.FLAT))
    return found.get_results()


def one_at_a_time(_event: Any, context: DurableContext) -> Any:
    def branch(child: DurableContext, n: int, *_: Any) -> int:
        child.wait(SECOND, name=f"pause {n}")
        return child.step(lambda _: n, name=f"step {n}")

    return context.map([1, 2, 3], branch, name="slowly", config=MapConfig(max_concurrency=1)).get_results()


def nested(_event: Any, context: DurableContext) -> Any:
    def inner(child: DurableContext, n: int, *_: Any) -> Any:
        return child.parallel([lambda leaf: leaf.step(lambda _: n, name="leaf")] * 2, name="inner").get_results()

    return context.map([1, 2], inner, name="outer").get_results()


def caught_failure(_event: Any, context: DurableContext) -> Any:
    def fails(_: Any) -> None:
        msg = "declined"
        raise ValueError(msg)

    try:
        context.step(fails, name="charge", config=StepConfig(retry_strategy=RetryPresets.none()))
    except StepError as error:
        reason = str(error)
        return context.step(lambda _: reason, name="refund")
    return "charged"


def at_most_once(_event: Any, context: DurableContext) -> Any:
    config = StepConfig(step_semantics=StepSemantics.AT_MOST_ONCE_PER_RETRY, retry_strategy=RetryPresets.none())
    return context.step(lambda _: "sent", name="mail", config=config)


def retried_child(_event: Any, context: DurableContext) -> Any:
    strategy = create_retry_strategy(RetryStrategyConfig(max_attempts=3, initial_delay=SECOND))

    def attempt(child: Any, number: int) -> int:
        child.step(lambda _: number, name="try")
        if number == 1:
            msg = "again"
            raise ValueError(msg)
        return number

    return with_retry(context, attempt, WithRetryConfig(retry_strategy=strategy), name="retried")


def returns_nothing(_event: Any, context: DurableContext) -> None:
    context.step(lambda _: None, name="nothing")
    context.run_in_child_context(lambda child: child.step(lambda _: None, name="inner"), name="child")


def fails_at_the_end(_event: Any, context: DurableContext) -> None:
    context.step(lambda _: None, name="one")
    msg = "no"
    raise RuntimeError(msg)


def no_operation(_event: Any, _context: DurableContext) -> int:
    return 1


@pytest.mark.parametrize(
    "workflow",
    [
        *(large_child, large_map, first_of, flat, one_at_a_time, nested, caught_failure, at_most_once, retried_child),
        *(returns_nothing, fails_at_the_end, no_operation),
    ],
    ids=lambda each: each.__name__,
)
def test_it_replays(workflow: Callable[[Any, DurableContext], Any]) -> None:
    """Whole, and cut off anywhere."""
    handler = durable_execution(workflow)
    assert_replays([RecordedHistory.parse(record(handler, {}), "run")], handler, same_result=True)
