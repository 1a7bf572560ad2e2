"""Read a timeline through the Lambda and CloudWatch Logs APIs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from durable_mi.operate.errors import OperatorError
from durable_mi.operate.follow import Reader, read_history
from durable_mi.operate.logs import log_patterns
from durable_mi.timeline.log_entry import LogEntry
from durable_mi.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.logs import LogLine
    from durable_mi.operate.target import Target
    from durable_mi.timeline.invocation import Invocation

__all__ = ["Source", "read_timeline"]


class Source(Reader, Protocol):
    """The calls that reading needs."""

    def log_group(self, target: Target) -> str:
        """Read the name of the log group that the function writes to."""

    def log_lines(self, log_group: str, *, pattern: str, start_ms: int) -> Sequence[LogLine]:
        """Read the log lines that match a filter pattern, oldest first."""


def read_timeline(  # noqa: PLR0913 - what a runtime knows beside the API
    source: Source,
    arn: str,
    target: Target,
    *,
    invoked: Sequence[Invocation] = (),
    waiting: datetime | None = None,
    notices: Sequence[tuple[datetime, str]] = (),
) -> Timeline:
    """Read a timeline.

    Args:
        source: The client.
        arn: The execution.
        target: The version that runs it.
        invoked: The runtime's own records of the invocations. Defaults to those of the history only.
        waiting: Since when an invocation waits for a worker. Defaults to none that does.
        notices: What the runtime reported about the execution, oldest first, each with its time.

    Returns:
        The timeline; without logs if they cannot be read.

    Raises:
        OperatorError: The execution or its history cannot be read.
    """
    execution = source.execution(arn, include_data=True)
    events = read_history(source, arn)
    build = partial(Timeline.build, execution, events, invoked=invoked, waiting=waiting, notices=notices)
    timeline = build(now=datetime.now(UTC))
    try:
        group = source.log_group(target)
        start_ms = int(execution.started.timestamp() * 1000)
        lines = {
            (line.timestamp, line.raw): line
            for pattern in log_patterns(arn, [each.request_id for each in timeline.invocations])
            for line in source.log_lines(group, pattern=pattern, start_ms=start_ms)
        }
    except OperatorError:
        return timeline
    logs = [LogEntry.of(line) for line in sorted(lines.values(), key=lambda each: each.timestamp)]
    return build(now=timeline.now, logs=logs)
