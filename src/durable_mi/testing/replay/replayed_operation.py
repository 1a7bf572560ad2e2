"""An operation of a replay: what was recorded, what came, and the line that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from durable_mi.testing.replay.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

__all__ = ["ReplayedOperation"]


class ReplayedOperation(NamedTuple):
    """What was recorded and what came at one place in the code.

    Attributes:
        recorded: The recorded operation, in words; ``None`` if the history has none there.
        came: The operation that the code came to, in words; ``None`` if it came to none.
        place: The line of the user's code that asked for it, if it came to one.
    """

    recorded: str | None
    came: str | None
    place: Place | None = None

    @property
    def differs(self) -> bool:
        """Whether the code does not do here what was recorded."""
        return self.recorded != self.came

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read what :meth:`document` returned."""
        place = None if document["file"] is None else Place(document["file"], document["line"])
        return cls(document["recorded"], document["came"], place)

    def document(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        file, line = (None, None) if self.place is None else (self.place.file, self.place.line)
        return {"recorded": self.recorded, "came": self.came, "file": file, "line": line}
