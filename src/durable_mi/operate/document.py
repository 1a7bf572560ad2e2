"""An execution as one JSON document, for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.formatting import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.execution import Event, Execution
    from durable_mi.operate.logs import LogLine

__all__ = ["dumped", "execution_document", "execution_fields", "started_document"]

_ESCAPES: Final = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def started_document(arn: str, name: str) -> str:
    """Return the document of an execution that was started and is not followed."""
    return dumped({"DurableExecutionArn": arn, "DurableExecutionName": name})


def execution_document(execution: Execution, events: Sequence[Event], logs: Sequence[LogLine] | None) -> str:
    """Return the document of an execution that has ended.

    Its keys are those of :func:`execution_fields`.
    """
    return dumped(execution_fields(execution, events, logs))


def execution_fields(execution: Execution, events: Sequence[Event], logs: Sequence[LogLine] | None) -> dict[str, Any]:
    """Return an execution, its events and its log lines by the keys of its document.

    The keys are the API's. ``Input`` and ``Result`` are JSON values rather than text; timestamps are ISO 8601 in UTC;
    ``Logs`` is ``null`` if the logs could not be read.
    """
    document: dict[str, Any] = {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.name,
        "Status": execution.status,
        "StartTimestamp": execution.started,
        "EndTimestamp": execution.ended,
        "Input": None if execution.input is None else decoded(execution.input),
        "Result": None if execution.result is None else decoded(execution.result),
        "Error": None,
        "Events": [_event(event) for event in events],
        "Logs": None if logs is None else [{"Timestamp": line.timestamp, "Message": line.raw} for line in logs],
    }
    if execution.error is not None:
        document["Error"] = {
            "ErrorType": execution.error.type,
            "ErrorMessage": execution.error.message,
            "ErrorData": execution.error.data,
            "StackTrace": list(execution.error.stack_trace),
        }
    return document


def _event(event: Event) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "EventId": event.id,
        "EventType": event.type,
        "EventTimestamp": event.timestamp,
        "Id": event.operation_id,
        "Name": event.name,
        "ParentId": event.parent_id,
        "SubType": event.sub_type,
        f"{event.type}Details": event.details or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def dumped(document: dict[str, Any]) -> str:
    """Return a document as JSON that controls no terminal; times are ISO 8601 in UTC."""
    # JSON escapes the control characters up to U+001F alone; those after it would control a terminal too.
    return json.dumps(document, indent=2, ensure_ascii=False, default=_iso).translate(_ESCAPES)


def _iso(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
