"""Hypothesis plays the service against the planner: no history may break a rule, and every one must come to its end.

``RELEASE_HISTORIES`` is how many histories are tried; ``make nightly`` tries 20,000.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.unit.release.history import FAULTS, LENGTHS, OUTCOMES, PASSES, POLICIES, History

if TYPE_CHECKING:
    from durable_mi.release.policy import DrainPolicy

HISTORIES = int(os.environ.get("RELEASE_HISTORIES", "250"))
WHICH = st.integers(0, 3)
LENGTH = st.sampled_from(LENGTHS)
LISTED_AFTER = st.sampled_from((0.0, 4.0))


class Releases(RuleBasedStateMachine):
    """Everything that can happen to a function, in any order."""

    history: History

    @initialize(policy=st.sampled_from(POLICIES))
    def begin(self, policy: DrainPolicy) -> None:
        """Begin with version 1 live."""
        self.history = History(policy)

    @rule(count=st.sampled_from(PASSES))
    def passes(self, count: int) -> None:
        """Let the janitor run on its schedule."""
        self.history.passes(count)

    @rule(count=st.integers(1, 4), fault=st.sampled_from(FAULTS))
    def passes_with_a_fault(self, count: int, fault: str) -> None:
        """Throttle or deny something, for some passes."""
        self.history.passes(count, frozenset({fault}))

    @rule(calls=st.integers(0, 2))
    def killed_pass(self, calls: int) -> None:
        """Kill a janitor between two calls."""
        self.history.killed_pass(calls)

    @rule(goes_on=st.booleans())
    def other_janitor(self, goes_on: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        """Let a second janitor look, or make the next call of what it planned then."""
        if goes_on:
            self.history.other_goes_on()
        else:
            self.history.other_looks()

    @rule(minutes=st.sampled_from((1.0, 6.0, 40.0)))
    def wait(self, minutes: float) -> None:
        """Let no pass run for a while."""
        self.history.wait(minutes)

    @rule(length=LENGTH, lag=LISTED_AFTER)
    def start(self, length: float, lag: float) -> None:
        """Start an execution by the alias."""
        self.history.start(length, lag)

    @rule(which=WHICH, length=LENGTH, lag=LISTED_AFTER)
    def call_by_number(self, which: int, length: float, lag: float) -> None:
        """Start an execution by a version's number."""
        self.history.call_by_number(which, length, lag)

    @rule(delay=st.sampled_from((5.0, 29.0)), length=LENGTH)
    def queue(self, delay: float, length: float) -> None:
        """Send an event that starts an execution on the version of now, later."""
        self.history.queue(delay, length)

    @rule()
    def pause_or_resume(self) -> None:
        """Pause or resume executions."""
        self.history.change_status()

    @rule(outcome=st.sampled_from(OUTCOMES), passes=st.integers(0, 1))
    def deploy(self, outcome: str, passes: int) -> None:
        """Deploy a new version, which can fail before or after the alias has moved."""
        self.history.deploy(outcome, passes)

    @rule(which=WHICH)
    def move_alias(self, which: int) -> None:
        """Move the alias by hand, to a parked version too."""
        self.history.move_alias(which)

    @rule(which=WHICH, weight=st.sampled_from((0.0, 0.1)))
    def weight(self, which: int, weight: float) -> None:
        """Give a second version a weight."""
        self.history.weight(which, weight)

    @rule(which=WHICH)
    def set_by_hand(self, which: int) -> None:
        """Give a version other numbers by hand."""
        self.history.set_by_hand(which)

    @rule()
    def lose_record(self) -> None:
        """Lose the record."""
        self.history.lose_record()

    @rule(has=st.booleans())
    def capacity(self, has: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        """Let waking fail, or work again."""
        self.history.capacity(has=has)

    @invariant()
    def no_rule_is_broken(self) -> None:
        """Look for broken rules after each step."""
        self.history.check()

    def teardown(self) -> None:
        """Let all faults be over."""
        if hasattr(self, "history"):
            self.history.end()


@pytest.mark.timeout(3600)
def test_no_history_loses_an_execution() -> None:
    """No rule is broken in any history, and each ends with nothing warm but what is live."""
    run_state_machine_as_test(
        Releases,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=14,
            deadline=None,
            database=None,
            derandomize=HISTORIES <= 500,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
