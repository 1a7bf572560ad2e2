"""Workflows that do not go on, each for a reason of its own."""

from __future__ import annotations

import time
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, InvokeConfig, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision

_HOUR = Duration.from_hours(1)
_LONG_S = 3600


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> Any:
    """Run the workflow that the event names."""
    workflow: Any = globals()[f"_{event['case']}"]
    return workflow(context)


@durable_execution
def child(_event: dict[str, Any], context: DurableContext) -> Any:
    """Wait for a callback in an execution of its own."""
    return context.create_callback(name="signature").result()


def _callback(context: DurableContext) -> Any:
    return context.create_callback(name="approval", config=CallbackConfig(timeout=_HOUR)).result()


def _wait(context: DurableContext) -> None:
    context.wait(_HOUR, name="cooling off")


def _retry(context: DurableContext) -> Any:
    def charge(_: object) -> None:
        msg = "card declined"
        raise ValueError(msg)

    return context.step(
        charge, name="charge", config=StepConfig(retry_strategy=lambda _, __: RetryDecision.retry(_HOUR))
    )


def _step(context: DurableContext) -> None:
    context.step(lambda _: time.sleep(_LONG_S), name="export")


def _chained(context: DurableContext) -> Any:
    config: InvokeConfig[Any, Any] = InvokeConfig()
    return context.invoke("stuck-child:live", {}, name="sign", config=config)


def _failed(context: DurableContext) -> None:
    def ship(_: object) -> None:
        msg = "address unknown"
        raise LookupError(msg)

    context.step(lambda _: "paid", name="pay")
    context.step(ship, name="ship", config=StepConfig(retry_strategy=lambda _, __: RetryDecision.no_retry()))
