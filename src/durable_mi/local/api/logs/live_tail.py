"""StartLiveTail: log lines as they are written."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.api.logs.event_stream import encode_event
from durable_mi.local.api.logs.logs_request import invalid_parameter, parsed_pattern
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from durable_mi.local.api.logs.logs_request import LogsRequest
    from durable_mi.local.logs.filter.pattern import FilterPattern
    from durable_mi.local.logs.store import LogStore

__all__ = ["LiveTail"]

_MAX_GROUPS: Final = 10
_UPDATE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class LiveTail:
    """One session.

    Attributes:
        logs: What the functions write.
        groups: Names of the log groups by their ARNs.
        pattern: What a line must match.
        streams: Names of the streams, ``None`` for all.
        prefixes: How the names of the streams may begin.
        request: What was asked for, in the words of the API.
    """

    logs: LogStore
    groups: dict[str, str]
    pattern: FilterPattern
    streams: Sequence[str] | None
    prefixes: Sequence[str]
    request: dict[str, Any]

    @classmethod
    def open(cls, logs: LogStore, request: LogsRequest, group_of: dict[str, str]) -> LiveTail:
        """Check a request.

        Args:
            logs: What the functions write.
            request: The request.
            group_of: Names of the log groups that are here, by their ARNs.

        Raises:
            ApiError: CloudWatch Logs would reject it.
        """
        identifiers = request.texts("logGroupIdentifiers") or []
        if not 1 <= len(identifiers) <= _MAX_GROUPS:
            msg = f"logGroupIdentifiers must have 1 to {_MAX_GROUPS} ARNs, got {len(identifiers)}"
            raise invalid_parameter(msg)
        for identifier in identifiers:
            if not identifier.startswith("arn:") or identifier.endswith("*"):
                msg = f"logGroupIdentifiers must be ARNs of log groups that do not end in *, got {identifier}"
                raise invalid_parameter(msg)
        request.exclusive("logStreamNames", "logStreamNamePrefixes")
        streams, prefixes = request.texts("logStreamNames"), request.texts("logStreamNamePrefixes")
        if (streams or prefixes) and len(identifiers) > 1:
            msg = "logStreamNames and logStreamNamePrefixes must come with one log group"
            raise invalid_parameter(msg)
        pattern = request.text("logEventFilterPattern") or ""
        return cls(
            logs,
            {identifier: _known(group_of, identifier) for identifier in identifiers},
            parsed_pattern(pattern),
            streams,
            prefixes or [""],
            {
                "logGroupIdentifiers": identifiers,
                "logStreamNames": streams or [],
                "logStreamNamePrefixes": prefixes or [],
                "logEventFilterPattern": pattern,
            },
        )

    async def events(self) -> AsyncGenerator[bytes, None]:
        """Yield the encoded events of the session, one a second, until the client goes away."""
        position = self.logs.latest
        yield encode_event("initial-response", {})
        ids = {"requestId": str(uuid.uuid4()), "sessionId": str(uuid.uuid4())}
        yield encode_event("sessionStart", {**ids, **self.request})
        while True:
            # Every line so far, of whatever group, is seen by this look.
            latest = self.logs.latest
            found = sorted(self._lines(position), key=lambda line: line[0])
            position = latest
            results = [line for _, line in found]
            yield encode_event("sessionUpdate", {"sessionMetadata": {"sampled": False}, "sessionResults": results})
            await asyncio.sleep(_UPDATE_SECONDS)

    def _lines(self, position: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for identifier, group in self.groups.items():
            for event in self.logs.search(group, self.pattern, beyond=position, streams=self.streams):
                if event.stream.startswith(tuple(self.prefixes)):
                    yield (
                        event.number,
                        {
                            "logStreamName": event.stream,
                            # Account and name, in this call alone.
                            "logGroupIdentifier": f"{identifier.split(':')[4]}:{group}",
                            "message": event.message,
                            "timestamp": event.timestamp,
                            "ingestionTime": event.timestamp,
                        },
                    )


def _known(group_of: dict[str, str], identifier: str) -> str:
    if identifier not in group_of:
        message = f"the specified log group does not exist: {identifier} (log groups here: {', '.join(group_of)})"
        raise ApiError(400, "ResourceNotFoundException", message)
    return group_of[identifier]
