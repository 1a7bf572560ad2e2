"""An order and the part of it that another function makes, each of whose steps leaves a line in a file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration


@durable_execution
def order(event: dict[str, Any], context: DurableContext) -> list[str]:
    """Run a step, wait, let another execution make a part, and run a step."""
    first = context.step(_entry(event, "first"), name="first")
    context.wait(Duration.from_seconds(1), name="pause")
    made: str = context.invoke(event["maker"], event, name="part")
    return [first, made, context.step(_entry(event, "last"), name="last")]


@durable_execution
def part(event: dict[str, Any], context: DurableContext) -> str:
    """Run a step."""
    return context.step(_entry(event, "part"), name="part")


@durable_step
def _entry(_: StepContext, event: dict[str, Any], step: str) -> str:
    name = f"{event['name']}.{step}"
    with Path(event["file"]).open("a") as lines:
        lines.write(f"{name}\n")
    # So that there is a moment in which the step is done and its result is not kept.
    time.sleep(event["seconds"])
    return name
