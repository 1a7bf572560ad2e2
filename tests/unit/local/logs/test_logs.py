"""Log search."""

from __future__ import annotations

from typing import Any

from durable_mi.local.logs.filter.pattern import FilterPattern
from durable_mi.local.logs.store import LogEvent, LogStore


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
    assert ["line 2", "line 3"] == found(beyond=1)
    assert ["line 3", "line 2", "line 1", "line 0"] == found(newest_first=True)
    assert ["line 1", "line 0"] == found(beyond=2, newest_first=True)
    assert [] == found(beyond=0, newest_first=True)
    assert ["group"] * 4 == [group for group, _ in seen]


def test_a_group_is_known_before_its_first_line() -> None:
    """Searching a quiet function's group finds nothing; searching an unknown one is an error elsewhere."""
    logs = LogStore()
    assert not logs.has_group("quiet")
    logs.create_group("quiet")
    assert logs.has_group("quiet")
    assert [] == list(logs.search("quiet", FilterPattern()))
