"""The new code has no step ``confirm`` any more: executions that have done it replay, and the SDK reports success."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def before(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Reserve, and confirm: the code that is live."""
    reserved = context.step(lambda _: f"reserved {event['order']}", name="reserve")
    confirmed = context.step(lambda _: "confirmed", name="confirm")
    return {"reserved": reserved, "confirmed": confirmed}


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Reserve: the code that is about to be released."""
    reserved = context.step(lambda _: f"reserved {event['order']}", name="reserve")
    return {"reserved": reserved, "confirmed": "confirmed"}
