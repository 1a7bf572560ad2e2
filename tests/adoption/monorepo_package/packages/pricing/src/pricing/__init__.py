"""Prices, a package that several services require."""

from __future__ import annotations


def price_of(order: str) -> float:
    """Return the price of an order in dollars."""
    return 1.0 + len(order)
