"""A step appends to a list of the handler: when the step is replayed, its body does not run and the list is empty."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Add up the items in a list that the steps change."""
    prices: list[int] = []
    for number, price in enumerate(event["prices"]):
        context.step(lambda _, price=price: prices.append(price), name=f"price {number}")
    return {"total": sum(prices)}
