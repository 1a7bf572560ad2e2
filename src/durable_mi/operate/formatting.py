"""Values of the service in readable form: payloads, durations, times, text of unknown origin."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["clean", "clean_line", "clock", "compact", "deadline", "decoded", "duration", "moment", "pretty"]

# The envelope in which the durable SDK for Python keeps the results of operations: {"t": tag, "v": value}, nested.
_TAGS: Final = frozenset({"n", "s", "i", "f", "b", "B", "u", "d", "dt", "D", "t", "l", "m", "br"})

_MILLI, _MINUTE, _HOUR, _HALF_DAY, _DAY = 1000, 60, 3600, 43_200, 86_400


def decoded(payload: str) -> object:
    """Return the JSON value of a payload without the SDK's envelope, or the text if it is not JSON."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return payload
    return _unwrapped(value)


def compact(payload: str) -> str:
    """Format a payload on one line."""
    value = decoded(payload)
    text = value if isinstance(value, str) and value == payload else json.dumps(value, ensure_ascii=False)
    return clean(" ".join(text.splitlines()))


def pretty(payload: str) -> str:
    """Format a payload on several lines."""
    value = decoded(payload)
    return clean(
        value if isinstance(value, str) and value == payload else json.dumps(value, ensure_ascii=False, indent=2)
    )


def clean(text: str) -> str:
    """Escape control characters, so that a function's output cannot control the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def clean_line(text: str) -> str:
    """Escape control characters and line ends, so that what others named stays in its line."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def duration(seconds: float) -> str:
    """Format a duration with its two largest units; whole seconds are shown as whole seconds."""
    if isinstance(seconds, int) and 0 < seconds < _MINUTE:
        return f"{seconds} s"
    milliseconds = round(seconds * 1000)
    if milliseconds < _MILLI:
        return f"{milliseconds} ms"
    if round(seconds, 2) < _MINUTE:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    units = [
        (whole // _DAY, "d"),
        (whole % _DAY // _HOUR, "h"),
        (whole % _HOUR // _MINUTE, "min"),
        (whole % _MINUTE, "s"),
    ]
    first = next(number for number, (count, _) in enumerate(units) if count)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count)


def moment(timestamp: datetime, *, with_date: bool = False) -> str:
    """Format a time in UTC to the millisecond."""
    text = timestamp.astimezone(UTC).isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
    return text if with_date else text.partition(" ")[2]


def clock(timestamp: datetime) -> str:
    """Format the time of day in UTC to the second."""
    return f"{moment(timestamp).partition('.')[0]} UTC"


def deadline(timestamp: datetime, seen_from: datetime) -> str:
    """Format a time in UTC to the second, with the date if it is more than half a day away."""
    is_far = abs((timestamp - seen_from).total_seconds()) > _HALF_DAY
    return f"{moment(timestamp, with_date=True).partition('.')[0]} UTC" if is_far else clock(timestamp)


def _unwrapped(value: object) -> object:
    if isinstance(value, dict) and value.keys() == {"t", "v"} and str(value["t"]) in _TAGS:
        inner = value["v"]
        if isinstance(inner, list):
            return [_unwrapped(item) for item in inner]
        if isinstance(inner, dict):
            return {key: _unwrapped(item) for key, item in inner.items()}
        return inner
    return value
