"""Pages of a list."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from durable_mi.local.api.paging import page
from durable_mi.local.api_error import ApiError

ITEMS = list(range(10))


@pytest.mark.parametrize(
    ("query", "listed", "marker"),
    [
        ("", [0, 1, 2, 3], {"NextMarker": "4"}),
        ("MaxItems=3", [0, 1, 2], {"NextMarker": "3"}),
        ("MaxItems=3&Marker=3", [3, 4, 5], {"NextMarker": "6"}),
        ("MaxItems=3&Marker=9", [9], {}),
        ("MaxItems=0", [0, 1, 2, 3], {"NextMarker": "4"}),
        ("MaxItems=100", [0, 1, 2, 3, 4], {"NextMarker": "5"}),
        ("Marker=10", [], {}),
        ("Marker=99", [], {}),
    ],
)
def test_a_page_and_the_marker_of_the_next(query: str, listed: list[int], marker: dict[str, str]) -> None:
    """Four by default, five at most."""
    assert (listed, marker) == page(ITEMS, QueryParams(query), default=4, maximum=5)


def test_the_last_page_has_no_marker() -> None:
    """Exactly at the end."""
    assert ([6, 7, 8, 9], {}) == page(ITEMS, QueryParams("Marker=6"), default=4, maximum=5)


@pytest.mark.parametrize("query", ["Marker=x", "MaxItems=-1", "MaxItems=1.5"])
def test_rejects_what_is_no_whole_number(query: str) -> None:
    """With the parameter's name and what came."""
    name, _, value = query.partition("=")
    with pytest.raises(ApiError, match=f"{name} must be a whole number, got {value}"):
        page(ITEMS, QueryParams(query), default=4, maximum=5)
