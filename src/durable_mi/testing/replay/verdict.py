"""What a replay shows, in data and in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.replay.place import Place
from durable_mi.testing.replay.replayed_operation import ReplayedOperation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Finding", "HistoryVerdict", "OperationName", "Verdict"]

_RECORDED: Final = "recorded"
_CAME: Final = "on this code"


class Verdict(Enum):
    """How a replay ended."""

    REPLAYS = "replays"
    DIVERGES = "diverges"
    ENDS_EARLY = "ends although recorded operations are left"
    STOPS_EARLY = "stops before the history's end"
    HAS_EFFECTS = "reaches the network between operations"
    TIMES_OUT = "does not end"
    UNKNOWN = "cannot be replayed"


@dataclass(frozen=True, slots=True)
class OperationName:
    """What identifies an operation to a reader.

    Attributes:
        kind: Its subtype, such as ``Step`` or ``WaitForCallback``.
        name: Its name, if it has one.
        parent: Name of the context that it is in, if it is not the handler's own.
    """

    kind: str
    name: str | None = None
    parent: str | None = None

    def __str__(self) -> str:
        """Return it in words, such as ``Step 'charge' in 'payment'``."""
        named = f"{self.kind} {self.name!r}" if self.name else f"{self.kind} without a name"
        return f"{named} in {self.parent!r}" if self.parent else named


@dataclass(frozen=True, slots=True)
class Finding:
    """How one prefix of a history replays.

    Attributes:
        verdict: How it ended.
        events: Number of events of the history that were given.
        expected: What the history has, if it does not replay.
        came: What the code does instead.
        place: The line of the user's code.
        operations: What was recorded and what came at each place in the code, if it does not replay, or if asked for.
    """

    verdict: Verdict
    events: int
    expected: str | None = None
    came: str | None = None
    place: Place | None = None
    operations: Sequence[ReplayedOperation] = ()

    @property
    def replays(self) -> bool:
        """Whether the code does what was recorded."""
        return self.verdict is Verdict.REPLAYS

    def side_by_side(self) -> list[str]:
        """Return the recorded operations beside those that came, a line each, with the first difference marked."""
        if not self.operations:
            return []
        rows = [(each.recorded or "-", each.came or "-") for each in self.operations]
        first = next((n for n, each in enumerate(self.operations) if each.differs), None)
        width = max(len(_RECORDED), *(len(recorded) for recorded, _ in rows))
        lines = [f"  {_RECORDED:{width}}  {_CAME}"]
        return lines + [f"{'>' if n == first else ' '} {each[0]:{width}}  {each[1]}" for n, each in enumerate(rows)]

    def __str__(self) -> str:
        """Return the verdict in a line."""
        parts = [self.verdict.value]
        if self.expected is not None:
            parts.append(f"expected {self.expected}, came {self.came}")
        elif self.came is not None:
            parts.append(self.came)
        line = ": ".join(parts)
        return f"{line} ({self.place})" if self.place is not None else line


@dataclass(frozen=True, slots=True)
class HistoryVerdict:
    """How a history replays, whole and cut off after each of its events.

    Attributes:
        history: What messages call the history.
        arn: ARN of its execution.
        status: Its recorded status.
        events: Number of its events.
        finding: What the whole history shows, or, if that replays, the first prefix that does not.
        result_differs: Whether the execution succeeded, and the code now returns something else. Code that was changed
            may do so; code that was not depends on something that changes between invocations.
        prefixes: How many prefixes were to be replayed, and how many the history has. Of a long one not all are.
    """

    history: str
    arn: str
    status: str
    events: int
    finding: Finding
    result_differs: bool = False
    prefixes: tuple[int, int] = (0, 0)

    @property
    def replays(self) -> bool:
        """Whether the whole history and all its prefixes replay."""
        return self.finding.replays

    def __str__(self) -> str:
        """Return it in a line."""
        after = "" if self.finding.events == self.events else f" after event {self.finding.events} of {self.events}"
        note = ", returns another result than recorded" if self.result_differs and self.replays else ""
        chosen, count = self.prefixes
        if chosen < count and self.replays:
            note += f", whole and in {chosen} of {count} prefixes"
        return f"{self.history} ({self.status}){after}: {self.finding}{note}"

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> HistoryVerdict:
        """Read what :meth:`document` returned."""
        place = None if document["file"] is None else Place(document["file"], document["line"])
        verdict, at = Verdict[document["verdict"]], document["atEvent"]
        operations = tuple(map(ReplayedOperation.from_document, document["operations"]))
        finding = Finding(verdict, at, document["expected"], document["came"], place, operations)
        recorded = (document["history"], document["arn"], document["status"], document["events"])
        prefixes = (document["prefixes"], document["ofPrefixes"])
        return cls(*recorded, finding, document["resultDiffers"], prefixes)

    def document(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        place = self.finding.place
        return {
            "history": self.history,
            "arn": self.arn,
            "status": self.status,
            "events": self.events,
            "verdict": self.finding.verdict.name,
            "replays": self.replays,
            "atEvent": self.finding.events,
            "expected": self.finding.expected,
            "came": self.finding.came,
            "file": None if place is None else place.file,
            "line": None if place is None else place.line,
            "operations": [each.document() for each in self.finding.operations],
            "resultDiffers": self.result_differs,
            "prefixes": self.prefixes[0],
            "ofPrefixes": self.prefixes[1],
        }
