"""Collect the figures of one region: the sales system is asked until the day is closed there."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

SALES = {"north": 1200, "south": 800}

# Pauses between attempts cost nothing, since the workflow is suspended meanwhile.
UNTIL_CLOSED = StepConfig(
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=10, initial_delay=Duration.from_minutes(5)))
)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Return the sales of a region."""
    region = event["region"]
    return {"region": region, "sales": context.step(sales(region), name="sales", config=UNTIL_CLOSED)}


@durable_step
def sales(_context: StepContext, region: str) -> int:
    """Read the sales of a region. This one has two regions in memory: call the sales system here."""
    return SALES[region]
