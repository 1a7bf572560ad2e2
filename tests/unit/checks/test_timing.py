"""Timeouts and retention."""

from __future__ import annotations

import pytest

from durable_mi.checks import timing


@pytest.mark.parametrize("seconds", [1, 3600, 31_622_400])
def test_execution_timeout(seconds: int) -> None:
    """One second to 366 days."""
    timing.check_execution_timeout(seconds)


@pytest.mark.parametrize("seconds", [0, 0.5, 1.5, 31_622_401, float("inf"), float("nan")])
def test_rejects_execution_timeout(seconds: float) -> None:
    """Out of range or no whole number."""
    with pytest.raises(ValueError, match=f"from 1 to 31622400 .366 days., got {seconds} seconds: set it"):
        timing.check_execution_timeout(seconds)


@pytest.mark.parametrize(("seconds", "whole"), [(1, 1), (900, 3600), (900, None), (60, 60)])
def test_invocation_timeout(seconds: int, whole: int | None) -> None:
    """Up to 15 minutes there is nothing to say."""
    assert timing.check_invocation_timeout(seconds, whole) is None


@pytest.mark.parametrize("seconds", [901, 5400])
def test_invocation_timeout_above_15_minutes(seconds: int) -> None:
    """Synchronous invocations do not get that long."""
    warning = timing.check_invocation_timeout(seconds, None)

    assert warning is not None
    assert "durable-mi:timeout-above-15-minutes" == warning.id
    assert f"timeout is {seconds} seconds" in warning.message


@pytest.mark.parametrize("seconds", [0, 1.5, 5401, float("inf"), float("nan")])
def test_rejects_invocation_timeout(seconds: float) -> None:
    """Out of range or no whole number."""
    with pytest.raises(ValueError, match=f"whole seconds from 1 to 5400 .90 minutes., got {seconds} seconds"):
        timing.check_invocation_timeout(seconds, None)


def test_rejects_invocation_longer_than_execution() -> None:
    """A part is not longer than the whole."""
    with pytest.raises(ValueError, match="got 61 seconds for one invocation and 60 for the whole execution"):
        timing.check_invocation_timeout(61, 60)


@pytest.mark.parametrize("days", [1, 14, 90])
def test_retention(days: int) -> None:
    """One to ninety days."""
    timing.check_retention(days)


@pytest.mark.parametrize("days", [0, 1.5, 91, float("inf"), float("nan")])
def test_rejects_retention(days: float) -> None:
    """Out of range or no whole number."""
    with pytest.raises(ValueError, match=f"retention_period must be whole days from 1 to 90, got {days} days"):
        timing.check_retention(days)
