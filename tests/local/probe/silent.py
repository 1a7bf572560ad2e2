"""Workflows in which something goes wrong that nobody asks about."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision

_ONCE = StepConfig(retry_strategy=lambda *_: RetryDecision.no_retry())


def flow(event: dict[str, Any], context: Any) -> Any:
    """Run the workflow; the one that asks for it raises outside the SDK at its first invocation."""
    operations = event["InitialExecutionState"]["Operations"]
    answer = _flow(event, context)
    if len(operations) == 1 and "raise" in operations[0]["ExecutionDetails"]["InputPayload"]:
        msg = "outside the SDK"
        raise KeyError(msg)
    return answer


@durable_execution
def _flow(event: dict[str, Any], context: DurableContext) -> Any:
    if event["case"] == "fail":
        context.step(_declined, name="charge", config=_ONCE)
    config = CallbackConfig(timeout=Duration.from_hours(1))
    is_first = not context.is_replaying()
    callback = context.create_callback(name="approval", config=config)
    if event["case"] == "large":
        context.step(lambda _: "x" * 700_000, name="report")
    if event["case"] == "die" and is_first:
        os._exit(3)
    if event["case"] == "hold" and is_first:
        while not Path(event["until"]).exists():
            time.sleep(0.02)
    return callback.result() if event["case"] != "large" else None


def _declined(_: object) -> None:
    msg = "card declined"
    raise ValueError(msg)


def undecorated(_event: dict[str, Any], _context: Any) -> None:
    """Miss the decorator."""


@durable_execution
async def coroutine(_event: dict[str, Any], _context: Any) -> None:
    """Be async."""
