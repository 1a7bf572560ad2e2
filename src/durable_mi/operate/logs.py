"""The log lines of one durable execution, which arrive in CloudWatch Logs shortly after they were written."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["LogLine", "log_pattern", "log_patterns", "settled_lines"]


_LOUD: Final = frozenset({"WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"})
_LIBRARIES: Final = ("aws_durable_execution_sdk_python", "boto3", "botocore", "urllib3", "s3transfer")
_PLATFORM: Final = re.compile(r'(?:INIT_START|START|END|REPORT) |\{.*"type": ?"platform\.')

# A filter pattern has at most 1024 characters (API FilterPattern), and a request id takes 40 of them.
_REQUESTS_A_PATTERN: Final = 24
_MOST_PATTERNS: Final = 10


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
        logger: Name of the logger; ``None`` if the line names none.
    """

    timestamp: datetime
    message: str
    level: str | None = None
    operation: str | None = None
    error: str | None = None
    stack_trace: Sequence[str] = ()
    raw: str = ""
    logger: str | None = None

    @property
    def is_noise(self) -> bool:
        """Whether it is a line of the runtime, the durable SDK or boto3, and no warning."""
        if self.level in _LOUD or self.error is not None:
            return False
        return self.is_of_runtime or any(
            self.logger == each or (self.logger or "").startswith((f"{each}.", f"{each}_")) for each in _LIBRARIES
        )

    @property
    def is_of_runtime(self) -> bool:
        """Whether the runtime wrote it about an invocation, such as its start, its end and its report."""
        return _PLATFORM.match(self.raw) is not None

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
            logger=_text(fields.get("logger")) or _text(fields.get("name")),
        )


def log_pattern(execution_arn: str) -> str:
    """Return the filter pattern for the lines with the execution's ARN, as the durable SDK's logger writes it."""
    return f'"{execution_arn}"'


def log_patterns(execution_arn: str, requests: Sequence[str]) -> Iterator[str]:
    """Yield the filter patterns for the lines of an execution and those of its invocations, such as printed ones.

    Args:
        execution_arn: The execution.
        requests: The request ids of its invocations; a pattern has room for some of them, and the first 240 count.
    """
    yield log_pattern(execution_arn)
    for start in range(0, min(len(requests), _REQUESTS_A_PATTERN * _MOST_PATTERNS), _REQUESTS_A_PATTERN):
        yield " ".join(f'?"{request}"' for request in requests[start : start + _REQUESTS_A_PATTERN])


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
