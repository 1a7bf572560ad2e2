"""A step appends to a list of the handler: when the step is replayed, its body does not run and the list is empty."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Add up the prices in a list that the step changes."""
    prices: list[int] = []

    def add(_: object) -> None:
        prices.append(event["price"])

    context.step(add, name="price")
    return {"total": sum(prices)}
