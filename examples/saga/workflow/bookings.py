"""The systems that a trip is booked in. They are in memory here: call those of hotels and airlines instead.

Both calls take the key of a booking. Booking twice with one key books once, and what is not booked can be cancelled.
"""

from __future__ import annotations

SOLD_OUT = "museum"

booked: dict[str, str] = {}


class SoldOutError(Exception):
    """There is no place left."""


def book(part: str, *, idempotency_key: str) -> str:
    """Book a part of a trip and return the booking's number."""
    if part == SOLD_OUT:
        msg = f"{part} is sold out"
        raise SoldOutError(msg)
    return booked.setdefault(idempotency_key, f"{part}-1")


def cancel(*, idempotency_key: str) -> None:
    """Cancel what was booked with this key, if anything was."""
    booked.pop(idempotency_key, None)
