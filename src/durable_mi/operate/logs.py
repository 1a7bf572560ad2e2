"""The log lines of one durable execution, which arrive in CloudWatch Logs shortly after they were written."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["LogLine", "log_pattern", "settled_lines"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One line of a function's log.

    Attributes:
        timestamp: When it was written, in UTC. From the line itself if it has fractions of a second, which Lambda's own
            JSON format does not have, otherwise from CloudWatch Logs.
        message: What was logged.
        level: Its level; ``None`` for a line that is not JSON.
        operation: Name of the durable operation that logged it; ``None`` outside of operations.
        error: Type and message of the logged exception.
        stack_trace: The frames of that exception.
        raw: The line as it was written.
    """

    timestamp: datetime
    message: str
    level: str | None = None
    operation: str | None = None
    error: str | None = None
    stack_trace: Sequence[str] = ()
    raw: str = ""

    @classmethod
    def parse(cls, line: str, *, timestamp_ms: int) -> LogLine:
        """Read a line: Lambda's JSON log format, the JSON of Powertools, or plain text."""
        raw = line.rstrip("\n")
        timestamp = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
        try:
            fields = json.loads(raw)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict) or "message" not in fields:
            return cls(timestamp=timestamp, message=raw, raw=raw)
        message = fields["message"]
        return cls(
            timestamp=_own_timestamp(fields.get("timestamp")) or timestamp,
            message=message if isinstance(message, str) else json.dumps(message, ensure_ascii=False),
            level=_text(fields.get("level")),
            operation=_text(fields.get("operationName")),
            error=_error(fields),
            stack_trace=_frames(fields.get("stackTrace")),
            raw=raw,
        )


def log_pattern(execution_arn: str) -> str:
    """Return the filter pattern for the lines with the execution's ARN, as the durable SDK's logger writes it."""
    return f'"{execution_arn}"'


def settled_lines(
    read: Callable[[], Sequence[LogLine]],
    *,
    pauses_s: Sequence[float],
    sleep: Callable[[float], None] = time.sleep,
) -> Sequence[LogLine]:
    """Read log lines until no more arrive.

    Args:
        read: Reads the available lines, oldest first.
        pauses_s: Seconds between two readings. Two readings with the same lines end the loop, unless there are no
            lines, because they can be late. After the last pause the loop ends in any case.
        sleep: Waits this number of seconds.

    Returns:
        The lines, oldest first; empty if none arrived in time.
    """
    lines = read()
    for pause in pauses_s:
        sleep(pause)
        before, lines = lines, read()
        if lines and len(lines) == len(before):
            break
    return lines


def _own_timestamp(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        timestamp = datetime.fromisoformat(value)
    except ValueError:
        return None
    return timestamp.astimezone(UTC) if timestamp.tzinfo and timestamp.microsecond else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _frames(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.splitlines())
    return tuple(str(frame).rstrip("\n") for frame in value) if isinstance(value, list) else ()


def _error(fields: dict[str, Any]) -> str | None:
    parts = [_text(fields.get(key)) for key in ("errorType", "errorMessage")]
    return ": ".join(part for part in parts if part) or None
