"""One durable execution with everything that a timeline shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.timeline.invocation import invocations
from durable_mi.timeline.span import spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from durable_mi.operate.execution import Event, Execution
    from durable_mi.timeline.invocation import Invocation
    from durable_mi.timeline.log_entry import LogEntry
    from durable_mi.timeline.span import Span

__all__ = ["Timeline"]

_RETURNED: Final = frozenset({"SUCCEEDED", "FAILED"})

Period = tuple["datetime", "datetime"]
"""From when to when."""

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
        waiting: Since when an invocation waits for a worker; ``None`` if none does.
        notices: What the runtime reported about it, oldest first, each with its time.
        now: The time that it shows, with time zone; the execution's end after it has ended.
    """

    execution: Execution
    events: Sequence[Event]
    spans: Sequence[Span]
    invocations: Sequence[Invocation]
    logs: Sequence[LogEntry] | None
    waiting: datetime | None
    notices: Sequence[tuple[datetime, str]]
    now: datetime

    @classmethod
    def build(  # noqa: PLR0913 - what a runtime knows beside the API
        cls,
        execution: Execution,
        events: Sequence[Event],
        *,
        now: datetime,
        invoked: Sequence[Invocation] = (),
        logs: Sequence[LogEntry] | None = None,
        waiting: datetime | None = None,
        notices: Sequence[tuple[datetime, str]] = (),
    ) -> Timeline:
        """Combine the data of an execution.

        Args:
            execution: Its state, read with the execution data.
            events: Its whole history, oldest first, likewise.
            now: The service's time at which they were read, with time zone.
            invoked: The runtime's own records of the invocations. Defaults to those of the history only.
            logs: The log lines, oldest first; ``None`` if they could not be read.
            waiting: Since when an invocation waits for a worker. Defaults to none that does.
            notices: What the runtime reported about the execution, oldest first, each with its time.
        """
        return cls(
            execution=execution,
            events=events,
            spans=spans(events),
            invocations=invocations(events, invoked),
            logs=logs,
            waiting=None if execution.has_ended else waiting,
            notices=notices,
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
        return _total(self.active()) if self._knows_invocations else None

    @property
    def queued_s(self) -> float | None:
        """Seconds in which an invocation waited for a worker and none ran; ``None`` if that is unknown."""
        return _total(self.queued()) if self._knows_queue else None

    @property
    def suspended_s(self) -> float | None:
        """Seconds in which no invocation ran and none waited; ``None`` if the invocations are unknown."""
        running = self.running_s
        return None if running is None else max(self.took_s - running - (self.queued_s or 0.0), 0.0)

    @property
    def _knows_queue(self) -> bool:
        return self.waiting is not None or any(each.requested is not None for each in self.invocations)

    @property
    def _knows_invocations(self) -> bool:
        return bool(self.invocations) or self.waiting is not None

    def active(self) -> Iterator[Period]:
        """Return the periods in which the handler ran, merged if they overlap, within the execution.

        They include the time that the service takes to record the last result and, if it is unknown when the first
        invocation was requested, to start it. Other time is time in which the execution was queued or suspended.
        """
        if not self.invocations:
            return
        first = self.invocations[0]
        begun = until = self.execution.started if first.requested is None else first.started
        for position, each in enumerate(self.invocations):
            started = max(each.started, begun)
            if position and started > until:
                yield begun, until
                begun = started
            until = max(until, min(each.ended or self.now, self.now))
        yield begun, self.now if self.execution.status in _RETURNED else until

    def queued(self) -> Iterator[Period]:
        """Return the periods in which an invocation waited for a worker while none ran, within the execution."""
        waits = [(each.requested, each.started) for each in self.invocations if each.requested is not None]
        if self.waiting is not None:
            waits.append((self.waiting, self.now))
        reached = self.execution.started
        for position, (requested, taken) in enumerate(sorted(waits)):
            # The service requests the first invocation as it starts the execution.
            since = reached if position == 0 and not self._ran_before(requested) else max(requested, reached)
            for started, ended in self.active():
                if started <= since < ended:
                    since = ended
            if taken > since:
                yield since, taken
                reached = taken

    def _ran_before(self, moment: datetime) -> bool:
        return any(each.started < moment for each in self.invocations)

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


def _total(periods: Iterable[Period]) -> float:
    return sum((ended - started).total_seconds() for started, ended in periods)
