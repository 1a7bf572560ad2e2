"""Bounds of execution environments."""

from __future__ import annotations

import pytest

from durable_mi.checks import environments


@pytest.mark.parametrize(("minimum", "maximum"), [(3, None), (3, 3), (15_000, 15_000), (0, 0)])
def test_execution_environments(minimum: int, maximum: int | None) -> None:
    """Three or more, or switched off."""
    assert environments.check_execution_environments(minimum, maximum) is None


@pytest.mark.parametrize("minimum", [1, 2])
def test_few_execution_environments(minimum: int) -> None:
    """Fewer than the zones is a warning."""
    warning = environments.check_execution_environments(minimum, None)

    assert warning is not None
    assert "durable-mi:few-execution-environments" == warning.id
    assert f"min_execution_environments is {minimum}, below 3" in warning.message


@pytest.mark.parametrize(
    ("minimum", "maximum", "message"),
    [
        (-1, None, "min_execution_environments must be a whole number from 0 to 15000, got -1"),
        (15_001, None, "min_execution_environments must be a whole number from 0 to 15000, got 15001"),
        (3.5, None, "min_execution_environments must be a whole number from 0 to 15000, got 3.5"),
        (float("nan"), None, "min_execution_environments must be a whole number from 0 to 15000, got nan"),
        (3, float("inf"), "max_execution_environments must be a whole number from 0 to 15000, got inf"),
        (3, 15_001, "max_execution_environments must be a whole number from 0 to 15000, got 15001"),
        (4, 3, "min_execution_environments must not be above max_execution_environments, got 4 and 3"),
        (0, None, "switches the version off, got 0 and none"),
        (0, 5, "switches the version off, got 0 and 5"),
    ],
)
def test_rejects_execution_environments(minimum: float, maximum: float | None, message: str) -> None:
    """Out of range, the wrong way round, or asleep for good."""
    with pytest.raises(ValueError, match=message):
        environments.check_execution_environments(minimum, maximum)
