"""Handlers of the benchmark: many steps, and a callback that nobody answers."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def steps(event: dict[str, Any], context: DurableContext) -> int:
    """Run as many steps as the event says, one after the other."""
    for number in range(event["steps"]):
        context.step(lambda _, number=number: number, name=f"step-{number}")
    return int(event["steps"])


@durable_execution
def waits(_: dict[str, Any], context: DurableContext) -> object:
    """Wait for a callback."""
    return context.create_callback(name="approval").result()
