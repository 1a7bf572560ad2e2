"""Amounts of money."""

from __future__ import annotations


def in_cents(dollars: float) -> int:
    """Return an amount in cents."""
    return round(dollars * 100)
