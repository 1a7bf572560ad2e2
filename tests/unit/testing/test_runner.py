"""Workflows in the test's process: mocks, answers, suspensions, and the sequence of operations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import (
    CallbackExternalError,
    CallbackTimeoutError,
    DurableContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import (
    CallbackConfig,
    Duration,
    StepConfig,
    WaitForCallbackConfig,
)
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

if TYPE_CHECKING:
    from durable_mi.testing import DurableRunner

RETRIED = StepConfig(retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=3)))


@durable_step
def charge(_step: Any, _amount: int) -> str:
    """Charge a card, which no test may do."""
    msg = "the body must not run"
    raise AssertionError(msg)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Check twice, charge, wait, and ask."""
    checks = context.parallel(
        [
            lambda child: child.step(lambda _: 700, name="credit"),
            lambda child: child.step(lambda _: True, name="fraud"),
        ],
        name="checks",
    )
    charged = context.step(charge(event["amount"]), config=RETRIED)
    context.wait(Duration.from_days(1), name="cool off")
    try:
        answer = context.wait_for_callback(
            lambda _id, _: None, name="approval", config=WaitForCallbackConfig(timeout=Duration.from_days(3))
        )
    except CallbackTimeoutError:
        answer = "expired"
    except CallbackExternalError as error:
        answer = f"rejected: {error}"
    return {"checks": checks.get_results(), "charged": charged, "answer": answer}


EVENT = {"amount": 12}
OPERATIONS = (
    "parallel checks",
    "  branch parallel-branch-0",
    "    step credit",
    "  branch parallel-branch-1",
    "    step fraud",
    "step charge",
    "wait cool off",
    "wait for callback approval",
    "  callback approval create callback id",
    "  step approval submitter",
)


def test_a_run_with_mocks_and_answers(durable_runner: DurableRunner) -> None:
    """The step does not run, the day passes at once, and the callback gets its answer."""
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.answer_callback("approval", {"by": "Ana"})

    run = durable_runner.run(handler, EVENT)

    assert {"checks": [700, True], "charged": "c-1", "answer": '{"by": "Ana"}'} == run.result
    run.assert_operations(*OPERATIONS)
    assert {"credit": 1, "fraud": 1, "charge": 1, "approval submitter": 1} == run.bodies


def test_mocks_apply_one_after_the_other(durable_runner: DurableRunner) -> None:
    """Two attempts fail, the third succeeds, and their delays take no time."""
    durable_runner.mock_step("charge", raises=TimeoutError, times=2)
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.answer_callback("approval", "yes")

    for _ in range(2):  # the mocks begin anew with each run
        run = durable_runner.run(handler, EVENT)

        assert ("c-1", 3) == (run.result["charged"], run.bodies["charge"])


def test_a_run_that_fails(durable_runner: DurableRunner) -> None:
    """Its error is in words, and asking for a result fails with it."""
    durable_runner.mock_step("charge", raises=ValueError("no funds"))
    durable_runner.answer_callback("approval", "yes")

    run = durable_runner.run(handler, EVENT)

    assert "FAILED" == run.status
    assert run.error is not None
    assert "no funds" in run.error
    with pytest.raises(AssertionError, match="must succeed to have a result, got FAILED"):
        _ = run.result


def test_a_timeout_of_days_takes_no_time(durable_runner: DurableRunner) -> None:
    """`force_timeout` ends the callback as its timeout would."""
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.force_timeout("approval")

    assert "expired" == durable_runner.run(handler, EVENT).result["answer"]


def test_a_callback_that_fails(durable_runner: DurableRunner) -> None:
    """The external system answers with an error."""
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.fail_callback("approval", "too expensive")

    assert "rejected: too expensive" == durable_runner.run(handler, EVENT).result["answer"]


def test_a_run_stops_where_it_waits(durable_runner: DurableRunner) -> None:
    """First for the day, then for the answer, then at the end."""
    durable_runner.mock_step("charge", returns="c-1")

    run = durable_runner.run_until_suspended(handler, EVENT)
    assert ("RUNNING", ["wait cool off"]) == (run.status, run.waiting_for)

    run = durable_runner.skip_waits()
    assert ("RUNNING", ["callback approval"]) == (run.status, run.waiting_for)

    durable_runner.answer_callback("approval", "yes")
    assert "yes" == durable_runner.resume().result["answer"]


def test_a_retry_delay_is_a_suspension(durable_runner: DurableRunner) -> None:
    """A test can look at what is recorded between two attempts."""
    durable_runner.mock_step("charge", raises=TimeoutError, times=1)
    durable_runner.mock_step("charge", returns="c-1")

    run = durable_runner.run_until_suspended(handler, EVENT)

    assert (["step charge"], 1) == (run.waiting_for, run.bodies["charge"])


def test_chained_functions_are_registered(durable_runner: DurableRunner) -> None:
    """One is durable, one is not."""

    @durable_execution
    def child(event: dict[str, Any], context: DurableContext) -> int:
        return int(context.step(lambda _: event["n"] + 1, name="add"))

    @durable_execution
    def parent(event: dict[str, Any], context: DurableContext) -> int:
        added: int = context.invoke("add:live", event, name="add")
        return int(context.invoke("double", added, name="double"))

    durable_runner.register("add", child)
    durable_runner.register("double", lambda event, _context: event * 2, durable=False)

    assert 6 == durable_runner.run(parent, {"n": 2}).result


def test_two_callbacks_of_branches(durable_runner: DurableRunner) -> None:
    """Each gets the answer of its name."""

    @durable_execution
    def both(_event: object, context: DurableContext) -> list[Any]:
        def ask(name: str) -> Any:
            return lambda child: child.create_callback(name=name, config=CallbackConfig()).result()

        return context.parallel([ask("a"), ask("b")], name="both").get_results()

    durable_runner.answer_callback("a", 1)
    durable_runner.answer_callback("b", 2)

    assert ["1", "2"] == durable_runner.run(both).result


def test_the_history_of_the_last_run(durable_runner: DurableRunner, durable_history: Any) -> None:
    """The API's events, a timeline and one file."""
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.answer_callback("approval", "yes")
    durable_runner.run(handler, EVENT)

    types = [event["EventType"] for event in durable_history.events]
    assert ("ExecutionStarted", "ExecutionSucceeded") == (types[0], types[-1])
    assert json.dumps(EVENT) == durable_history.execution["InputPayload"]
    assert {"credit", "fraud", "charge", "cool off"} <= {span["name"] for span in durable_history.timeline()["spans"]}
    assert durable_history.html().startswith("<!doctype html>")


def test_rejects_a_sequence_that_differs(durable_runner: DurableRunner) -> None:
    """The message has the lines that differ, and those around them."""
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.answer_callback("approval", "yes")
    run = durable_runner.run(handler, EVENT)

    with pytest.raises(AssertionError, match=r"(?s)\n- step refund\n\+ step charge\n  wait cool off\n"):
        run.assert_operations(*(each.replace("charge", "refund") for each in OPERATIONS))


def test_rejects_a_callback_without_an_answer(durable_runner: DurableRunner) -> None:
    """At once, and not after a timeout."""
    durable_runner.mock_step("charge", returns="c-1")

    with pytest.raises(AssertionError, match="waits for callback approval: prepare an answer"):
        durable_runner.run(handler, EVENT)


@pytest.mark.parametrize("misspelt", ["step", "callback"])
def test_rejects_a_misspelt_name(durable_runner: DurableRunner, misspelt: str) -> None:
    """A mock that no step uses would have let the body run."""
    durable_runner.mock_step("charge", returns="c-1")
    durable_runner.answer_callback("approval", "yes")
    if misspelt == "step":
        durable_runner.mock_step("chrage", returns="c-1")
    else:
        durable_runner.answer_callback("aproval", "yes")

    with pytest.raises(AssertionError, match=r"chrage.*got the steps approval submitter, charge|aproval.*are approval"):
        durable_runner.run(handler, EVENT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "must have one of returns and raises, got neither"),
        ({"returns": 1, "raises": ValueError}, "got both"),
        ({"returns": 1, "times": 0}, "times must be 1 or more, got 0"),
    ],
)
def test_rejects_a_mock_that_makes_no_sense(
    durable_runner: DurableRunner, arguments: dict[str, Any], message: str
) -> None:
    """Before anything runs."""
    with pytest.raises(ValueError, match=message):
        durable_runner.mock_step("charge", **arguments)


@pytest.mark.parametrize("call", ["resume", "skip_waits", "last"])
def test_rejects_going_on_before_a_run(durable_runner: DurableRunner, call: str) -> None:
    """There is nothing to resume or to look at."""
    with pytest.raises(LookupError, match="a run must"):
        getattr(durable_runner, call)()
