"""One page of a history, as ``MaxItems``, ``Marker`` and ``ReverseOrder`` ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.durable._sdk import InvalidParameterValueException

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HistoryPage"]

_DEFAULT_ITEMS: Final = 100
_MAX_ITEMS: Final = 1000
"""API ItemCount of GetDurableExecutionHistory."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Events in the order that was asked for, and the marker of the next page.

    Attributes:
        events: The events, as the API returns them.
        next_marker: Marker of the next page; ``None`` on the last one.
    """

    events: Sequence[dict[str, Any]]
    next_marker: str | None

    @classmethod
    def of(
        cls, history: Sequence[dict[str, Any]], *, newest_first: bool, marker: str | None, max_items: int | None
    ) -> HistoryPage:
        """Return a page of a whole history.

        Args:
            history: The events, oldest first.
            newest_first: Whether the page and those after it go back in time.
            marker: ``NextMarker`` of the page before; ``None`` for the first page.
            max_items: How many events it has at most. Defaults to 100, as does 0.

        Raises:
            InvalidParameterValueException: The marker is none of this API, or ``max_items`` is out of range.
        """
        count = max_items or _DEFAULT_ITEMS
        if not 0 < count <= _MAX_ITEMS:
            msg = f"MaxItems must be 0 to {_MAX_ITEMS}, got {max_items}"
            raise InvalidParameterValueException(msg)
        if marker is not None and (not marker.isdecimal() or int(marker) == 0):
            msg = f"Marker must be the NextMarker of an earlier response, got {marker}"
            raise InvalidParameterValueException(msg)
        # A marker is the id of the event that the page begins with, in both directions.
        if newest_first:
            end = len(history) if marker is None else min(int(marker), len(history))
            found = history[max(0, end - count - 1) : end][::-1]
        else:
            start = 0 if marker is None else int(marker) - 1
            found = history[start : start + count + 1]
        following = found[count:]
        return cls(found[:count], str(following[0]["EventId"]) if following else None)

    def to_dict(self) -> dict[str, Any]:
        """Return the response of the call."""
        more = {} if self.next_marker is None else {"NextMarker": self.next_marker}
        return {"Events": list(self.events), **more}
