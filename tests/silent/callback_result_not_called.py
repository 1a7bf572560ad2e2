"""A method is true: the workflow goes on without the answer of its callback."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Pay if someone approves, or in any case."""
    approval: Any = context.create_callback(name="approval", config=CallbackConfig(timeout=Duration.from_days(3)))
    if approval.result:
        context.step(lambda _: f"paid {event['order']}", name="pay")
        return {"paid": True}
    return {"paid": False}
