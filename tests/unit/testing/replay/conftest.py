"""Workflows that are recorded once."""

from __future__ import annotations

import pytest

from tests.unit.testing.replay.workflows import CASES, Recording, recording


@pytest.fixture(scope="session", params=CASES)
def recorded(request: pytest.FixtureRequest) -> Recording:
    """Return each workflow with a history of it."""
    return recording(CASES[request.param])
