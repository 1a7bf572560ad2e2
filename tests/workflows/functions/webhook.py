"""The webhook of the payment provider: an ordinary function behind a URL, which completes the workflow's callback."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

import boto3

lambda_client = boto3.client("lambda")
payments = boto3.resource("dynamodb").Table(os.environ["PAYMENTS"])
secret = boto3.client("ssm").get_parameter(Name=os.environ["SECRET"], WithDecryption=True)["Parameter"]["Value"]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Check the provider's signature, and complete the callback of the order that was paid."""
    expected = hmac.new(secret.encode(), event["body"].encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, event["headers"].get("x-signature", "")):
        return {"statusCode": 403}
    payment = json.loads(event["body"])
    found = payments.get_item(Key={"id": payment["orderId"]}).get("Item")
    if found is None:
        return {"statusCode": 404}
    try:
        lambda_client.send_durable_execution_callback_success(
            CallbackId=found["callbackId"], Result=json.dumps({"reference": payment["reference"]})
        )
    except lambda_client.exceptions.CallbackTimeoutException:
        # Paid already, or too late: the provider need not call again.
        return {"statusCode": 410}
    return {"statusCode": 204}
