"""Start a durable execution for each message of a queue: an ordinary function, with no durable context.

The execution's name is the trip's id, so a message that is delivered twice starts one execution.
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3

lambda_client = boto3.client("lambda")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Start the workflow for each record; report those that must return to the queue."""
    failures = []
    for record in event["Records"]:
        try:
            start(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001 - one bad message must not hold up the others
            print(f"{record['messageId']} was not accepted: {error!r}")  # noqa: T201 - a log line
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def start(trip: dict[str, Any]) -> None:
    """Start the booking of a trip, and do not wait for its end."""
    lambda_client.invoke(
        FunctionName=os.environ["BOOKING"],
        InvocationType="Event",
        DurableExecutionName=trip["tripId"],
        Payload=json.dumps(trip),
    )
