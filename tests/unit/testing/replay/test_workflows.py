"""Workflows replay on the code that recorded them, whole and cut off anywhere, and no step of theirs runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.testing.replay import assert_replays
from tests.unit.testing.replay.workflows import environment

if TYPE_CHECKING:
    from tests.unit.testing.replay.workflows import Recording


def test_a_workflow_replays(recorded: Recording) -> None:
    """With the same result, and without a call to a service."""
    recorded.services.reset_mock()
    with environment():
        (found,) = assert_replays([recorded.history], recorded.handler, same_result=True)
    assert found.status == "SUCCEEDED"
    assert [] == recorded.services.mock_calls
