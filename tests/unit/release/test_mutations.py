"""A planner that is wrong in one rule breaks it in the model."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.unit.release import mutations
from tests.unit.release.history import random_history

if TYPE_CHECKING:
    from tests.unit.release.mutations import Mutation

MOST = 300

# The first seed is where the search begins: it need not move when the model does.
CAUGHT: list[tuple[Mutation, int]] = [
    (mutations.ignores_paused, 19),
    (mutations.takes_an_error_for_empty, 88),
    (mutations.skips_the_grace, 44),
    (mutations.skips_the_second_look, 92),
    (mutations.ignores_weights, 1),
    (mutations.deletes_what_it_has_not_asked_for, 0),
    (mutations.never_wakes, 72),
    (mutations.takes_all_numbers_for_its_own, 53),
    (mutations.ignores_the_stack, 2),
    (mutations.remembers_no_look, 30),
]


@pytest.mark.parametrize(("mutation", "first"), CAUGHT, ids=lambda each: getattr(each, "__name__", None))
def test_a_wrong_planner_is_caught(mutation: Mutation, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some history of at most 300 breaks a rule with it, and breaks none without it."""
    with monkeypatch.context() as patch:
        mutation(patch)
        seed = next(seed for seed in range(first, first + MOST) if _is_broken(seed))
    assert not _is_broken(seed)


def _is_broken(seed: int) -> bool:
    try:
        random_history(random.Random(seed))  # noqa: S311 - a seed that repeats it
    except AssertionError:
        return True
    return False
