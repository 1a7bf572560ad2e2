"""How long the runtime waits before it starts an execution environment again."""

from __future__ import annotations

from durable_mi.local.workers.restart_pauses import RestartPauses


def test_the_pauses_double_up_to_a_minute() -> None:
    """And stay there."""
    pauses = RestartPauses()
    assert [1, 2, 4, 8, 16, 32, 60, 60, 60] == [pauses.after_failure() for _ in range(9)]


def test_the_pauses_begin_anew() -> None:
    """After a start that succeeded."""
    pauses = RestartPauses()
    for _ in range(5):
        pauses.after_failure()
    pauses.reset()
    assert [1, 2] == [pauses.after_failure() for _ in range(2)]
