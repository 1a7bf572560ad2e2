"""Which checkpoint meets which fault."""

from __future__ import annotations

import pytest

from durable_mi.local.durable.faults import Fault, Faults


@pytest.mark.parametrize("fault", Fault)
def test_a_chance_of_one_is_certain_and_of_zero_impossible(fault: Fault) -> None:
    """The two ends of the rate."""
    assert [fault] * 20 == [Faults({fault: 1.0}, seed=1).draw() for _ in range(20)]
    assert [None] * 20 == [Faults({fault: 0.0}, seed=1).draw() for _ in range(20)]


def test_a_rate_is_the_share_of_checkpoints() -> None:
    """One in ten of ten thousand, give or take."""
    faults = Faults({Fault.SLOW: 0.1}, seed=1)
    for _ in range(10_000):
        faults.draw()
    assert 900 < faults.injected[Fault.SLOW] < 1100


def test_a_seed_repeats_the_choice() -> None:
    """The same seed, the same faults; another seed, others."""
    rates = {Fault.KILL_WORKER: 0.2, Fault.THROTTLE: 0.3}
    drawn = [[faults.draw() for _ in range(50)] for faults in (Faults(rates, 7), Faults(rates, 7), Faults(rates, 8))]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_an_armed_fault_comes_before_chance_and_as_often_as_armed() -> None:
    """Two armed, then none."""
    faults = Faults()
    faults.arm(Fault.DROP_ANSWER, 2)
    assert [Fault.DROP_ANSWER, Fault.DROP_ANSWER, None] == [faults.draw() for _ in range(3)]
    assert {Fault.DROP_ANSWER: 2} == dict(faults.injected)
