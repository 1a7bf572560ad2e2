"""An order workflow as a durable function: validate, wait five seconds without running, process.

Lambda calls :func:`handler` once when the execution starts and again when the wait is over. The second call replays the
function from the top: a step that has a result returns it without running, and the context's logger writes nothing
until the replay is complete. So every step runs once, and every log line is written once.
"""

from __future__ import annotations

import time
from typing import TypedDict

from aws_durable_execution_sdk_python import (
    DurableContext,
    ExecutionError,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration


class ProcessedOrder(TypedDict):
    """The execution's result; both times are epoch milliseconds."""

    orderId: str
    status: str
    validatedAt: int
    processedAt: int


class InvalidOrderError(ExecutionError):
    """The input is not an order: the execution fails at once, since the same input would fail on every retry."""


@durable_execution
def handler(event: object, context: DurableContext) -> ProcessedOrder:
    """Run one order through the workflow.

    Args:
        event: The execution's input, an object with ``orderId``, a string that is not blank.
        context: The durable context; its logger writes each line once per execution.

    Returns:
        The order with the times at which it was validated and processed.

    Raises:
        InvalidOrderError: The input has no usable ``orderId``; no step has run.
    """
    order_id = read_order_id(event)
    context.logger.info("Order workflow started for order %s", order_id)

    validated_at = context.step(validate_order(order_id), name="validate-order")
    context.logger.info("Order %s validated, waiting 5 seconds", order_id)

    context.wait(Duration.from_seconds(5), name="wait 5s")

    processed_at = context.step(process_order(order_id), name="process-order")
    context.logger.info("Order workflow completed for order %s", order_id)

    return {"orderId": order_id, "status": "processed", "validatedAt": validated_at, "processedAt": processed_at}


@durable_step
def validate_order(context: StepContext, order_id: str) -> int:
    """Check the order; return the time of the check in epoch milliseconds.

    The clock is read in the step because a step's result is kept: read outside, it would differ on every replay.
    """
    context.logger.info("Validating order %s", order_id)
    return epoch_milliseconds()


@durable_step
def process_order(context: StepContext, order_id: str) -> int:
    """Process the order; return the time of completion in epoch milliseconds.

    A step that is interrupted before its result is kept runs again. Work with an effect outside, such as a payment,
    belongs here only with an idempotency key, and the order's id makes a good one.
    """
    context.logger.info("Processing order %s", order_id)
    return epoch_milliseconds()


def read_order_id(event: object) -> str:
    """Take the order's id out of the execution's input, which anyone with permission to invoke may have written."""
    if not isinstance(event, dict):
        came = f"the input is of type {type(event).__name__}"
    elif "orderId" not in event:
        came = "it is missing"
    elif not isinstance(event["orderId"], str):
        came = f"it is of type {type(event['orderId']).__name__}"
    elif not event["orderId"].strip():
        came = "it is blank"
    else:
        return event["orderId"]
    msg = f'the input must be an object whose "orderId" is a non-blank string, but {came}: send {{"orderId": "123"}}'
    raise InvalidOrderError(msg)


def epoch_milliseconds() -> int:
    """Return the present time in milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000
