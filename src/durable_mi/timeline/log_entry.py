"""A log line with its operation and its invocation."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.operate.logs import LogLine

__all__ = ["LogEntry"]

# The durable SDK names the operation in the text of its own lines, such as that of a step that failed.
_OPERATION_ID: Final = re.compile(r"\bid: ([0-9a-f]{64})\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class LogEntry:
    """One line of the function's log.

    Attributes:
        timestamp: When it was written, with time zone.
        message: What was logged.
        level: Its level; ``None`` for a line that is not JSON.
        operation_id: The operation that logged it; ``None`` outside of operations.
        request_id: The invocation that logged it; ``None`` if the line does not name it.
        attempt: The attempt at a step that logged it.
        error: Type and message of the logged exception.
        stack_trace: The frames of that exception.
        logger: Name of the logger; ``None`` if the line does not name it.
    """

    timestamp: datetime
    message: str
    level: str | None = None
    operation_id: str | None = None
    request_id: str | None = None
    attempt: int | None = None
    error: str | None = None
    stack_trace: Sequence[str] = ()
    logger: str | None = None

    @classmethod
    def of(cls, line: LogLine, *, request_id: str | None = None) -> LogEntry:
        """Parse a line.

        Args:
            line: The line.
            request_id: The invocation that wrote it, for a line that does not name one.
        """
        fields = _fields(line.raw)
        # The logger of a child context names the context as the parent of what may come.
        operation = fields.get("operationId") or fields.get("parentId") or _named(line.message)
        attempt = fields.get("attempt")
        own = fields.get("requestId")
        logger = fields.get("logger")
        return cls(
            timestamp=line.timestamp,
            message=line.message,
            level=line.level,
            operation_id=operation if isinstance(operation, str) else None,
            request_id=own if isinstance(own, str) else request_id,
            attempt=attempt if isinstance(attempt, int) else None,
            error=line.error,
            stack_trace=line.stack_trace,
            logger=logger if isinstance(logger, str) else None,
        )


def _fields(raw: str) -> dict[str, Any]:
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _named(message: str) -> str | None:
    match = _OPERATION_ID.search(message)
    return match[1] if match else None
