"""Workflows that wait for something outside: a container, a payment provider, and a job of hours."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from tests.waiting import eventually

if TYPE_CHECKING:
    from tests.workflows.cloud import Cloud
    from tests.workflows.deployed import Deployed

SECRET = "tell nobody"  # noqa: S105 - of the test's own provider


def test_a_task_that_fails_is_followed_by_another(app: Deployed, cloud: Cloud) -> None:
    """Each task has its own callback; the first one fails after a heartbeat, the second one succeeds."""
    arn = app.start("Rendering", {"videoId": "film-1"}, "film-1")
    first = json.loads(app.message("Tasks", "film-1"))
    app.client.send_durable_execution_callback_heartbeat(CallbackId=first["callbackId"])
    app.client.send_durable_execution_callback_failure(
        CallbackId=first["callbackId"], Error={"ErrorType": "OutOfMemory", "ErrorMessage": "exit status 137"}
    )
    second = json.loads(app.message("Tasks", "film-1"))
    app.client.send_durable_execution_callback_success(CallbackId=second["callbackId"], Result='{"minutes": 93}')

    assert {"videoId": "film-1", "minutes": 93, "tasks": 2} == app.result(arn)
    assert first["callbackId"] != second["callbackId"]
    assert 2 == len(cloud.calls("film-1", "SendMessage"))
    started = [event["CallbackStartedDetails"] for event in app.history(arn) if "CallbackStartedDetails" in event]
    assert [(7200, 120), (7200, 120)] == [(each["Timeout"], each["HeartbeatTimeout"]) for each in started]


def test_a_webhook_completes_a_callback(app: Deployed, cloud: Cloud) -> None:
    """A wrong signature changes nothing, a payment ships the order, and the same payment again ships none."""
    cloud.client("ssm").put_parameter(Name="/workflows/webhook-secret", Value=SECRET, Type="SecureString")
    arn = app.start("Payment", {"orderId": "order-1"}, "order-1")
    eventually(lambda: app.table("Payments").get_item(Key={"id": "order-1"}).get("Item"), "the payment is expected")

    assert 403 == app.run("Webhook", _request("order-1", key="wrong"))["statusCode"]
    assert 404 == app.run("Webhook", _request("order-0"))["statusCode"]
    assert "RUNNING" == app.client.get_durable_execution(DurableExecutionArn=arn)["Status"]
    assert 204 == app.run("Webhook", _request("order-1"))["statusCode"]

    assert {"orderId": "order-1", "status": "shipped", "reference": "pay-order-1"} == app.result(arn)
    assert 410 == app.run("Webhook", _request("order-1"))["statusCode"]
    assert {"orderId": "order-1", "reference": "pay-order-1"} == json.loads(app.message("Warehouse", "order-1"))
    assert 1 == len(cloud.calls("order-1", "SendMessage"))
    assert 1 == len(cloud.calls("order-1", "PutItem"))


def test_a_job_is_polled_until_it_ends(app: Deployed, cloud: Cloud) -> None:
    """It is started once, polled after 60 and 90 more seconds, and its file announced once."""
    running, done = {"id": "export-1", "status": "RUNNING"}, {"id": "export-1", "status": "DONE", "file": "all.csv"}
    job = app.table("Jobs")

    steps = {1: lambda: job.put_item(Item=running), 2: lambda: job.put_item(Item=done)}
    with cloud.after("GetItem", "export-1", steps):
        arn = app.start("Export", {"exportId": "export-1"}, "export-1")
        result = app.result(arn)

    assert {"exportId": "export-1", "file": "all.csv"} == result
    assert {"exportId": "export-1", "file": "all.csv"} == json.loads(app.message("Exports", "export-1"))
    calls = [call.operation for call in cloud.calls("export-1")]
    assert ["UpdateItem", "GetItem", "GetItem", "GetItem", "SendMessage"] == calls
    polls = [
        event["StepSucceededDetails"]
        for event in app.history(arn)
        if event["EventType"] == "StepSucceeded" and event.get("Name") == "job"
    ]
    assert ["QUEUED", "RUNNING", "DONE"] == [json.loads(poll["Result"]["Payload"])["status"] for poll in polls]
    first, second, last = (poll["RetryDetails"].get("NextAttemptDelaySeconds") for poll in polls)
    assert (60, 90, None) == (first, second, last)


def test_a_job_that_fails_fails_the_execution(app: Deployed, cloud: Cloud) -> None:
    """With the workflow's own error, and nothing is announced."""
    job = app.table("Jobs")

    with cloud.after("GetItem", "export-2", {1: lambda: job.put_item(Item={"id": "export-2", "status": "FAILED"})}):
        ended = app.ended(app.start("Export", {"exportId": "export-2"}, "export-2"))

    assert "FAILED" == ended["Status"]
    error = ended["Error"]
    assert ("polling.ExportFailedError", "export export-2 failed") == (error["ErrorType"], error["ErrorMessage"])
    assert [] == cloud.calls("export-2", "SendMessage")


def _request(order: str, *, key: str = SECRET) -> dict[str, Any]:
    """Return the event in which a function URL hands on the provider's request."""
    body = json.dumps({"orderId": order, "reference": f"pay-{order}"})
    signature = hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()
    return {
        "version": "2.0",
        "rawPath": "/",
        "headers": {"content-type": "application/json", "x-signature": signature},
        "requestContext": {"http": {"method": "POST", "path": "/"}},
        "body": body,
        "isBase64Encoded": False,
    }
