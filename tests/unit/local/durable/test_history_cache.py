"""Histories that are read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.durable.history.cache import HistoryCache

if TYPE_CHECKING:
    from collections.abc import Callable

History = list[dict[str, Any]]


class Builds:
    """Puts histories together, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def of(self, name: str) -> Callable[[], History]:
        """Return what puts a history together."""

        def build() -> History:
            self.count += 1
            return [{"EventId": name}]

        return build


@pytest.fixture
def builds() -> Builds:
    """Return a counter."""
    return Builds()


def test_pages_of_an_execution_that_does_not_change_are_of_one_history(builds: Builds) -> None:
    """It is put together once."""
    cache = HistoryCache()
    pages = [cache.get("a", 7, builds.of("a")) for _ in range(3)]
    assert 1 == builds.count
    assert [[{"EventId": "a"}]] * 3 == pages


def test_a_change_makes_another_history(builds: Builds) -> None:
    """The one before is read no more."""
    cache = HistoryCache()
    cache.get("a", 7, builds.of("before"))
    assert [{"EventId": "after"}] == cache.get("a", 8, builds.of("after"))
    assert [{"EventId": "after"}] == cache.get("a", 8, builds.of("later"))
    assert 2 == builds.count


def test_the_latest_are_kept(builds: Builds) -> None:
    """Thousands of executions that were read once do not stay in memory."""
    cache = HistoryCache()
    for number in range(1000):
        cache.get(number, 1, builds.of(str(number)))
    for number in range(992, 1000):
        cache.get(number, 1, builds.of(str(number)))
    assert 1000 == builds.count
    cache.get(991, 1, builds.of("991"))
    assert 1001 == builds.count
