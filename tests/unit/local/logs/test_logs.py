"""Log search: patterns as CloudWatch Logs reads them."""

from __future__ import annotations

from typing import Any

import pytest

from durable_mi.local.logs.filter_pattern import FilterPattern
from durable_mi.local.logs.store import LogEvent, LogStore


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("order", "Validating order 7", True),
        ("Order", "Validating order 7", False),
        ("order 7", "7 is an order", True),
        ('"order 7"', "7 is an order", False),
        ('"order 7"', "Validating order 7", True),
        ("order -DEBUG", "DEBUG order", False),
        ("?ERROR ?WARN", "WARN: slow", True),
        ("?ERROR ?WARN", "INFO: fine", False),
        (r'"say \"hi\""', 'they say "hi"', True),
        ('-"not this"', "but not this", False),
    ],
)
def test_terms(pattern: str, message: str, *, matches: bool) -> None:
    """All plain terms, one of the optional ones, none of the excluded."""
    assert matches is FilterPattern.parse(pattern).matches(message)


@pytest.mark.parametrize("pattern", ['{ $.level = "ERROR" }', "[ip, user]", "%ERR%", '"open'])
def test_rejects_a_pattern_that_would_be_misread(pattern: str) -> None:
    """A pattern of another kind is an error, not a search for its letters."""
    with pytest.raises(ValueError, match="filterPattern must"):
        FilterPattern.parse(pattern)


def test_a_search_keeps_to_time_streams_and_order() -> None:
    """Both ends of the time belong to it; streams are named or begun; pages go on after the last event."""
    seen: list[tuple[str, LogEvent]] = []
    logs = LogStore(lambda group, event: seen.append((group, event)))
    for number, (stream, timestamp) in enumerate([("f/1", 10), ("f/2", 20), ("f/1", 30), ("g/1", 40)]):
        logs.append("group", stream, timestamp, f"line {number}")
    everything = FilterPattern()

    def found(**filters: Any) -> list[str]:
        return [event.message for event in logs.search("group", everything, **filters)]

    assert ["line 0", "line 1", "line 2", "line 3"] == found()
    assert ["line 1", "line 2"] == found(start=20, end=30)
    assert ["line 0", "line 2"] == found(streams=["f/1"])
    assert ["line 0", "line 1", "line 2"] == found(stream_prefix="f/")
    assert ["line 2", "line 3"] == found(after=1)
    assert ["group"] * 4 == [group for group, _ in seen]


def test_a_group_is_known_before_its_first_line() -> None:
    """Searching a quiet function's group finds nothing; searching an unknown one is an error elsewhere."""
    logs = LogStore()
    assert not logs.has_group("quiet")
    logs.create_group("quiet")
    assert logs.has_group("quiet")
    assert [] == list(logs.search("quiet", FilterPattern()))
