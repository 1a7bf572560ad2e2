"""The CloudWatch Logs API: groups, streams and events."""

from __future__ import annotations

import itertools
import json
import re
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from durable_mi.cloudformation.region import partition_of
from durable_mi.local.api.logs.event_stream import MEDIA_TYPE
from durable_mi.local.api.logs.live_tail import LiveTail
from durable_mi.local.api.logs.logs_request import LogsRequest, invalid_parameter, offset_page, parsed_pattern
from durable_mi.local.api_error import ApiError
from durable_mi.local.logs.filter.pattern import FilterPattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from durable_mi.local.logs.store import LogEvent, LogStore

__all__ = ["LogsApi"]

_MAX_EVENTS = 10_000
_MAX_DESCRIBED = 50
_TARGET = "Logs_20140328."
_TOKEN = re.compile(r"([fb])/(-?\d{1,18})", re.ASCII)


class LogsApi:
    """Serves the calls of the Logs API that read.

    Args:
        logs: What the functions wrote.
        region: Region of ARNs.
        account: Account of ARNs.
    """

    def __init__(self, logs: LogStore, *, region: str, account: str) -> None:
        self._logs = logs
        self._arn = f"arn:{partition_of(region)}:logs:{region}:{account}:log-group"
        self._created = int(time.time() * 1000)
        self.calls: dict[str, Callable[[LogsRequest], dict[str, Any] | LiveTail]] = {
            "FilterLogEvents": self._filter_log_events,
            "GetLogEvents": self._get_log_events,
            "DescribeLogStreams": self._describe_log_streams,
            "DescribeLogGroups": self._describe_log_groups,
            "StartLiveTail": self._start_live_tail,
        }

    def routes(self) -> list[Route]:
        """Return the path of the API; the call's name is in the ``X-Amz-Target`` header."""
        return [Route("/", self.call, methods=["POST"])]

    async def call(self, request: Request) -> Response:
        """Serve one call."""
        target = request.headers.get("X-Amz-Target", "")
        name = target.removeprefix(_TARGET)
        if name not in self.calls:
            raise ApiError(501, "NotImplemented", name or f"{request.method} {request.url.path}")
        answer = self.calls[name](LogsRequest.parse(name, await request.body()))
        if isinstance(answer, LiveTail):
            return StreamingResponse(answer.events(), media_type=MEDIA_TYPE)
        return Response(json.dumps(answer), media_type="application/x-amz-json-1.1")

    def _filter_log_events(self, request: LogsRequest) -> dict[str, Any]:
        group = self._group(request)
        request.exclusive("logStreamNames", "logStreamNamePrefix")
        pattern = parsed_pattern(request.text("filterPattern") or "")
        forward, position = _token(request, forward=request.flag("startFromHead", default=True))
        limit = request.limit(_MAX_EVENTS)
        found = self._logs.search(
            group,
            pattern,
            start=request.time("startTime"),
            end=request.time("endTime"),
            streams=request.texts("logStreamNames"),
            stream_prefix=request.text("logStreamNamePrefix") or "",
            beyond=position,
            newest_first=not forward,
        )
        events = list(itertools.islice(found, limit + 1))
        page: dict[str, Any] = {
            "events": [
                {"logStreamName": event.stream, **_event(event), "eventId": str(event.number)}
                for event in events[:limit]
            ],
            "searchedLogStreams": [],
        }
        if len(events) > limit:
            page["nextToken"] = f"{'f' if forward else 'b'}/{events[limit - 1].number}"
        return page

    def _get_log_events(self, request: LogsRequest) -> dict[str, Any]:
        group = self._group(request)
        stream = request.required("logStreamName")
        if stream not in self._logs.streams(group):
            message = f"the specified log stream does not exist: {stream}"
            raise ApiError(400, "ResourceNotFoundException", message)
        end = request.time("endTime")
        forward, position = _token(request, forward=request.flag("startFromHead", default=False))
        found = self._logs.search(
            group,
            FilterPattern(),
            start=request.time("startTime"),
            # Here, unlike in FilterLogEvents, the end does not belong to the time.
            end=None if end is None else end - 1,
            streams=[stream],
            beyond=position,
            newest_first=not forward,
        )
        events = list(itertools.islice(found, request.limit(_MAX_EVENTS)))
        if not forward:
            events.reverse()
        first = events[0].number if events else 0 if position is None else position + (1 if forward else 0)
        last = events[-1].number if events else -1 if position is None else position - (0 if forward else 1)
        return {
            "events": [_event(event) for event in events],
            "nextForwardToken": f"f/{last}",
            "nextBackwardToken": f"b/{first}",
        }

    def _describe_log_streams(self, request: LogsRequest) -> dict[str, Any]:
        group = self._group(request)
        prefix = request.text("logStreamNamePrefix") or ""
        order = request.text("orderBy") or "LogStreamName"
        if order not in {"LogStreamName", "LastEventTime"}:
            msg = f"orderBy must be LogStreamName or LastEventTime, got {order}"
            raise invalid_parameter(msg)
        if prefix and order == "LastEventTime":
            msg = "Cannot order by LastEventTime with a logStreamNamePrefix."
            raise invalid_parameter(msg)
        streams = [
            self._stream(group, name, first, last)
            for name, (first, last) in self._logs.streams(group).items()
            if name.startswith(prefix)
        ]
        key = "lastEventTimestamp" if order == "LastEventTime" else "logStreamName"
        streams.sort(key=lambda stream: stream[key], reverse=request.flag("descending", default=False))
        listed, token = offset_page(streams, request, _MAX_DESCRIBED)
        return {"logStreams": list(listed), **token}

    def _describe_log_groups(self, request: LogsRequest) -> dict[str, Any]:
        request.exclusive("logGroupNamePrefix", "logGroupNamePattern")
        prefix = request.text("logGroupNamePrefix") or ""
        pattern = request.text("logGroupNamePattern") or ""
        identifiers = request.texts("logGroupIdentifiers")
        wanted = None if identifiers is None else {_group_name(each) for each in identifiers}
        described = [
            self._described_group(name, is_short=bool(pattern))
            for name in self._logs.groups()
            if name.startswith(prefix) and pattern in name and (wanted is None or name in wanted)
        ]
        listed, token = offset_page(described, request, _MAX_DESCRIBED)
        return {"logGroups": list(listed), **token}

    def _start_live_tail(self, request: LogsRequest) -> LiveTail:
        return LiveTail.open(self._logs, request, {f"{self._arn}:{name}": name for name in self._logs.groups()})

    def _described_group(self, name: str, *, is_short: bool) -> dict[str, Any]:
        short = {"logGroupName": name, "creationTime": self._created, "arn": f"{self._arn}:{name}:*"}
        if is_short:
            return short
        more = {"metricFilterCount": 0, "storedBytes": 0, "logGroupClass": "STANDARD"}
        return {**short, **more, "logGroupArn": f"{self._arn}:{name}"}

    def _stream(self, group: str, name: str, first: LogEvent, last: LogEvent) -> dict[str, Any]:
        return {
            "logStreamName": name,
            "creationTime": first.timestamp,
            "firstEventTimestamp": first.timestamp,
            "lastEventTimestamp": last.timestamp,
            "lastIngestionTime": last.timestamp,
            "arn": f"{self._arn}:{group}:log-stream:{name}",
            "storedBytes": 0,
        }

    def _group(self, request: LogsRequest) -> str:
        request.exclusive("logGroupName", "logGroupIdentifier")
        name = request.text("logGroupIdentifier")
        group = request.required("logGroupName") if name is None else _group_name(name)
        if not self._logs.has_group(group):
            known = ", ".join(self._logs.groups()) or "none"
            message = f"the specified log group does not exist: {group} (log groups here: {known})"
            raise ApiError(400, "ResourceNotFoundException", message)
        return group


def _group_name(identifier: str) -> str:
    """Return the name in a log group's ARN, or the name that it is."""
    return identifier.removesuffix(":*").rpartition(":log-group:")[2]


def _event(event: LogEvent) -> dict[str, Any]:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.timestamp}


def _token(request: LogsRequest, *, forward: bool) -> tuple[bool, int | None]:
    """Return the direction and the last event before the page: those of the token, or the given direction and none."""
    token = request.text("nextToken")
    if token is None:
        return forward, None
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        message = f"nextToken must be from an earlier response, got {token}"
        raise invalid_parameter(message)
    return parts[1] == "f", int(parts[2])
