"""Workflows that wait for somebody: an approval with a mail, and an investigation with escalation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.workflows.cloud import Cloud
    from tests.workflows.deployed import Deployed


def test_a_mail_asks_for_an_approval(app: Deployed, cloud: Cloud) -> None:
    """Who got the mail approves; the expense is saved as approved, and the replay sends no second mail."""
    arn = app.start("Approval", {"expenseId": "dinner-1", "amount": 90}, "dinner-1")
    mail = json.loads(app.mail("Managers", "dinner-1"))
    assert "submitted" == app.table("Expenses").get_item(Key={"id": "dinner-1"})["Item"]["status"]

    app.client.send_durable_execution_callback_success(CallbackId=mail["callbackId"], Result='{"by": "Ada"}')

    assert {"expenseId": "dinner-1", "status": "approved", "by": "Ada"} == app.result(arn)
    saved = app.table("Expenses").get_item(Key={"id": "dinner-1"})["Item"]
    assert ("approved", {"status": "approved", "by": "Ada"}) == (saved["status"], saved["decision"])
    assert app.invocations(arn) > 1
    assert ["PutItem", "Publish", "UpdateItem"] == [call.operation for call in cloud.calls("dinner-1")]


def test_a_refusal_is_no_failure(app: Deployed) -> None:
    """Who rejects fails the callback, and the workflow succeeds with the reason."""
    arn = app.start("Approval", {"expenseId": "yacht-1", "amount": 900_000}, "yacht-1")
    mail = json.loads(app.mail("Managers", "yacht-1"))

    app.client.send_durable_execution_callback_failure(
        CallbackId=mail["callbackId"], Error={"ErrorType": "Refused", "ErrorMessage": "too much"}
    )

    assert {"expenseId": "yacht-1", "status": "rejected", "reason": "too much"} == app.result(arn)


def test_who_does_not_answer_is_followed_by_the_next(app: Deployed, cloud: Cloud) -> None:
    """The evidence is gathered once, two are paged, and the one who answers takes the incident."""
    app.table("Incidents").put_item(Item={"id": "incident-0", "service": "checkout"})
    cloud.client("ssm").put_parameter(Name="/workflows/releases/checkout", Value="v41", Type="String", Overwrite=True)
    on_call = [
        {"person": person, "withinSeconds": seconds} for person, seconds in (("Ada", 1), ("Bob", 900), ("Cy", 900))
    ]
    event = {"incidentId": "incident-1", "service": "checkout", "onCall": on_call}

    arn = app.start("Investigation", event, "incident-1")
    page = json.loads(app.mail("Pager", '"person": "Bob"'))
    app.client.send_durable_execution_callback_success(CallbackId=page["callbackId"], Result='{"cause": "v41"}')

    found = {"id": "incident-1", "service": "checkout", "release": "v41", "similar": ["incident-0"]}
    expected = {**found, "takenBy": "Bob", "cause": "v41"}
    assert expected == app.result(arn)
    assert expected == app.table("Incidents").get_item(Key={"id": "incident-1"})["Item"]
    assert ["Publish", "Publish", "PutItem"] == [call.operation for call in cloud.calls("incident-1")]
    kinds = [event["EventType"] for event in app.history(arn)]
    assert ["CallbackTimedOut", "CallbackSucceeded"] == [
        kind for kind in kinds if kind in {"CallbackTimedOut", "CallbackSucceeded"}
    ]
    assert 1 == len(cloud.calls("/workflows/releases/checkout", "GetParameter"))
