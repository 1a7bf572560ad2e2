"""The billing system. It is in memory here, and throttles the first call for each big customer."""

from __future__ import annotations

BIG = 100

invoices: dict[str, int] = {}
_asked: set[str] = set()


class ThrottledError(Exception):
    """Too many requests: try again later."""


def write(total: int, *, idempotency_key: str) -> None:
    """Save an invoice. A second call with the same key changes nothing."""
    if total >= BIG and idempotency_key not in _asked:
        _asked.add(idempotency_key)
        msg = "too many requests"
        raise ThrottledError(msg)
    invoices.setdefault(idempotency_key, total)
