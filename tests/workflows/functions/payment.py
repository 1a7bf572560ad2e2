"""Wait for a payment: the provider calls a webhook, which finds the callback by the order's id."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    CallbackTimeoutError,
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration

payments = boto3.resource("dynamodb").Table(os.environ["PAYMENTS"])
sqs = boto3.client("sqs")

WITHIN_A_DAY = CallbackConfig(timeout=Duration.from_days(1))


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Expect a payment, and ship the order when it is there."""
    order_id = event["orderId"]
    paid = context.create_callback(name="payment", config=WITHIN_A_DAY)
    context.step(expect(order_id, paid.callback_id), name="expect")
    try:
        payment = json.loads(paid.result() or "{}")
    except CallbackTimeoutError:
        return {"orderId": order_id, "status": "abandoned"}
    context.step(ship(order_id, payment["reference"]), name="ship")
    return {"orderId": order_id, "status": "shipped", "reference": payment["reference"]}


@durable_step
def expect(_context: StepContext, order_id: str, callback_id: str) -> None:
    """Save the callback's id where the webhook finds it."""
    payments.put_item(Item={"id": order_id, "callbackId": callback_id})


@durable_step
def ship(_context: StepContext, order_id: str, reference: str) -> None:
    """Hand the order to the warehouse."""
    order = {"orderId": order_id, "reference": reference}
    sqs.send_message(QueueUrl=os.environ["WAREHOUSE"], MessageBody=json.dumps(order))
