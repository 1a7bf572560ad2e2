"""A step starts a step: when the outer one is replayed, the inner one is not, and the next operation gets its id."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Reserve and pay, the payment inside of the reservation's step."""

    def reserve(_: object) -> str:
        paid: str = context.step(lambda _: f"paid {event['order']}", name="pay")
        return f"reserved, {paid}"

    reserved = context.step(reserve, name="reserve")
    shipped = context.step(lambda _: "shipped", name="ship")
    return {"reserved": reserved, "shipped": shipped}
