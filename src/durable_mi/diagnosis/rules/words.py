"""Operations, times and errors in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.operate.formatting import deadline, duration
from durable_mi.operate.selection.callback_name import callback_name

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.diagnosis.evidence import Evidence
    from durable_mi.operate.execution import ExecutionError
    from durable_mi.timeline.span import Span

__all__ = ["error_line", "in_time", "named", "since", "until", "what"]

_NOUNS = {"Step": "step", "Wait": "wait", "Callback": "callback", "Context": "context", "ChainedInvoke": "invoke"}


def named(span: Span) -> str:
    """Return an operation with its kind, such as ``step charge``."""
    noun = _NOUNS[span.kind]
    return f"{noun} {callback_name(span.name)}".rstrip()


def since(moment: datetime, now: datetime) -> str:
    """Return since when, such as ``since 12:00:00 UTC (3 min 2 s)``."""
    return f"since {deadline(moment, now)} ({duration(max(int((now - moment).total_seconds()), 0))})"


def until(moment: datetime, now: datetime) -> str:
    """Return until when, such as ``until 12:00:00 UTC``."""
    return f"until {deadline(moment, now)}"


def in_time(moment: datetime, now: datetime) -> str:
    """Return in how long, such as ``in 3 min 2 s``."""
    seconds = int((moment - now).total_seconds())
    return f"in {duration(seconds)}" if seconds > 0 else "now"


def error_line(error: ExecutionError | None) -> str:
    """Return type and message of an error on one line."""
    return "an unknown error" if error is None else " ".join(str(error).split())


def what(evidence: Evidence) -> str:
    """Return what an execution is at, such as ``callback approval and step export``."""
    spans = evidence.open
    if not spans:
        return "no operation"
    names = list(dict.fromkeys(named(span) for span in spans))
    shown = names[:3]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")
