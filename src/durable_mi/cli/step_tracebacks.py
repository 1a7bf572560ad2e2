"""The tracebacks of steps that failed, which the history does not have."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from durable_mi.timeline.local_document import local_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from durable_mi.operate.execution import Event

__all__ = ["StepTracebacks"]

_PAUSES_S: Final = (0.05, 0.1, 0.2, 0.4, 0.0)
"""A process writes its log and its checkpoint in two ways, and the log can be the later one."""


class StepTracebacks:
    """Finds the traceback of each failed attempt at a step in the log of the local runtime.

    Args:
        endpoint_url: The local runtime. Another service on this machine has none.
        arn: The execution.
        read: Reads the timeline document of an execution. Defaults to the endpoint's.
        sleep: Waits this number of seconds.
    """

    def __init__(
        self,
        endpoint_url: str,
        arn: str,
        *,
        read: Callable[[str, str], Mapping[str, Any] | None] = local_document,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint_url = endpoint_url
        self._arn = arn
        self._read = read
        self._sleep = sleep
        self._failures: Counter[str | None] = Counter()

    def of(self, event: Event) -> Sequence[str]:
        """Return the frames of the exception; none if the log does not have it.

        Args:
            event: A ``StepFailed`` event. Each is passed once, in order.
        """
        number = self._failures[event.operation_id]
        self._failures[event.operation_id] += 1
        for pause in _PAUSES_S:
            document = self._read(self._endpoint_url, self._arn)
            if document is None:
                return ()
            frames = _frames(document, event.operation_id, number)
            if frames:
                return frames
            self._sleep(pause)
        return ()


def _frames(document: Mapping[str, Any], operation_id: str | None, number: int) -> Sequence[str]:
    """Return the frames of a step's failed attempt, counted from 0."""
    spans = (span for span in document["spans"] if span["id"] == operation_id)
    errors = [attempt["error"] for span in spans for attempt in span["attempts"] if attempt["error"]]
    return tuple(errors[number]["trace"]) if number < len(errors) else ()
