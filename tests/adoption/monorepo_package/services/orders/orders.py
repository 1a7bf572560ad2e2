"""The handler of the service."""

from __future__ import annotations

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from pricing import price_of
from shared_lib.money import in_cents


@durable_step
def price(context: StepContext, order: str) -> int:
    """Price an order in cents."""
    context.logger.info("Pricing %s", order)
    return in_cents(price_of(order))


@durable_execution
def handler(event: dict[str, str], context: DurableContext) -> int:
    """Run one order through the workflow."""
    return context.step(price(event["orderId"]), name="price")
