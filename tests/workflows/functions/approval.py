"""Approve an expense: a mail asks the manager, and the workflow waits for days without running."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    CallbackExternalError,
    CallbackTimeoutError,
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
    durable_wait_for_callback,
)
from aws_durable_execution_sdk_python.config import Duration, WaitForCallbackConfig

expenses = boto3.resource("dynamodb").Table(os.environ["EXPENSES"])
sns = boto3.client("sns")

WITHIN_THREE_DAYS = WaitForCallbackConfig(timeout=Duration.from_days(3))


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Submit an expense, ask the manager, and record the decision."""
    expense_id = event["expenseId"]
    context.step(submit(expense_id, event["amount"]), name="submit")
    try:
        answer = context.wait_for_callback(ask_manager(expense_id), name="approval", config=WITHIN_THREE_DAYS)
        decision = {"status": "approved", "by": json.loads(answer)["by"]}
    except CallbackExternalError as refusal:
        decision = {"status": "rejected", "reason": str(refusal)}
    except CallbackTimeoutError:
        decision = {"status": "expired"}
    context.step(record(expense_id, decision), name="record")
    return {"expenseId": expense_id, **decision}


@durable_step
def submit(_context: StepContext, expense_id: str, amount: int) -> None:
    """Save the expense before anyone is asked about it."""
    expenses.put_item(Item={"id": expense_id, "amount": amount, "status": "submitted"})


@durable_wait_for_callback
def ask_manager(callback_id: str, _context: Any, expense_id: str) -> None:
    """Send the mail; who approves or rejects completes the callback that it names."""
    mail = {"expenseId": expense_id, "callbackId": callback_id}
    sns.publish(TopicArn=os.environ["MANAGERS"], Subject=f"Expense {expense_id}", Message=json.dumps(mail))


@durable_step
def record(_context: StepContext, expense_id: str, decision: dict[str, str]) -> None:
    """Save what was decided."""
    expenses.update_item(
        Key={"id": expense_id},
        UpdateExpression="SET #status = :status, decision = :decision",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": decision["status"], ":decision": decision},
    )
