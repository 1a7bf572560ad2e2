"""Workflows that something else starts: a queue's messages, a schedule, and another workflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.workflows.cloud import Cloud
    from tests.workflows.deployed import Deployed

NIGHT = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-11-27T02:00:00Z",
    "region": "us-east-1",
    "resources": ["arn:aws:events:us-east-1:000000000000:rule/Night"],
    "detail": {},
}
"""What EventBridge sends at two o'clock."""


def test_each_message_of_a_queue_starts_an_execution(app: Deployed, cloud: Cloud) -> None:
    """One that comes twice starts one, and one that cannot be read goes back to the queue alone."""
    app.table("Offers").put_item(Item={"id": "bus", "places": 9})
    trips = [{"tripId": f"trip-by-queue-{number}", "offers": ["bus"]} for number in (1, 2)]

    answer = app.run("Intake", _records(*map(json.dumps, trips), json.dumps(trips[0]), "no trip"))

    assert {"batchItemFailures": [{"itemIdentifier": "message-3"}]} == answer
    for trip in trips:
        (arn,) = app.find("Booking", str(trip["tripId"]))
        assert {**trip, "status": "booked"} == app.result(arn)
    assert {trip["tripId"] for trip in trips} == app.table("Offers").get_item(Key={"id": "bus"})["Item"]["trips"]
    assert 2 == len(cloud.calls("trip-by-queue-", "UpdateItem"))


def test_a_schedule_that_fires_twice_reports_once(app: Deployed, cloud: Cloud) -> None:
    """The second execution finds in the parameter how far the first one came."""
    for number, sold in enumerate(("2026-11-26T09:00:00Z", "2026-11-26T17:30:00Z", "2026-11-27T02:00:01Z")):
        app.table("Sales").put_item(Item={"id": str(number), "soldAt": sold, "price": 10 + number})

    first = app.result(app.start("Nightly", NIGHT, "night-1"))
    second = app.result(app.start("Nightly", NIGHT, "night-2"))

    assert {"status": "reported", "since": "", "until": NIGHT["time"], "total": 21} == first
    assert {"status": "already reported", "until": NIGHT["time"]} == second
    assert f"Sales from the beginning to {NIGHT['time']}: 21 EUR" == app.mail("Reports", "Sales")
    assert 1 == len(cloud.calls("Sales from", "Publish"))
    parameter = cloud.client("ssm").get_parameter(Name="/workflows/reported-until")["Parameter"]
    assert NIGHT["time"] == parameter["Value"]


def test_a_workflow_invokes_two_others(app: Deployed, cloud: Cloud) -> None:
    """The approval is answered, then the trip is booked; each is an execution of its own, on the alias's version."""
    app.table("Offers").put_item(Item={"id": "train", "places": 1})

    arn = app.start("Travel", {"tripId": "fair", "amount": 300, "offers": ["train"]}, "fair")
    mail = json.loads(app.mail("Managers", '"fair"'))
    app.client.send_durable_execution_callback_success(CallbackId=mail["callbackId"], Result='{"by": "Ada"}')

    assert {"tripId": "fair", "status": "booked", "approvedBy": "Ada"} == app.result(arn)
    events = app.history(arn)
    invoked = [event["ChainedInvokeStartedDetails"] for event in events if "ChainedInvokeStartedDetails" in event]
    assert [f"{app.name('Approval')}:live", f"{app.name('Booking')}:live"] == [
        details["FunctionName"].rpartition(":function:")[2] for details in invoked
    ]
    assert ["1", "1"] == [details["ExecutedVersion"] for details in invoked]
    assert [{"status": "approved"}, {"status": "booked"}] == [
        {"status": app.result(details["DurableExecutionArn"])["status"]} for details in invoked
    ]
    assert ["PutItem", "Publish", "UpdateItem", "UpdateItem"] == [call.operation for call in cloud.calls('"fair"')]


def test_what_is_not_approved_is_not_booked(app: Deployed, cloud: Cloud) -> None:
    """The chain ends with the first workflow's answer."""
    arn = app.start("Travel", {"tripId": "cruise", "amount": 9000, "offers": ["train"]}, "cruise")
    mail = json.loads(app.mail("Managers", '"cruise"'))
    app.client.send_durable_execution_callback_failure(CallbackId=mail["callbackId"], Error={"ErrorMessage": "no"})

    assert {"tripId": "cruise", "status": "rejected"} == app.result(arn)
    assert [] == [call for call in cloud.calls("cruise", "UpdateItem") if "ADD" in call.body]


def _records(*bodies: str) -> dict[str, Sequence[Any]]:
    """Return the event in which Lambda hands messages of a queue to a function."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"handle-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:Workflows-Trips",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }
