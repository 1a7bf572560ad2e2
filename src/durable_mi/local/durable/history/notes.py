"""What AWS's history of an execution shows and the emulator does not keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.durable.state.part import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from durable_mi.local.durable.state.part import Part

__all__ = ["HistoryNotes", "Interruption", "InvocationNote", "WrittenNotes"]

_INVOCATIONS: Final = "Invocations"
_VERSIONS: Final = "Versions"


@dataclass(slots=True)
class Interruption:
    """A pause of an execution.

    Attributes:
        requested: When it was requested.
        stops_timeout: Whether the execution's timeout is extended by the time that it is paused.
        reason: Why; ``None`` if the caller gave no reason.
        began: When no invocation ran any more; ``None`` until then.
        resume_requested: When its end was requested; ``None`` until then.
        resume_reason: Why; ``None`` if the caller gave no reason.
    """

    requested: datetime
    stops_timeout: bool = True
    reason: str | None = None
    began: datetime | None = None
    resume_requested: datetime | None = None
    resume_reason: str | None = None

    def to_json_dict(self) -> dict[str, Any]:
        """Return it in JSON types."""
        return {
            "Requested": self.requested.isoformat(),
            "StopsTimeout": self.stops_timeout,
            "Reason": self.reason,
            "Began": _text(self.began),
            "ResumeRequested": _text(self.resume_requested),
            "ResumeReason": self.resume_reason,
        }

    @classmethod
    def from_json_dict(cls, written: Mapping[str, Any]) -> Interruption:
        """Read what `to_json_dict` returned."""
        return cls(
            requested=datetime.fromisoformat(written["Requested"]),
            stops_timeout=written["StopsTimeout"],
            reason=written["Reason"],
            began=_moment(written["Began"]),
            resume_requested=_moment(written["ResumeRequested"]),
            resume_reason=written["ResumeReason"],
        )


@dataclass(frozen=True, slots=True)
class InvocationNote:
    """An ended invocation.

    Attributes:
        updates: Number of the execution's checkpointed updates when it ended.
        error: Its error as the API returns it, if it failed outside the SDK.
    """

    updates: int
    error: Mapping[str, Any] | None = None

    def to_json_dict(self) -> dict[str, Any]:
        """Return it in JSON types."""
        return {"Updates": self.updates, "Error": None if self.error is None else dict(self.error)}

    @classmethod
    def from_json_dict(cls, written: Mapping[str, Any]) -> InvocationNote:
        """Read what `to_json_dict` returned."""
        return cls(written["Updates"], written["Error"])


@dataclass(slots=True)
class HistoryNotes:
    """What one execution's history needs beyond the emulator's state.

    Attributes:
        invocations: The ended invocations, by request id.
        versions: Versions that chained invokes run, by operation id.
        interruptions: The pauses, oldest first.
        is_asynchronous: Whether the execution was started asynchronously.
    """

    invocations: dict[str, InvocationNote] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    interruptions: list[Interruption] = field(default_factory=list)
    is_asynchronous: bool = False

    @property
    def pause(self) -> Interruption | None:
        """The pause that holds or is about to begin; ``None`` if there is none."""
        last = self.interruptions[-1] if self.interruptions else None
        return last if last is not None and last.resume_requested is None else None

    @property
    def timeout_is_stopped(self) -> bool:
        """Whether a pause stops the execution's timeout now."""
        return self.pause is not None and self.pause.began is not None and self.pause.stops_timeout

    @property
    def extension(self) -> timedelta:
        """The time by which pauses that are over have extended the execution's timeout."""
        over = (each for each in self.interruptions if each.stops_timeout)
        return sum(
            (each.resume_requested - each.began for each in over if each.began and each.resume_requested), timedelta()
        )

    def head(self) -> dict[str, Any]:
        """Return what `WrittenNotes` does not, in JSON types."""
        return {
            "Interruptions": [each.to_json_dict() for each in self.interruptions],
            "IsAsynchronous": self.is_asynchronous,
        }

    @classmethod
    def from_json(cls, head: Mapping[str, Any], parts: Iterable[Part] = ()) -> HistoryNotes:
        """Read what `head` and `WrittenNotes` returned.

        Args:
            head: The head; with the tables in it in files of an earlier format, and empty before there were notes.
            parts: Entries of tables, among others.
        """
        invocations, versions = dict(head.get(_INVOCATIONS, {})), dict(head.get(_VERSIONS, {}))
        for part in parts:
            if part.kind == _INVOCATIONS:
                invocations[part.place] = part.value
            elif part.kind == _VERSIONS:
                versions[part.place] = part.value
        return cls(
            invocations={name: InvocationNote.from_json_dict(each) for name, each in invocations.items()},
            versions=versions,
            interruptions=[Interruption.from_json_dict(each) for each in head.get("Interruptions", ())],
            is_asynchronous=bool(head.get("IsAsynchronous")),
        )


class WrittenNotes:
    """The notes of one execution that are written, to find those that changed since."""

    def __init__(self) -> None:
        self._invocations = WrittenTable(_INVOCATIONS, InvocationNote.to_json_dict)
        self._versions = WrittenTable(_VERSIONS)

    def changed(self, notes: HistoryNotes) -> Iterator[Part]:
        """Yield the entries that are new or changed, and take them for written.

        Args:
            notes: The notes.
        """
        yield from self._invocations.changed(notes.invocations)
        yield from self._versions.changed(notes.versions)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
