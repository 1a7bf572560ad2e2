"""What the Lambda platform logs of a version: starts, reports and failed initializations, always JSON here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from durable_mi.operate.logs import LogLine

__all__ = ["PATTERN", "PlatformLine", "platform_lines"]

PATTERN: Final = '{ $.type = "platform.*" }'
"""The filter pattern of these lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformLine:
    """One line.

    Attributes:
        at: When it was written.
        type: Such as ``platform.report`` or ``platform.initReport``.
        status: ``success``, ``failure``, ``error`` or ``timeout``; ``None`` if the line has none.
        error: The type of the error.
        version: The version that it is about; ``None`` if the line does not name it.
        request_id: The invocation that it is about.
    """

    at: datetime
    type: str
    status: str | None = None
    error: str | None = None
    version: str | None = None
    request_id: str | None = None


def platform_lines(lines: Iterable[LogLine]) -> tuple[PlatformLine, ...]:
    """Return the lines of the platform among lines of a log."""
    found = []
    for line in lines:
        try:
            fields = json.loads(line.raw)
        except (ValueError, RecursionError):
            continue
        kind = fields.get("type") if isinstance(fields, dict) else None
        record = fields.get("record") if isinstance(fields, dict) else None
        if isinstance(kind, str) and kind.startswith("platform.") and isinstance(record, dict):
            found.append(
                PlatformLine(
                    at=line.timestamp,
                    type=kind,
                    status=_text(record, "status"),
                    error=_text(record, "errorType"),
                    version=_text(record, "functionVersion") or _text(record, "version"),
                    request_id=_text(record, "requestId"),
                )
            )
    return tuple(found)


def _text(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    return value if isinstance(value, str) else None
