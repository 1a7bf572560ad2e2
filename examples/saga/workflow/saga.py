"""Book a trip as a saga: each part in a step, and if one fails, a step for each part before it that cancels it.

There is no transaction over hotels and airlines. A saga reaches the same end by compensation, which must not be lost
itself: if the process ends in the middle, the next invocation replays what is recorded and goes on to cancel.
"""

from __future__ import annotations

from typing import Any

import bookings
from aws_durable_execution_sdk_python import DurableContext, StepContext, StepError, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

# Another attempt helps if a system does not answer, not if a part is sold out.
BOOK = StepConfig(
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=3, retryable_error_types=[TimeoutError]))
)
# Compensation has to succeed in the end, so it is patient: what it cannot cancel, a person has to.
CANCEL = StepConfig(
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=50, max_delay=Duration.from_minutes(15)))
)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Book every part of a trip, or none."""
    trip_id, parts = event["tripId"], event["parts"]
    tried: list[str] = []
    try:
        for part in parts:
            # Noted before: a booking whose answer was lost may have been made, and cancelling none changes nothing.
            tried.append(part)
            context.step(book(trip_id, part), name=f"book {part}", config=BOOK)
    # A step raises StepError, whatever its function raised.
    except StepError as error:
        for part in reversed(tried):
            context.step(cancel(trip_id, part), name=f"cancel {part}", config=CANCEL)
        return {"tripId": trip_id, "status": "cancelled", "reason": str(error)}
    return {"tripId": trip_id, "status": "booked", "parts": parts}


@durable_step
def book(_context: StepContext, trip_id: str, part: str) -> str:
    """Book a part. The step may run twice, and the key makes it one booking."""
    return bookings.book(part, idempotency_key=f"{trip_id}/{part}")


@durable_step
def cancel(_context: StepContext, trip_id: str, part: str) -> None:
    """Cancel a part, if it was booked."""
    bookings.cancel(idempotency_key=f"{trip_id}/{part}")
