"""Where code runs: in the flow that is replayed, in a step, in a thread, or when its module is imported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast


__all__ = ["Zone", "ZoneKind"]


class ZoneKind(Enum):
    """How often code runs."""

    IMPORT = auto()
    """Once in each process."""
    FLOW = auto()
    """Again at each replay, with the recorded results of its operations."""
    STEP = auto()
    """Until it has a result, which is recorded."""
    THREAD = auto()
    """Beside the flow, in a thread or an event loop."""


@dataclass(frozen=True, eq=False, slots=True)
class Zone:
    """One body of code that the SDK, a thread or Python runs as a whole.

    Attributes:
        kind: How often it runs.
        context: The context that its operations belong to, of which only the identity matters; ``None`` if it has none.
        body: The function that it runs; ``None`` for a module.
        parent: The zone that it was started from.
        is_once: Whether it is a step that runs at most once, as far as is known.
    """

    kind: ZoneKind
    context: object | None = None
    body: ast.AST | None = None
    parent: Zone | None = None
    is_once: bool = False

    @property
    def is_replayed(self) -> bool:
        """Whether its code runs again at each replay."""
        if self.kind is ZoneKind.THREAD:
            return self.parent is not None and self.parent.is_replayed
        return self.kind is ZoneKind.FLOW

    def includes(self, other: Zone) -> bool:
        """Return whether another zone is this one, or was started from it."""
        zone: Zone | None = other
        while zone is not None:
            if zone is self:
                return True
            zone = zone.parent
        return False
