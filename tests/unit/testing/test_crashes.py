"""A workflow runs once for each place where its process can end."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration, StepConfig, StepSemantics
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

from durable_mi.testing import assert_survives_crashes, crash_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.testing import CrashCase, DurableRunner

RETRIED = StepConfig(retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=3)))
AT_MOST_ONCE = StepConfig(
    step_semantics=StepSemantics.AT_MOST_ONCE_PER_RETRY,
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=1)),
)


@durable_step
def ship(_step: object, item: str) -> str:
    """Ship an item, with the key by which the carrier sees a repeated request."""
    request = {"idempotency_key": item}
    return f"shipped {request['idempotency_key']}"


@durable_execution
def orders(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Use every kind of operation."""
    rate = context.step(lambda _: 2, name="rate", config=RETRIED)
    priced: list[int] = context.map(
        event["items"],
        lambda child, item, _index, _all: child.step(lambda _: len(item) * rate, name="price"),
        name="prices",
    ).get_results()

    def shipping(item: str) -> Callable[[DurableContext], str]:
        return lambda child: child.step(ship(item))

    shipped = context.parallel([shipping(item) for item in event["items"]], name="ship all").get_results()
    context.wait(Duration.from_hours(1), name="cool off")
    taxed = context.run_in_child_context(lambda child: child.step(lambda _: sum(priced) * 2, name="tax"), name="taxes")
    noted: str = context.invoke("note:live", taxed, name="note")
    answer = context.wait_for_callback(lambda _id, _: None, name="approval")
    return {"priced": priced, "shipped": shipped, "taxed": taxed, "noted": noted, "answer": answer}


def prepare(runner: DurableRunner) -> None:
    """Answer what the workflow waits for; one attempt at the rate fails."""
    runner.mock_step("rate", raises=TimeoutError, times=1)
    runner.answer_callback("approval", "yes")
    runner.register("note", lambda event, _context: f"noted {event}", durable=False)


EVENT = {"items": ["apple", "pear"]}


@durable_execution
def branches(event: dict[str, Any], context: DurableContext) -> list[int]:
    """Measure each item in a branch."""
    return context.map(
        event["items"], lambda child, item, _index, _all: child.step(lambda _: len(item), name="measure"), name="items"
    ).get_results()


@durable_execution
def rejects(_event: object, context: DurableContext) -> None:
    """Fail on purpose."""
    context.step(lambda _: None, name="look")
    msg = "no such order"
    raise LookupError(msg)


def test_a_right_workflow_survives() -> None:
    """Also in a map, a parallel, a child context, a retry, a chained invoke and a callback."""
    report = assert_survives_crashes(orders, {"items": ["apple"]}, prepare=prepare)

    points = [str(each.point) for each in report.results]
    assert 56 == len(points)
    assert len(points) == len(set(points))
    assert {
        "step rate START, not kept",
        "step rate RETRY, kept, answer lost",
        "step rate START 2, kept, answer lost",
        "prices > map-item-0 > step price SUCCEED, not kept",
        "ship all > parallel-branch-0 > step ship SUCCEED, kept, answer lost",
        "wait cool off START, not kept",
        "taxes > step tax SUCCEED, kept, answer lost",
        "chained invoke note START, not kept",
        "approval > callback approval START, kept, answer lost",
        "end of the handler, result lost",
    } <= set(points), points
    assert [] == report.not_reached
    # A body that ended before its checkpoint was kept runs again; that of the tax has no idempotency key.
    assert (1, 2) == report.bodies["tax"]
    assert (1, 2) == report.bodies["ship"]
    assert "tax" in report.repeated_without_key
    assert "ship" not in report.repeated_without_key
    assert "ran again without an idempotency key: " in str(report)


def test_each_run_crashes_once_and_is_invoked_again() -> None:
    """The process that ends at a checkpoint is followed by one that replays."""
    invocations: list[bool] = []

    @durable_execution
    def two_steps(_event: object, context: DurableContext) -> int:
        invocations.append(context.is_replaying())
        one = context.step(lambda _: 1, name="one", config=AT_MOST_ONCE)
        return one + context.step(lambda _: 2, name="two")

    with pytest.raises(AssertionError, match="step one START, kept, answer lost: the outcome must be the same"):
        assert_survives_crashes(two_steps, {})

    # Once without a crash; then two invocations for each of nine places, of which only the first is not a replay.
    assert 1 + 2 * 9 == len(invocations)


def test_what_is_not_kept_is_done_again() -> None:
    """Kept and not kept are different places: only the second one repeats the body."""

    @durable_execution
    def one_step(_event: object, context: DurableContext) -> int:
        return context.step(lambda _: 1, name="one", config=AT_MOST_ONCE)

    with pytest.raises(AssertionError) as failed:
        assert_survives_crashes(one_step, {})

    # The service has the start and no end: a step that runs at most once is not repeated, so these two runs fail.
    lines = [line.strip() for line in str(failed.value).splitlines() if ": the outcome must be" in line]
    assert ["step one START, kept, answer lost", "step one SUCCEED, not kept"] == [line.split(":")[0] for line in lines]


def test_a_uuid_of_a_step_may_differ() -> None:
    """It is made once in each run; a run where it became two would be another outcome."""

    @durable_execution
    def numbered(_event: object, context: DurableContext) -> dict[str, str]:
        number = context.step(lambda _: str(uuid.uuid4()), name="number")
        return {"reserved": number, "paid": context.step(lambda _: number, name="pay")}

    assert [] == assert_survives_crashes(numbered).problems


def test_other_values_are_compared_as_the_test_says() -> None:
    """A random number of a step is another one in each run, which is right."""
    numbers = iter(range(1000))

    @durable_execution
    def random(_event: object, context: DurableContext) -> dict[str, int]:
        return {"number": context.step(lambda _: next(numbers), name="number")}

    with pytest.raises(AssertionError, match="the outcome must be the same"):
        assert_survives_crashes(random)
    assert [] == assert_survives_crashes(random, same=lambda one, other: set(one) == set(other)).problems


def test_rejects_a_result_that_differs_when_it_replays() -> None:
    """What the handler returned is lost, and it returns something else."""

    @durable_execution
    def returns_uuid(_event: object, context: DurableContext) -> str:
        context.step(lambda _: None, name="one")
        return str(uuid.uuid4())

    message = "end of the handler, result lost: the handler must return the same each time it replays"
    with pytest.raises(AssertionError, match=message):
        assert_survives_crashes(returns_uuid)


def test_a_caught_crash_is_a_crash() -> None:
    """What a handler does after its process has ended reaches nobody."""

    @durable_execution
    def catches(_event: object, context: DurableContext) -> str:
        try:
            return context.step(lambda _: "done", name="one")
        except BaseException:  # noqa: BLE001 - the mistake, which ends no real process
            return "caught"

    assert [] == assert_survives_crashes(catches).problems


def test_rejects_a_branch_that_loses_what_it_appends() -> None:
    """Also in the branches of a map."""

    @durable_execution
    def appends(event: dict[str, Any], context: DurableContext) -> int:
        lengths: list[int] = []

        def measure(child: DurableContext, item: str, _index: int, _all: object) -> None:
            child.step(lambda _: lengths.append(len(item)), name="measure")

        context.map(event["items"], measure, name="items")
        context.step(lambda _: None, name="note")
        return sum(lengths)

    with pytest.raises(AssertionError, match=re.escape("items > map-item-0 > step measure SUCCEED, kept")):
        assert_survives_crashes(appends, EVENT)


def test_a_workflow_that_fails_on_purpose_survives() -> None:
    """Its error is the same each time."""
    assert {"FAILED"} == {each.run.status for each in assert_survives_crashes(rejects, fails=True).results}


@pytest.mark.parametrize(
    ("handler", "fails", "message"),
    [
        (rejects, False, "must succeed without a crash, got FAILED LookupError: no such order"),
        (branches, True, "must fail, as fails=True says, without a crash, got SUCCEEDED"),
    ],
)
def test_rejects_another_end_than_the_test_expects(handler: Any, fails: bool, message: str) -> None:  # noqa: FBT001
    """A workflow that fails at once would survive every crash."""
    with pytest.raises(AssertionError, match=message):
        assert_survives_crashes(handler, EVENT, fails=fails)


@pytest.mark.parametrize("handler", [lambda _event, _context: 1, lambda event, _context: event["items"]])
def test_rejects_a_handler_without_the_decorator(handler: Any) -> None:
    """In a word, and not as a foreign error after retries."""
    with pytest.raises(TypeError, match="the handler must be decorated with @durable_execution"):
        assert_survives_crashes(handler, EVENT)


def test_what_is_prepared_is_prepared_for_each_run() -> None:
    """So a test can reset what the steps wrote."""
    prepared: list[DurableRunner] = []

    @durable_execution
    def one_step(_event: object, context: DurableContext) -> int:
        return context.step(lambda _: 1, name="one")

    report = assert_survives_crashes(one_step, prepare=prepared.append)

    assert len(report.results) == len(prepared)


@crash_points(branches, EVENT)
def test_one_test_for_each_place(crash_point: CrashCase) -> None:
    """The parametrized form, also for the branches of a map."""
    crash_point.check()


PROJECT = """
from aws_durable_execution_sdk_python import durable_execution
from durable_mi.testing import crash_points

@durable_execution
def handler(event, context):
    prices = []
    context.step(lambda _: prices.append(1), name="price")
    return len(prices)

@crash_points(handler, {})
def test_survives(crash_point):
    crash_point.check()

def test_runner(durable_runner):
    assert 1 == durable_runner.run(handler, {}).result
"""


def test_the_plugin_works_in_a_project_of_its_own(pytester: pytest.Pytester) -> None:
    """Its fixtures are there without a conftest, and warnings may be errors."""
    pytester.makepyfile(test_orders=PROJECT)

    result = pytester.runpytest_inprocess("-W", "error", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=5, failed=2)
    assert "Crash tests:" not in result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "*test_survives?step price SUCCEED, kept, answer lost?*",
            "*step price SUCCEED, kept, answer lost: the outcome must be the same*: SUCCEEDED 1, got SUCCEEDED 0*",
        ]
    )


@durable_execution
def stocked(event: dict[str, Any], context: DurableContext) -> str:
    """Reserve an item; invoked by another workflow."""
    context.step(lambda _: None, name="look")
    context.wait(Duration.from_hours(1), name="truck")
    return context.step(lambda _: f"reserved {event['item']}", name="reserve")


def test_a_chained_function_crashes_too() -> None:
    """At each of its checkpoints and at its end, also where several executions of it run at once."""

    @durable_execution
    def ordering(event: dict[str, Any], context: DurableContext) -> list[str]:
        first: str = context.invoke(
            "stock:live", {"item": context.step(lambda _: uuid.uuid4().hex, name="id")}, name="one"
        )
        rest = context.parallel(
            [
                lambda child: child.invoke("rest", {"item": event["items"][0]}),
                lambda child: child.invoke("rest", {"item": event["items"][1]}),
            ]
        ).get_results()
        return [first, *rest]

    def registered(runner: DurableRunner) -> None:
        runner.register("stock", stocked)
        runner.register("rest", stocked)

    report = assert_survives_crashes(ordering, {"items": ["lamp", "pear"]}, prepare=registered)
    points = [str(each.point) for each in report.results]
    assert len(points) == len(set(points))
    assert {
        "stock > step look START, not kept",
        "stock > wait truck START, kept, answer lost",
        "stock > end of the handler, result lost",
        "rest > step reserve SUCCEED, not kept",
        "rest (2) > step reserve SUCCEED, not kept",
        "rest (2) > end of the handler, result lost",
    } <= set(points), points
    assert [] == report.not_reached
    # Three executions without a crash, and one that ended in the middle.
    assert (3, 4) == report.bodies["reserve"]


def test_rejects_a_chained_function_that_does_not_survive() -> None:
    """Its result reaches the workflow."""
    seen: list[int] = []

    @durable_execution
    def forgets(_event: object, context: DurableContext) -> int:
        seen.append(1)
        context.step(lambda _: None, name="look")
        return len(seen)

    @durable_execution
    def asks(_event: object, context: DurableContext) -> int:
        return context.invoke("forgets", {})

    def fresh(runner: DurableRunner) -> None:
        seen.clear()
        runner.register("forgets", forgets)

    with pytest.raises(AssertionError, match="forgets > step look SUCCEED, kept, answer lost: the outcome must be"):
        assert_survives_crashes(asks, {}, prepare=fresh)
