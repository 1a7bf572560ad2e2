"""Book a trip as a saga: if one booking fails, those before it are cancelled, the latest first."""

from __future__ import annotations

import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import DurableContext, StepContext, StepError, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from botocore.config import Config
from botocore.exceptions import ClientError

# The steps retry, not the client: so each attempt is in the history, and the pauses between them cost nothing.
dynamodb = boto3.resource("dynamodb", config=Config(retries={"total_max_attempts": 1}))
offers = dynamodb.Table(os.environ["OFFERS"])


class SoldOutError(Exception):
    """An offer has no place left."""


# Another attempt helps against throttling, not if an offer is sold out.
IF_THROTTLED = StepConfig(
    retry_strategy=create_retry_strategy(
        RetryStrategyConfig(max_attempts=5, initial_delay=Duration.from_seconds(2), retryable_error_types=[ClientError])
    )
)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Book every offer of a trip, or none."""
    trip_id, booked = event["tripId"], list[str]()
    try:
        for offer in event["offers"]:
            # Noted before: a booking that failed may have been made, and to cancel none changes nothing.
            booked.append(offer)
            context.step(book(trip_id, offer), name=f"book {offer}", config=IF_THROTTLED)
    except StepError as error:
        context.logger.warning("Trip %s is cancelled: %s", trip_id, error)
        for offer in reversed(booked):
            context.step(cancel(trip_id, offer), name=f"cancel {offer}", config=IF_THROTTLED)
        return {"tripId": trip_id, "status": "cancelled", "reason": str(error)}
    return {"tripId": trip_id, "status": "booked", "offers": booked}


@durable_step
def book(_context: StepContext, trip_id: str, offer: str) -> None:
    """Take a place. To take it twice changes nothing, so the step may run again."""
    try:
        offers.update_item(
            Key={"id": offer},
            UpdateExpression="ADD trips :trips",
            ConditionExpression="attribute_not_exists(trips) OR contains(trips, :trip) OR size(trips) < places",
            ExpressionAttributeValues={":trips": {trip_id}, ":trip": trip_id},
        )
    except dynamodb.meta.client.exceptions.ConditionalCheckFailedException as error:
        msg = f"{offer} is sold out"
        raise SoldOutError(msg) from error


@durable_step
def cancel(_context: StepContext, trip_id: str, offer: str) -> None:
    """Give a place back."""
    offers.update_item(
        Key={"id": offer}, UpdateExpression="DELETE trips :trips", ExpressionAttributeValues={":trips": {trip_id}}
    )
