"""A durable function with one of everything that a timeline can show."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration, ParallelBranch, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision, RetryStrategyConfig, create_retry_strategy

_failures = StepConfig(
    retry_strategy=create_retry_strategy(
        RetryStrategyConfig(max_attempts=3, initial_delay=Duration.from_seconds(1), backoff_rate=1)
    )
)


@durable_step
def validate(context: StepContext, order_id: str) -> dict[str, Any]:
    """Return a step that logs and prints."""
    context.logger.info("Validating order %s", order_id)
    print(f"printed for {order_id}", flush=True)  # noqa: T201 - a line that is not JSON
    time.sleep(0.02)
    return {"orderId": order_id, "valid": True}


@durable_step
def charge(context: StepContext) -> str:
    """Return a step that succeeds at its second attempt."""
    context.logger.warning("Charging, attempt %s", context.attempt)
    if context.attempt < 2:
        msg = "the card reader is asleep"
        raise ConnectionError(msg)
    return "charged"


def pack(context: DurableContext, item: str, index: int, _all: object) -> str:
    """One branch of the map."""
    return context.step(lambda _: f"{index}: {item}", name=f"pack {item}")


def _ship(context: DurableContext) -> str:
    context.wait(Duration.from_seconds(1), name="courier")
    return context.step(lambda _: "shipped", name="ship")


def _bill(context: DurableContext) -> str:
    return context.step(lambda _: "billed", name="bill")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Validate, charge, pack, wait, ask somebody, ship."""
    order_id = event.get("orderId", "<b>none</b>")
    context.logger.info("Order %s accepted", order_id)
    context.step(validate(order_id), name="validate")
    if event.get("fail"):
        context.step(_explode, name="explode", config=StepConfig(retry_strategy=lambda *_: RetryDecision.no_retry()))
    if event.get("child"):
        context.invoke("showcase:live", {"charge": False, "orderId": event["child"]}, name="child")
    if event.get("gate"):
        context.step(lambda _: _held(event["gate"]), name="slow")
    charged = context.step(charge(), name="charge", config=_failures) if event.get("charge", True) else None
    if event.get("wait"):
        context.wait(Duration.from_seconds(event["wait"]), name="cool down")
    packed: list[str] = context.map(event.get("items", ["lamp", "chair"]), pack, name="pack all").get_results()
    approved = None
    if event.get("callback"):
        approved = context.wait_for_callback(_ask, name="approval")
    parts: list[str] = context.parallel(
        [ParallelBranch(func=_ship, name="shipping"), ParallelBranch(func=_bill, name="billing")], name="finish"
    ).get_results()
    context.logger.info("Order %s done", order_id)
    return {"orderId": order_id, "charged": charged, "packed": packed, "approved": approved, "parts": parts}


def _held(gate: str) -> None:
    """Run until the test makes a file."""
    deadline = time.monotonic() + 300
    while not Path(gate).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(gate)
        time.sleep(0.02)


def _ask(callback_id: str, context: Any) -> None:
    context.logger.info("Asking for approval with %s", callback_id)


def _explode(_: StepContext) -> None:
    msg = "no <script>alert(1)</script> today"
    raise RuntimeError(msg)
