"""The fixture of the pytest plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from tests.unit.testing.replay.workflows import EXAMPLE, load

if TYPE_CHECKING:
    from collections.abc import Callable

HISTORIES = Path(EXAMPLE).parents[1] / "tests" / "histories"


def test_the_fixture_replays(assert_replays: Callable[..., Any]) -> None:
    """The history that comes with the example, on the example."""
    handler = load(EXAMPLE, MagicMock())["handler"]
    (found,) = assert_replays(HISTORIES, handler, same_result=True)
    assert "order-1" == found.history
    with pytest.raises(AssertionError, match="1 of 1 histories must replay"):
        assert_replays(
            HISTORIES, load(EXAMPLE.parents[3] / "tests/workflows/functions/payment.py", MagicMock())["handler"]
        )
