"""Times as a user writes them: absolute, or so long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from durable_mi.operate.errors import UsageError

__all__ = ["parse_moment"]

_AGO: Final = re.compile(r"(?:\d+[smhdw])+")
_PART: Final = re.compile(r"(\d+)([smhdw])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parse_moment(option: str, text: str, *, now: datetime | None = None) -> datetime:
    """Return the time that a user means.

    Args:
        option: The option, for the error.
        text: So long ago, such as ``2h``, ``90m`` or ``1d12h``; or an ISO 8601 date or time. One without a time zone
            is in that of this machine.
        now: The present. Defaults to the clock's.

    Raises:
        UsageError: It is neither.
    """
    given = text.strip()
    present = now or datetime.now(UTC)
    try:
        if _AGO.fullmatch(given.lower()):
            seconds = sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(given.lower()))
            return present - timedelta(seconds=seconds)
        # A time without a zone is in that of this machine.
        return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        msg = f"{option} must be so long ago, such as 2h or 1d12h, or a time such as 2026-01-31T12:00Z, got {text!r}"
        raise UsageError(msg) from None
