"""One durable execution with everything that a timeline shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.timeline.invocation import invocations
from durable_mi.timeline.span import spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from durable_mi.operate.execution import Event, Execution
    from durable_mi.timeline.invocation import Invocation
    from durable_mi.timeline.log_entry import LogEntry
    from durable_mi.timeline.span import Span

__all__ = ["Timeline"]

_RETURNED: Final = frozenset({"SUCCEEDED", "FAILED"})

_ARN: Final = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:(?P<name>[^:/]+):(?P<version>[^/]+)/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """An execution, its operations, invocations and log lines.

    Attributes:
        execution: Its state, with input and result.
        events: The whole history, oldest first.
        spans: The operations, each context followed by what ran in it.
        invocations: The invocations of the handler, oldest first; empty if the history has none.
        logs: The log lines, oldest first; ``None`` if they could not be read.
        now: The time that it shows, with time zone; the execution's end after it has ended.
    """

    execution: Execution
    events: Sequence[Event]
    spans: Sequence[Span]
    invocations: Sequence[Invocation]
    logs: Sequence[LogEntry] | None
    now: datetime

    @classmethod
    def build(
        cls,
        execution: Execution,
        events: Sequence[Event],
        *,
        now: datetime,
        invoked: Sequence[Invocation] = (),
        logs: Sequence[LogEntry] | None = None,
    ) -> Timeline:
        """Combine the data of an execution.

        Args:
            execution: Its state, read with the execution data.
            events: Its whole history, oldest first, likewise.
            now: The service's time at which they were read, with time zone.
            invoked: The runtime's own records of the invocations. Defaults to those of the history only.
            logs: The log lines, oldest first; ``None`` if they could not be read.
        """
        return cls(
            execution=execution,
            events=events,
            spans=spans(events),
            invocations=invocations(events, invoked),
            logs=logs,
            now=execution.ended or now,
        )

    @property
    def function_name(self) -> str:
        """The function, as the ARN names it; empty if it names none."""
        match = _ARN.match(self.execution.arn)
        return match["name"] if match else ""

    @property
    def version(self) -> str:
        """The version that runs it, as the ARN names it; empty if it names none."""
        match = _ARN.match(self.execution.arn)
        return match["version"] if match else ""

    @property
    def took_s(self) -> float:
        """Seconds from the start to the end, or until now."""
        return max((self.now - self.execution.started).total_seconds(), 0.0)

    @property
    def running_s(self) -> float | None:
        """Seconds in which the handler ran; ``None`` if the invocations are unknown."""
        if not self.invocations:
            return None
        return sum((ended - started).total_seconds() for started, ended in self.active())

    @property
    def suspended_s(self) -> float | None:
        """Seconds in which no invocation ran; ``None`` if the invocations are unknown."""
        running = self.running_s
        return None if running is None else max(self.took_s - running, 0.0)

    def active(self) -> Iterator[tuple[datetime, datetime]]:
        """Return the periods in which the handler ran, merged if they overlap, within the execution.

        They include the time that the service takes to start the first invocation and to record the last result. Time
        between the periods, or after the last one, is time in which the execution was suspended.
        """
        if not self.invocations:
            return
        begun = until = self.execution.started
        for position, each in enumerate(self.invocations):
            started = max(each.started, begun)
            if position and started > until:
                yield begun, until
                begun = started
            until = max(until, min(each.ended or self.now, self.now))
        yield begun, self.now if self.execution.status in _RETURNED else until

    def stack_trace(self, span: Span, attempt: int) -> Sequence[str]:
        """Return the frames of a failed attempt at a step. The log often has them if the history does not.

        Args:
            span: The step.
            attempt: The attempt's position among its attempts, from 0.
        """
        error = span.attempts[attempt].error
        if error is None or error.stack_trace:
            return error.stack_trace if error else ()
        failed = [number for number, each in enumerate(span.attempts) if each.error is not None]
        logged = [entry for entry in self.logs or () if entry.operation_id == span.id and entry.stack_trace]
        position = failed.index(attempt)
        return logged[position].stack_trace if position < len(logged) else ()
