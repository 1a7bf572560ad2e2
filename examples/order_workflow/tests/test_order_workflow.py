"""The order workflow on AWS's own test runner, with waits skipped."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import order_workflow
import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_durable_execution_sdk_python.lambda_service import ErrorObject

BASIC_ORDER = Path(__file__).parents[1] / "events" / "basic-order.json"

HISTORY = [
    ("ExecutionStarted", None),
    ("StepStarted", "validate-order"),
    ("StepSucceeded", "validate-order"),
    ("WaitStarted", "wait 5s"),
    ("WaitSucceeded", "wait 5s"),
    ("StepStarted", "process-order"),
    ("StepSucceeded", "process-order"),
    ("ExecutionSucceeded", None),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What is left of an execution."""

    status: InvocationStatus
    result: dict[str, object] | None
    error: ErrorObject | None
    history: list[tuple[str, str | None]]
    invocations: int


@pytest.fixture(autouse=True)
def _close_event_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the event loop of each test runner, which the runner stops and leaves open."""
    loops: list[asyncio.AbstractEventLoop] = []
    new_event_loop = asyncio.new_event_loop

    def remember() -> asyncio.AbstractEventLoop:
        loops.append(new_event_loop())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", remember)
    yield
    for loop in loops:
        loop.close()


def run(payload: str) -> Outcome:
    """Run the workflow to its end."""
    with DurableFunctionTestRunner(handler=order_workflow.handler, poll_interval=0.01) as runner:
        arn = runner.run_async(input=payload)
        result = runner.wait_for_result(arn)
        events = runner.get_execution_history(arn).events
    return Outcome(
        status=result.status,
        result=json.loads(result.result) if result.result else None,
        error=result.error,
        # the invocations are the runner's business; the workflow is what happens in them
        history=[
            (event.event_type, event.name if event.event_type.startswith(("Step", "Wait")) else None)
            for event in events
            if event.event_type != "InvocationCompleted"
        ],
        invocations=sum(event.event_type == "InvocationCompleted" for event in events),
    )


def test_processes_the_basic_order() -> None:
    """The event of the README comes back as processed, with both times in epoch milliseconds, in order."""
    outcome = run(BASIC_ORDER.read_text())

    assert outcome.status is InvocationStatus.SUCCEEDED
    assert outcome.result is not None
    assert ["orderId", "status", "validatedAt", "processedAt"] == list(outcome.result)
    assert "order-123" == outcome.result["orderId"]
    assert "processed" == outcome.result["status"]
    validated, processed = outcome.result["validatedAt"], outcome.result["processedAt"]
    assert isinstance(validated, int)
    assert isinstance(processed, int)
    assert 1_577_836_800_000 < validated <= processed  # 2020-01-01: seconds would be far below


def test_history_is_step_wait_step() -> None:
    """The history is the documented sequence, over two invocations: the wait ends the first one."""
    outcome = run(BASIC_ORDER.read_text())

    assert HISTORY == outcome.history
    assert 2 == outcome.invocations


def test_waits_five_seconds() -> None:
    """The wait is scheduled to end five seconds after its start."""
    with DurableFunctionTestRunner(handler=order_workflow.handler, poll_interval=0.01) as runner:
        arn = runner.run_async(input=BASIC_ORDER.read_text())
        runner.wait_for_result(arn)
        events = runner.get_execution_history(arn).events

    started = [event.wait_started_details for event in events if event.event_type == "WaitStarted"]
    assert [5] == [details.duration for details in started if details]


def test_logs_each_line_once(caplog: pytest.LogCaptureFixture) -> None:
    """The second invocation replays the first, and repeats none of its lines."""
    with caplog.at_level(logging.INFO):
        run(BASIC_ORDER.read_text())

    lines = [record.getMessage() for record in caplog.records if record.name == "root"]
    assert [
        "Order workflow started for order order-123",
        "Validating order order-123",
        "Order order-123 validated, waiting 5 seconds",
        "Processing order order-123",
        "Order workflow completed for order order-123",
    ] == lines


@pytest.mark.parametrize(
    ("payload", "came"),
    [
        pytest.param("{}", "it is missing", id="missing"),
        pytest.param('{"orderId": 7}', "it is of type int", id="number"),
        pytest.param('{"orderId": null}', "it is of type NoneType", id="null"),
        pytest.param('{"orderId": ""}', "it is blank", id="empty"),
        pytest.param('{"orderId": " \\t"}', "it is blank", id="blank"),
        pytest.param('["order-123"]', "the input is of type list", id="list"),
        pytest.param('"order-123"', "the input is of type str", id="string"),
        pytest.param("null", "the input is of type NoneType", id="null-input"),
    ],
)
def test_rejects_input_without_order_id(payload: str, came: str) -> None:
    """Without a usable order id the execution fails in its first invocation, with an error that says so and no step."""
    outcome = run(payload)

    assert outcome.status is InvocationStatus.FAILED
    assert [("ExecutionStarted", None), ("ExecutionFailed", None)] == outcome.history
    assert 1 == outcome.invocations
    assert outcome.error is not None
    assert "order_workflow.InvalidOrderError" == outcome.error.type
    assert (
        f'the input must be an object whose "orderId" is a non-blank string, but {came}: send {{"orderId": "123"}}'
        == (outcome.error.message)
    )
