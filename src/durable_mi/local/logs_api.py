"""The CloudWatch Logs API: FilterLogEvents."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from durable_mi.local.api_error import ApiError
from durable_mi.local.filter_pattern import FilterPattern

if TYPE_CHECKING:
    from starlette.requests import Request

    from durable_mi.local.log_store import LogStore

__all__ = ["LogsApi"]

_MAX_EVENTS = 10_000
_TARGET = "Logs_20140328."


class LogsApi:
    """Serves the calls of the Logs API that a local run needs.

    Args:
        logs: what the functions wrote.
    """

    def __init__(self, logs: LogStore) -> None:
        self._logs = logs

    async def call(self, request: Request) -> Response:
        """Serve one call; its name is in the ``X-Amz-Target`` header."""
        target = request.headers.get("X-Amz-Target", "")
        if target != f"{_TARGET}FilterLogEvents":
            name = target.removeprefix(_TARGET) or f"{request.method} {request.url.path}"
            raise ApiError(501, "NotImplemented", name)
        try:
            parameters = json.loads(await request.body())
        except ValueError as error:
            raise ApiError(400, "SerializationException", f"the request must be JSON: {error}") from error
        return Response(json.dumps(self._filter_log_events(parameters)), media_type="application/x-amz-json-1.1")

    def _filter_log_events(self, parameters: dict[str, Any]) -> dict[str, Any]:
        group = str(parameters.get("logGroupName") or parameters.get("logGroupIdentifier", ""))
        group = group.removesuffix(":*").rpartition(":log-group:")[2]
        if not self._logs.has_group(group):
            raise ApiError(400, "ResourceNotFoundException", f"the specified log group does not exist: {group}")
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
                {
                    "logStreamName": event.stream,
                    "timestamp": event.timestamp,
                    "message": event.message,
                    "ingestionTime": event.timestamp,
                    "eventId": str(event.number),
                }
                for event in events[:limit]
            ],
            "searchedLogStreams": [],
        }
        if len(events) > limit:
            page["nextToken"] = str(events[limit - 1].number)
        return page


def _after(token: object) -> int:
    if token is None:
        return -1
    text = str(token)
    if not text.isdecimal():
        raise ApiError(
            400, "InvalidParameterException", f"nextToken must be one that an earlier answer gave, got {text}"
        )
    return int(text)
