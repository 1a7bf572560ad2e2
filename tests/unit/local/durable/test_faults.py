"""Which checkpoint and which start meets a fault."""

from __future__ import annotations

from durable_mi.local.durable.faults import Fault, Faults

TRIES = 2000


def test_the_rate_is_the_chance() -> None:
    """A tenth of the checkpoints, and of the starts."""
    faults = Faults({Fault.SLOW: 0.1, Fault.FAIL_START: 0.1}, seed=1)
    assert 150 < sum(faults.draw() is Fault.SLOW for _ in range(TRIES)) < 250
    assert 150 < sum(faults.fails_start() for _ in range(TRIES)) < 250


def test_a_rate_of_0_never_hits_and_a_rate_of_1_always() -> None:
    """At a checkpoint and at a start."""
    never, always = Faults({Fault.SLOW: 0, Fault.FAIL_START: 0}), Faults({Fault.SLOW: 1, Fault.FAIL_START: 1})
    assert {None} == {never.draw() for _ in range(TRIES)}
    assert {False} == {never.fails_start() for _ in range(TRIES)}
    assert {Fault.SLOW} == {always.draw() for _ in range(TRIES)}
    assert {True} == {always.fails_start() for _ in range(TRIES)}


def test_a_start_meets_no_fault_of_a_checkpoint_nor_the_other_way_round() -> None:
    """Whether by chance or armed."""
    faults = Faults({Fault.SLOW: 1})
    faults.arm(Fault.THROTTLE)
    assert not faults.fails_start()
    faults = Faults({Fault.FAIL_START: 1})
    faults.arm(Fault.FAIL_START)
    assert faults.draw() is None


def test_what_is_armed_is_met_so_often_and_counted() -> None:
    """In the order in which it was asked for."""
    faults = Faults()
    faults.arm(Fault.FAIL_START, 2)
    faults.arm(Fault.DROP_ANSWER)
    faults.arm(Fault.KILL_WORKER)
    assert [Fault.DROP_ANSWER, Fault.KILL_WORKER, None] == [faults.draw() for _ in range(3)]
    assert [True, True, False] == [faults.fails_start() for _ in range(3)]
    assert (2, 1, 0) == tuple(faults.injected[each] for each in (Fault.FAIL_START, Fault.DROP_ANSWER, Fault.SLOW))


def test_a_seed_repeats_the_choice_however_starts_interleave() -> None:
    """Checkpoints of one run meet the same as those of another."""
    rates = {Fault.KILL_WORKER: 0.3, Fault.FAIL_START: 0.5, Fault.SLOW: 0.3}
    one, other = Faults(rates, seed=5), Faults(rates, seed=5)
    alone = [one.draw() for _ in range(50)]
    between = []
    for _ in range(50):
        other.fails_start()
        between.append(other.draw())
    assert alone == between
