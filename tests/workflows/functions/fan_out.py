"""Invoice all customers: a map with a few at a time, which goes on when one customer fails."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_durable_execution_sdk_python import (
    BatchResult,
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import CompletionConfig, MapConfig, StepConfig
from aws_durable_execution_sdk_python.retries import RetryPresets
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Sequence

invoices = boto3.resource("dynamodb").Table(os.environ["INVOICES"])
# The steps retry, not the client: so each attempt is in the history.
sqs = boto3.client("sqs", config=Config(retries={"total_max_attempts": 1}))

Customer = dict[str, Any]

THREE_AT_A_TIME = MapConfig[Customer](
    max_concurrency=3,
    completion_config=CompletionConfig(tolerated_failure_percentage=100),
    item_namer=lambda customer, _index: f"invoice {customer['id']}",
)
# Another attempt would add up the same orders.
ONCE = StepConfig(retry_strategy=RetryPresets.none())


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Invoice the customers of a month; report the sum, and who could not be invoiced."""
    month, customers = event["month"], event["customers"]

    def invoice(child: DurableContext, customer: Customer, _index: int, _all: Sequence[Customer]) -> int:
        total = child.step(add_up(customer), name="add up", config=ONCE)
        child.step(write(f"{month}/{customer['id']}", total), name="write")
        child.step(send(f"{month}/{customer['id']}"), name="send")
        return total

    done: BatchResult[int] = context.map(customers, invoice, name="invoices", config=THREE_AT_A_TIME)
    failed = [customers[item.index]["id"] for item in done.failed()]
    return {"month": month, "sum": sum(done.get_results()), "failed": failed}


@durable_step
def add_up(_context: StepContext, customer: Customer) -> int:
    """Add up what a customer ordered."""
    if not customer["orders"]:
        msg = f"{customer['id']} ordered nothing"
        raise ValueError(msg)
    return sum(customer["orders"])


@durable_step
def write(_context: StepContext, invoice_id: str, total: int) -> None:
    """Save the invoice."""
    invoices.put_item(Item={"id": invoice_id, "total": total})


@durable_step
def send(_context: StepContext, invoice_id: str) -> None:
    """Hand the invoice to the service that prints and posts it."""
    sqs.send_message(QueueUrl=os.environ["POST"], MessageBody=json.dumps({"invoiceId": invoice_id}))
