"""Workflows whose effects must be complete, or undone: a saga, and a map over customers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.workflows.cloud import Cloud
    from tests.workflows.deployed import Deployed


def test_a_saga_books_all(app: Deployed, cloud: Cloud) -> None:
    """Two throttled attempts of the hotel are retried, and only those; each place is taken once."""
    _offer(app, flight_2=1, hotel_2=1)

    with cloud.throttles("UpdateItem", "hotel_2", times=2):
        arn = app.start("Booking", {"tripId": "trip-2", "offers": ["flight_2", "hotel_2"]}, "trip-2")
        result = app.result(arn)

    assert {"tripId": "trip-2", "status": "booked", "offers": ["flight_2", "hotel_2"]} == result
    assert {"flight_2": {"trip-2"}, "hotel_2": {"trip-2"}} == _taken(app, "flight_2", "hotel_2")
    assert ["StepSucceeded"] == app.attempts(arn, "book flight_2")
    assert ["StepFailed", "StepFailed", "StepSucceeded"] == app.attempts(arn, "book hotel_2")
    assert ["ADD flight_2", "ADD hotel_2", "ADD hotel_2", "ADD hotel_2"] == _updates(cloud, "trip-2")
    assert app.invocations(arn) > 1


def test_a_saga_undoes_what_it_booked(app: Deployed, cloud: Cloud) -> None:
    """The car is sold out, which is not retried; what was booked is cancelled, the latest first, once each."""
    _offer(app, flight_1=1, hotel_1=1)
    app.table("Offers").put_item(Item={"id": "car_1", "places": 1, "trips": {"trip-0"}})
    event = {"tripId": "trip-1", "offers": ["flight_1", "hotel_1", "car_1"]}

    with cloud.throttles("UpdateItem", "DELETE", times=1):
        arn = app.start("Booking", event, "trip-1")
        result = app.result(arn)

    assert {"tripId": "trip-1", "status": "cancelled", "reason": "car_1 is sold out"} == result
    assert {"flight_1": set(), "hotel_1": set(), "car_1": {"trip-0"}} == _taken(app, "flight_1", "hotel_1", "car_1")
    assert ["StepFailed"] == app.attempts(arn, "book car_1")
    assert ["StepFailed", "StepSucceeded"] == app.attempts(arn, "cancel car_1")
    booked = ["ADD flight_1", "ADD hotel_1", "ADD car_1"]
    assert [*booked, "DELETE car_1", "DELETE car_1", "DELETE hotel_1", "DELETE flight_1"] == _updates(cloud, "trip-1")


def test_a_map_goes_on_when_one_item_fails(app: Deployed, cloud: Cloud) -> None:
    """Every customer with orders gets one invoice and one letter, one of them at the second attempt."""
    orders = {"ann": [20, 5], "ben": [], "cem": [7], "dee": [1, 1]}
    event = {"month": "2026-11", "customers": [{"id": name, "orders": prices} for name, prices in orders.items()]}

    with cloud.throttles("SendMessage", "2026-11/cem", times=1):
        arn = app.start("Invoicing", event, "2026-11")
        result = app.result(arn)

    assert {"month": "2026-11", "sum": 34, "failed": ["ben"]} == result
    written = app.table("Invoices").scan()["Items"]
    assert {"2026-11/ann": 25, "2026-11/cem": 7, "2026-11/dee": 2} == {item["id"]: item["total"] for item in written}
    letters = [json.loads(app.message("Post", f"2026-11/{name}")) for name in ("ann", "cem", "dee")]
    assert ["2026-11/ann", "2026-11/cem", "2026-11/dee"] == [letter["invoiceId"] for letter in letters]
    assert [1, 2, 1] == [len(cloud.calls(f"2026-11/{name}", "SendMessage")) for name in ("ann", "cem", "dee")]
    assert 3 == len(cloud.calls("2026-11/", "PutItem"))
    assert ["StepFailed", *3 * ["StepSucceeded"]] == sorted(app.attempts(arn, "send"))
    names = {event.get("Name") for event in app.history(arn) if event["EventType"] == "ContextStarted"}
    assert {"invoices", "invoice ann", "invoice ben", "invoice cem", "invoice dee"} == names


def _offer(app: Deployed, **places: int) -> None:
    """Offer something with so many places."""
    for offer, number in places.items():
        app.table("Offers").put_item(Item={"id": offer, "places": number})


def _taken(app: Deployed, *offers: str) -> dict[str, set[str]]:
    """Return the trips that have a place, for each offer."""
    items = {offer: app.table("Offers").get_item(Key={"id": offer})["Item"] for offer in offers}
    return {offer: item.get("trips", set()) for offer, item in items.items()}


def _updates(cloud: Cloud, trip: str) -> list[str]:
    """Return what the functions asked DynamoDB for, in their order."""
    calls = [json.loads(call.body) for call in cloud.calls(f'"{trip}"', "UpdateItem")]
    return [f"{call['UpdateExpression'].split()[0]} {call['Key']['id']['S']}" for call in calls]
