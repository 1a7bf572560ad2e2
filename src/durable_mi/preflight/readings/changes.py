"""What differs from one reading of a stack to another, and who asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Changes"]

_T = TypeVar("_T")


@dataclass(slots=True)
class Changes:
    """Counts how often a reading is asked what another reading may answer otherwise.

    A rule that asks nothing of the kind finds the same in every reading.

    Attributes:
        asked: How often.
    """

    asked: int = 0
    _known: dict[Hashable, tuple[Any, bool]] = field(default_factory=dict)

    def remember(self, key: Hashable, compute: Callable[[], _T]) -> _T:
        """Return what is computed once for a reading; each time it counts if to compute it counted.

        Args:
            key: What it is.
            compute: Computes it.
        """
        if key not in self._known:
            before = self.asked
            computed = compute()
            self._known[key] = (computed, self.asked > before)
        value: _T
        value, is_changing = self._known[key]
        self.asked += is_changing
        return value
