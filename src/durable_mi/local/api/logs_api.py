"""The CloudWatch Logs API: groups, streams and events."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from durable_mi.local.api_error import ApiError
from durable_mi.local.logs.filter_pattern import FilterPattern

if TYPE_CHECKING:
    from starlette.requests import Request

    from durable_mi.local.logs.store import LogEvent, LogStore

__all__ = ["LogsApi"]

_MAX_EVENTS = 10_000
_TARGET = "Logs_20140328."


class LogsApi:
    """Serves the calls of the Logs API that read.

    Args:
        logs: What the functions wrote.
    """

    def __init__(self, logs: LogStore) -> None:
        self._logs = logs
        self._calls = {
            "FilterLogEvents": self._filter_log_events,
            "GetLogEvents": self._get_log_events,
            "DescribeLogStreams": self._describe_log_streams,
            "DescribeLogGroups": self._describe_log_groups,
        }

    def routes(self) -> list[Route]:
        """Return the path of the API; the call's name is in the ``X-Amz-Target`` header."""
        return [Route("/", self.call, methods=["POST"])]

    async def call(self, request: Request) -> Response:
        """Serve one call."""
        target = request.headers.get("X-Amz-Target", "")
        name = target.removeprefix(_TARGET)
        if name not in self._calls:
            raise ApiError(501, "NotImplemented", name or f"{request.method} {request.url.path}")
        try:
            parameters = json.loads(await request.body())
        except ValueError as error:
            message = f"the request must be JSON: {error}"
            raise ApiError(400, "SerializationException", message) from error
        return Response(json.dumps(self._calls[name](parameters)), media_type="application/x-amz-json-1.1")

    def _filter_log_events(self, parameters: dict[str, Any]) -> dict[str, Any]:
        group = self._group(parameters)
        try:
            pattern = FilterPattern.parse(str(parameters.get("filterPattern", "")))
        except ValueError as error:
            raise ApiError(400, "InvalidParameterException", str(error)) from error
        limit = min(int(parameters.get("limit", _MAX_EVENTS)), _MAX_EVENTS)
        found = self._logs.search(
            group,
            pattern,
            start=parameters.get("startTime"),
            end=parameters.get("endTime"),
            streams=parameters.get("logStreamNames"),
            stream_prefix=str(parameters.get("logStreamNamePrefix", "")),
            after=_after(parameters.get("nextToken")),
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
            page["nextToken"] = str(events[limit - 1].number)
        return page

    def _get_log_events(self, parameters: dict[str, Any]) -> dict[str, Any]:
        group = self._group(parameters)
        stream = str(parameters.get("logStreamName", ""))
        if stream not in self._logs.streams(group):
            message = f"the specified log stream does not exist: {stream}"
            raise ApiError(400, "ResourceNotFoundException", message)
        token = parameters.get("nextToken")
        after = _after(str(token).removeprefix("f/") if token else None)
        found = self._logs.search(
            group,
            FilterPattern(),
            start=parameters.get("startTime"),
            end=parameters.get("endTime"),
            streams=[stream],
            after=after,
        )
        events = list(itertools.islice(found, min(int(parameters.get("limit", _MAX_EVENTS)), _MAX_EVENTS)))
        last = events[-1].number if events else max(after, 0)
        return {
            "events": [_event(event) for event in events],
            "nextForwardToken": f"f/{last}",
            "nextBackwardToken": "b/0",
        }

    def _describe_log_streams(self, parameters: dict[str, Any]) -> dict[str, Any]:
        group = self._group(parameters)
        prefix = str(parameters.get("logStreamNamePrefix", ""))
        streams = self._logs.streams(group)
        return {
            "logStreams": [
                {"logStreamName": name, "firstEventTimestamp": first.timestamp, "lastEventTimestamp": last.timestamp}
                for name, (first, last) in sorted(streams.items())
                if name.startswith(prefix)
            ]
        }

    def _describe_log_groups(self, parameters: dict[str, Any]) -> dict[str, Any]:
        prefix = str(parameters.get("logGroupNamePrefix", ""))
        return {"logGroups": [{"logGroupName": name} for name in self._logs.groups() if name.startswith(prefix)]}

    def _group(self, parameters: dict[str, Any]) -> str:
        group = str(parameters.get("logGroupName") or parameters.get("logGroupIdentifier", ""))
        group = group.removesuffix(":*").rpartition(":log-group:")[2]
        if not self._logs.has_group(group):
            message = f"the specified log group does not exist: {group}"
            raise ApiError(400, "ResourceNotFoundException", message)
        return group


def _event(event: LogEvent) -> dict[str, Any]:
    return {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.timestamp}


def _after(token: object) -> int:
    if token is None:
        return -1
    text = str(token)
    if not text.isdecimal():
        message = f"nextToken must be from an earlier response, got {text}"
        raise ApiError(400, "InvalidParameterException", message)
    return int(text)
