"""The timeline of one local execution, from the durable service, the invocations' records and the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.api_error import ApiError
from durable_mi.local.logs.filter.pattern import FilterPattern
from durable_mi.operate.errors import NotFoundError
from durable_mi.operate.execution import Event, Execution
from durable_mi.operate.logs import LogLine
from durable_mi.timeline.invocation import Invocation
from durable_mi.timeline.log_entry import LogEntry
from durable_mi.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.local.durable.service import DurableService
    from durable_mi.local.logs.store import LogEvent, LogStore
    from durable_mi.local.notices.notices import Notices
    from durable_mi.local.workers.invocation_record import InvocationRecords

__all__ = ["LocalTimelines"]

_MOST_LOGS: Final = 2000


@dataclass(frozen=True, slots=True)
class LocalTimelines:
    """Reads timelines.

    Attributes:
        durable: The durable service.
        records: Where the invocations ran.
        logs: What the functions wrote.
        notices: What was reported about executions.
    """

    durable: DurableService
    records: InvocationRecords
    logs: LogStore
    notices: Notices

    async def read(self, arn: str, log_group: str | None) -> Timeline:
        """Read the timeline of an execution.

        Args:
            arn: The execution.
            log_group: Where its function logs; ``None`` where that is not known.

        Raises:
            NotFoundError: There is no such execution.
        """
        try:
            details = self.durable.details(arn)
        except ApiError as error:
            raise NotFoundError(error.message) from error
        execution = Execution.from_api(_revived(details))
        ran, waiting = self._invocations(arn), self._waiting(arn)
        notices = [(_moment(notice.at), notice.text) for notice in self.notices.of(arn)]

        def build() -> Timeline:
            return Timeline.build(
                execution,
                [Event.from_api(event) for event in self.durable.history(arn)],
                now=_moment(self.durable.now(arn)),
                invoked=ran,
                logs=None if log_group is None else self._log_entries(log_group, execution, ran),
                waiting=waiting,
                notices=notices,
            )

        return await asyncio.to_thread(build)

    def _invocations(self, arn: str) -> list[Invocation]:
        """Return the invocations of an execution, those under way included, oldest first."""
        ended = [
            Invocation(
                request_id=record.request_id,
                requested=_moment(record.requested),
                started=_moment(record.started),
                ended=_moment(record.ended),
                environment=record.environment,
                pid=record.pid,
                error=record.error,
            )
            for record in self.records.of(arn)
        ]
        now = self.durable.now(arn)
        under_way = [
            Invocation(
                request_id=each.request_id,
                requested=_moment(now - each.running_ms() - each.queued_ms()),
                started=_moment(now - each.running_ms()),
                environment=each.environment,
                pid=each.pid,
            )
            for each in self.records.under_way(arn)
        ]
        return ended + under_way

    def _waiting(self, arn: str) -> datetime | None:
        """Return since when an invocation of the execution waits for a worker."""
        longest = max((each.queued_ms() for each in self.records.queued(arn)), default=None)
        return None if longest is None else _moment(self.durable.now(arn) - longest)

    def _log_entries(self, group: str, execution: Execution, ran: Iterable[Invocation]) -> list[LogEntry]:
        """Return what the execution logged: lines that name it or one of its invocations, and what was just printed.

        A worker runs one invocation at a time, so a line without a request id belongs to the one that it ran then.
        """
        requests = {each.request_id for each in ran}
        windows = [
            (f"/{each.pid}", each.started.timestamp() * 1000, _end_ms(each), each.request_id)
            for each in ran
            if each.pid is not None
        ]
        start = int(execution.started.timestamp() * 1000)
        found: list[LogEntry] = []
        for event in self.logs.search(group, FilterPattern.parse(""), start=start):
            printed_by = next(
                (
                    request
                    for suffix, begun, ended, request in windows
                    if begun <= event.timestamp <= ended and event.stream.endswith(suffix)
                ),
                None,
            )
            if execution.arn not in event.message and printed_by is None:
                continue
            entry = LogEntry.of(_line(event), request_id=printed_by)
            if execution.arn in event.message or entry.request_id in requests:
                found.append(entry)
                if len(found) == _MOST_LOGS:
                    break
        return found


def _end_ms(invocation: Invocation) -> float:
    return float("inf") if invocation.ended is None else invocation.ended.timestamp() * 1000 + 1


def _line(event: LogEvent) -> LogLine:
    return LogLine.parse(event.message, timestamp_ms=event.timestamp)


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _revived(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Turn the API's timestamps, seconds on the wire, into moments."""
    if isinstance(value, list):
        return [_revived(item) for item in value]
    if isinstance(value, dict):
        return {
            key: datetime.fromtimestamp(item, UTC)
            if key.endswith("Timestamp") and isinstance(item, int | float)
            else _revived(item)
            for key, item in value.items()
        }
    return value
