"""The saga on AWS's own test runner. Retry delays take no time."""

from __future__ import annotations

import bookings
import pytest
from saga import handler

from durable_mi.testing import DurableRunner, assert_survives_crashes

TRIP = {"tripId": "T-1", "parts": ["flight", "hotel", "train"]}
SOLD_OUT = {"tripId": "T-1", "parts": ["flight", "hotel", "museum"]}
CANCELLED = {"tripId": "T-1", "status": "cancelled", "reason": "museum is sold out"}


def nothing_is_booked(_runner: DurableRunner | None = None) -> None:
    """Begin without bookings, before each run of a crash test too."""
    bookings.booked.clear()


@pytest.fixture(autouse=True)
def _nothing_is_booked() -> None:
    nothing_is_booked()


def test_books_all_parts(durable_runner: DurableRunner) -> None:
    """Each part is booked once, under a key of its own."""
    run = durable_runner.run(handler, TRIP)

    assert {**TRIP, "status": "booked"} == run.result
    assert {"T-1/flight": "flight-1", "T-1/hotel": "hotel-1", "T-1/train": "train-1"} == bookings.booked


def test_cancels_what_was_booked(durable_runner: DurableRunner) -> None:
    """The third part is sold out: all are cancelled, the latest first, and nothing stays booked."""
    run = durable_runner.run(handler, SOLD_OUT)

    assert CANCELLED == run.result
    assert {} == bookings.booked
    run.assert_operations(
        "step book flight",
        "step book hotel",
        "step book museum",
        "step cancel museum",
        "step cancel hotel",
        "step cancel flight",
    )


def test_cancels_a_booking_whose_answer_was_lost(durable_runner: DurableRunner) -> None:
    """The system booked, and its answers timed out: the booking is cancelled as the others are."""
    durable_runner.mock_step("book hotel", raises=TimeoutError, times=3)
    bookings.booked["T-1/hotel"] = "hotel-1"

    run = durable_runner.run(handler, TRIP)

    assert "cancelled" == run.result["status"]
    assert 3 == run.bodies["book hotel"]
    assert {} == bookings.booked


def test_cancels_in_spite_of_failures(durable_runner: DurableRunner) -> None:
    """Compensation is tried again for as long as it takes."""
    durable_runner.mock_step("cancel flight", raises=ConnectionError, times=20)

    assert CANCELLED == durable_runner.run(handler, SOLD_OUT).result
    assert {} == bookings.booked


@pytest.mark.parametrize(("event", "left"), [(TRIP, 3), (SOLD_OUT, 0)], ids=["booked", "cancelled"])
def test_survives_crashes(event: dict[str, object], left: int) -> None:
    """A crash at any checkpoint, also in the middle of the compensation, leaves all parts booked or none."""
    ends: list[int] = []

    def prepare(_runner: DurableRunner) -> None:
        # What the run before this one has left, and each but the last is seen here.
        ends.append(len(bookings.booked))
        nothing_is_booked()

    report = assert_survives_crashes(handler, event, prepare=prepare)
    ends.append(len(bookings.booked))

    assert {left} == set(ends[1:])
    assert [] == list(report.repeated_without_key)
