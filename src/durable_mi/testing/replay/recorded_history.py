"""The recorded history of a durable execution, in memory or in a file of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.replay.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["RecordedHistory", "read_histories"]

_ENDS: Final = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionStopped")
_OPEN: Final = "RUNNING"


@dataclass(frozen=True, slots=True)
class RecordedHistory:
    """The events of one execution, as ``GetDurableExecutionHistory`` returns them.

    Attributes:
        name: What messages call it: the execution's name, or that of its file.
        arn: The durable execution's ARN, or ``""`` if it is not known.
        events: The events, oldest first, with their execution data.
    """

    name: str
    arn: str
    events: Sequence[Mapping[str, Any]]

    @property
    def status(self) -> str:
        """The status that its last event says, such as ``SUCCEEDED``; ``RUNNING`` without an end."""
        kind = next((each["EventType"] for each in reversed(self.events) if each["EventType"] in _ENDS), None)
        return _OPEN if kind is None else _status(kind)

    @classmethod
    def parse(cls, document: object, name: str) -> RecordedHistory:
        """Check a document of JSON.

        Args:
            document: What ``durable-mi record`` writes, or the answer of ``aws lambda get-durable-execution-history``.
            name: What messages call it, if it does not name its execution.

        Raises:
            HistoryError: It is neither.
        """
        events = document.get("Events") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(events, list) or not all(map(_is_event, events)):
            msg = f"{name} must be a history with a list of Events, as durable-mi record writes it"
            raise HistoryError(msg)
        if not events or min(events, key=_number)["EventType"] != "ExecutionStarted":
            msg = f"{name} must begin with the event ExecutionStarted: record the whole history, with all of its pages"
            raise HistoryError(msg)
        arn = document.get("DurableExecutionArn", "")
        if not isinstance(arn, str):
            msg = f"{name} must have a text as its DurableExecutionArn, got {arn!r}"
            raise HistoryError(msg)
        return cls(_execution_name(arn) or name, arn, sorted(events, key=_number))

    def document(self) -> dict[str, Any]:
        """Return it as a document of JSON."""
        return {"DurableExecutionArn": self.arn, "Status": self.status, "Events": [dict(each) for each in self.events]}


def read_histories(place: Path) -> list[RecordedHistory]:
    """Read a file, or all files ``*.json`` of a directory, in the order of their names.

    Raises:
        HistoryError: There are none, or one cannot be read.
    """
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    if not files:
        msg = f"{place} must have histories in files *.json, got none: record some with durable-mi record"
        raise HistoryError(msg)
    return [_read(file) for file in files]


def _read(file: Path) -> RecordedHistory:
    try:
        document = json.loads(file.read_bytes())
    except OSError as error:
        msg = f"{file} must be a file that can be read: {error.strerror}"
        raise HistoryError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = f"{file} must be JSON: {error}"
        raise HistoryError(msg) from error
    return RecordedHistory.parse(document, str(file))


def _is_event(event: object) -> bool:
    return (
        isinstance(event, dict)
        and isinstance(event.get("EventType"), str)
        and isinstance(event.get("EventId"), int)
        and all(isinstance(event.get(key, ""), str) for key in ("Id", "Name", "ParentId", "SubType"))
        and isinstance(event.get(f"{event['EventType']}Details", {}), dict)
    )


def _number(event: Mapping[str, Any]) -> int:
    number: int = event["EventId"]
    return number


def _status(kind: str) -> str:
    return {"ExecutionTimedOut": "TIMED_OUT"}.get(kind, kind.removeprefix("Execution").upper())


def _execution_name(arn: str) -> str:
    """Return the name in ``...:function:NAME:VERSION/durable-execution/EXECUTION/ID``."""
    return arn.partition("/durable-execution/")[2].partition("/")[0]
