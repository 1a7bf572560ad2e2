"""What ``durable-mi show`` shows of an execution."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from durable_mi.cli.executions.read_logs import Logs
from durable_mi.operate.bulk.lineage import read_lineage
from durable_mi.operate.errors import OperatorError
from durable_mi.operate.follow import read_history
from durable_mi.operate.logs import LogLine, log_patterns
from durable_mi.operate.selection.execution_arn import ExecutionArn
from durable_mi.operate.selection.place import Place, PlaceFinder
from durable_mi.operate.selection.summary import Summary
from durable_mi.timeline.local_document import document_records, local_document
from durable_mi.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from durable_mi.cli.executions.scope import ExecutionScope
    from durable_mi.operate.bulk.lineage import Lineage
    from durable_mi.operate.client import Client
    from durable_mi.operate.execution import Event, Execution

__all__ = ["Detail", "invocation_requests", "read_detail", "read_lines"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """One execution.

    Attributes:
        arn: Its ARN.
        timeline: Its state and operations.
        place: Where it is; ``None`` if it succeeded.
        traceback: The frames of the error, of the step where that is known.
        logs: Its log lines; ``None`` if they are not wanted.
        lineage: What it repeats and what repeats it; ``None`` if the executions cannot be listed.
    """

    arn: ExecutionArn
    timeline: Timeline
    place: Place | None
    traceback: Sequence[str]
    logs: Logs | None
    lineage: Lineage | None = None

    @property
    def next_wake(self) -> datetime | None:
        """When the service continues by itself; ``None`` if it waits for nothing that has a time."""
        times = [each.due or each.deadline for each in self.timeline.spans if each.ended is None]
        known = [each for each in times if each is not None]
        return min(known) if known and not self.timeline.execution.has_ended else None


def read_detail(scope: ExecutionScope, arn: ExecutionArn, *, with_logs: bool = False) -> Detail:
    """Read an execution.

    Args:
        scope: Where it is.
        arn: The execution.
        with_logs: Whether to read its log lines.

    Raises:
        OperatorError: It cannot be read. That its log lines cannot be read is no error.
    """
    client = scope.client
    local = local_document(client.address, arn.text) if client.is_loopback else None
    execution = client.execution(arn.text, include_data=True)
    events = read_history(client, arn.text)
    finder = PlaceFinder(execution.status)
    finder.see(reversed(events))
    place = None if execution.has_succeeded else finder.place()
    logs: Logs | None = None
    if with_logs:
        group: str | None = None
        try:
            group = client.log_group(arn.target)
            start_ms = int(execution.started.timestamp() * 1000)
            lines = read_lines(client, group, arn.text, invocation_requests(events), start_ms=start_ms)
            logs = Logs(group=group, lines=lines)
        except OperatorError as error:
            logs = Logs(group=group, problem=str(error))
    return Detail(
        arn=arn,
        timeline=Timeline.build(execution, events, now=datetime.now(UTC), **document_records(local)),
        place=place,
        traceback=_traceback(place, execution.error.stack_trace if execution.error else (), local),
        logs=logs,
        lineage=_lineage(scope, execution),
    )


def _lineage(scope: ExecutionScope, execution: Execution) -> Lineage | None:
    # What may not be listed is no reason to show nothing.
    with suppress(OperatorError):
        summary = Summary(
            id=ExecutionArn.parse(execution.arn),
            status=execution.status,
            started=execution.started,
            ended=execution.ended,
        )
        return read_lineage(scope.caller, summary)
    return None


def read_lines(client: Client, group: str, arn: str, requests: Sequence[str], *, start_ms: int) -> Sequence[LogLine]:
    """Read the log lines of an execution and of its invocations, oldest first.

    Raises:
        OperatorError: They cannot be read.
    """
    lines = {
        (line.timestamp, line.raw): line
        for pattern in log_patterns(arn, requests)
        for line in client.log_lines(group, pattern=pattern, start_ms=start_ms)
    }
    # A printed line names neither the execution nor its invocation; the local runtime knows whose it is.
    document = local_document(client.address, arn) if client.is_loopback else None
    for line in [] if document is None else _printed(document):
        lines.setdefault((line.timestamp, line.raw), line)
    return sorted(lines.values(), key=lambda each: each.timestamp)


def _printed(document: Mapping[str, Any]) -> Iterator[LogLine]:
    """Yield the lines of a document of the local runtime that are no JSON."""
    for entry in document.get("logs") or ():
        if entry["level"] is None:
            yield LogLine.parse(entry["message"], timestamp_ms=int(entry["at"]))


def invocation_requests(events: Sequence[Event]) -> Sequence[str]:
    """Return the request ids of the invocations that a history has."""
    return [each.details["RequestId"] for each in events if each.is_invocation and "RequestId" in each.details]


def _traceback(place: Place | None, frames: Sequence[str], local: Mapping[str, Any] | None) -> Sequence[str]:
    """Return the step's own traceback where it is known: the SDK raises another error around it."""
    if place is None or place.error is None:
        return frames
    if place.error.stack_trace:
        return place.error.stack_trace
    spans = [] if local is None else local.get("spans", [])
    attempts = [one for span in spans if span["id"] == place.operation_id for one in span["attempts"]]
    own = [one["error"]["trace"] for one in attempts if one["error"] and one["error"]["trace"]]
    return own[-1] if own else frames
