"""Travel for work: the expense is approved by one workflow, and the trip is booked by another."""

from __future__ import annotations

import os
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Ask for the approval of a trip, and book it.

    Each workflow is invoked through its alias, so its executions stay on the version on which they began.
    """
    trip_id = event["tripId"]
    approval: dict[str, Any] = context.invoke(
        os.environ["APPROVAL"], {"expenseId": trip_id, "amount": event["amount"]}, name="approval"
    )
    if approval["status"] != "approved":
        return {"tripId": trip_id, "status": approval["status"]}
    booking: dict[str, Any] = context.invoke(
        os.environ["BOOKING"], {"tripId": trip_id, "offers": event["offers"]}, name="booking"
    )
    return {"tripId": trip_id, "status": booking["status"], "approvedBy": approval["by"]}
