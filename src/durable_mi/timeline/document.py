"""A timeline as a JSON document, which the page and the self-contained file render."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from durable_mi.operate.formatting import pretty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.operate.execution import Event, ExecutionError
    from durable_mi.timeline.invocation import Invocation
    from durable_mi.timeline.log_entry import LogEntry
    from durable_mi.timeline.span import Attempt, Span
    from durable_mi.timeline.timeline import Timeline

__all__ = ["timeline_document"]


def timeline_document(timeline: Timeline, *, max_payload: int | None = None) -> dict[str, Any]:
    """Return a timeline in JSON types; times are epoch milliseconds, durations milliseconds.

    Args:
        timeline: The timeline.
        max_payload: Maximum number of characters of a payload. Defaults to all. ``cut`` is the number of characters
            that are missing.
    """
    execution = timeline.execution
    return {
        "arn": execution.arn,
        "name": execution.name,
        "function": timeline.function_name,
        "version": timeline.version,
        "status": execution.status,
        "hasEnded": execution.has_ended,
        "start": _ms(execution.started),
        "end": _ms(execution.ended),
        "now": _ms(timeline.now),
        "running": _milliseconds(timeline.running_s),
        "queued": _milliseconds(timeline.queued_s),
        "suspended": _milliseconds(timeline.suspended_s),
        "active": [[_ms(started), _ms(ended)] for started, ended in timeline.active()],
        "queue": [[_ms(started), _ms(ended)] for started, ended in timeline.queued()],
        "waiting": _ms(timeline.waiting),
        "notices": [{"at": _ms(at), "text": text} for at, text in timeline.notices],
        "input": _payload(execution.input, max_payload),
        "result": _payload(execution.result, max_payload),
        "error": _error(execution.error),
        "spans": [_span(timeline, span, max_payload) for span in timeline.spans],
        "invocations": [_invocation(each) for each in timeline.invocations],
        "logs": None if timeline.logs is None else [_log(entry) for entry in timeline.logs],
        "events": [_event(event) for event in timeline.events],
    }


def _span(timeline: Timeline, span: Span, max_payload: int | None) -> dict[str, Any]:
    return {
        "id": span.id,
        "kind": span.kind,
        "subType": span.sub_type,
        "name": span.label,
        "parent": span.parent_id,
        "depth": span.depth,
        "status": span.status,
        "start": _ms(span.started),
        "end": _ms(span.ended),
        "due": _ms(span.due),
        "attempts": [
            {
                "number": attempt.number,
                "start": _ms(attempt.started),
                "end": _ms(attempt.ended),
                "status": attempt.status,
                "error": _error(attempt.error, timeline.stack_trace(span, position)),
                "result": _payload(attempt.result, max_payload) if _is_poll(attempt) else None,
                "retryDelay": _milliseconds(attempt.retry_delay_s),
            }
            for position, attempt in enumerate(span.attempts)
        ],
        "input": _payload(span.input, max_payload),
        "result": _payload(span.result, max_payload),
        "error": _error(span.error, timeline.stack_trace(span, len(span.attempts) - 1) if span.attempts else ()),
        "callbackId": span.callback_id,
        "deadline": _ms(span.deadline),
        "heartbeat": _milliseconds(span.heartbeat_s),
        "functionName": span.function_name,
        "executedVersion": span.executed_version,
        "tenant": span.tenant_id,
        "childArn": span.child_arn,
    }


def _is_poll(attempt: Attempt) -> bool:
    """Return whether a condition was not met; the result of the last attempt is the step's."""
    return attempt.status == "SUCCEEDED" and attempt.retry_delay_s is not None


def _invocation(invocation: Invocation) -> dict[str, Any]:
    return {
        "requestId": invocation.request_id,
        "start": _ms(invocation.started),
        "end": _ms(invocation.ended),
        "environment": invocation.environment,
        "pid": invocation.pid,
        "error": invocation.error,
        "message": invocation.message,
        "requested": _ms(invocation.requested),
    }


def _log(entry: LogEntry) -> dict[str, Any]:
    return {
        "at": _ms(entry.timestamp),
        "level": entry.level,
        "message": entry.message,
        "operation": entry.operation_id,
        "requestId": entry.request_id,
        "attempt": entry.attempt,
        "error": entry.error,
        "trace": list(entry.stack_trace),
        "logger": entry.logger,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "at": _ms(event.timestamp),
        "operation": event.operation_id,
        "name": event.name,
        "requestId": event.details.get("RequestId"),
        "error": None if event.error is None else str(event.error),
    }


def _error(error: ExecutionError | None, trace: Sequence[str] = ()) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "type": error.type,
        "message": error.message,
        "data": error.data,
        "trace": list(error.stack_trace or trace),
    }


def _payload(payload: str | None, limit: int | None) -> dict[str, Any] | None:
    if payload is None:
        return None
    text = pretty(payload)
    if limit is None or len(text) <= limit:
        return {"text": text, "cut": 0}
    return {"text": text[:limit], "cut": len(text) - limit}


def _ms(moment: datetime | None) -> float | None:
    return None if moment is None else round(moment.timestamp() * 1000, 3)


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
