"""The billing system: call yours instead. This one is in memory, and throttles the first attempt for a big sum."""

from __future__ import annotations

BIG = 100

invoices: dict[str, int] = {}


class ThrottledError(Exception):
    """Too many requests: try again later."""


def write(total: int, *, idempotency_key: str, attempt: int) -> None:
    """Save an invoice. A second call with the same key changes nothing.

    Attempts are counted by the caller: the next one comes to another process, which has a memory of its own.
    """
    if total >= BIG and attempt == 1:
        msg = "too many requests"
        raise ThrottledError(msg)
    invoices.setdefault(idempotency_key, total)
