"""StartLiveTail, decoded by botocore."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from typing import Any

import pytest
from aws_client import aws_client, refused

from durable_mi.local.api.logs import live_tail
from durable_mi.local.api.logs.live_tail import LiveTail
from durable_mi.local.api.logs.logs_api import LogsApi
from durable_mi.local.api.logs.logs_request import LogsRequest
from durable_mi.local.logs.store import LogStore

GROUP = "/aws/lambda/orders"
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"


def decoded(event: bytes) -> tuple[str, dict[str, Any]]:
    """Return an event's name and content; botocore checks its length and checksums."""
    # By name, since botocore has no types.
    buffer = import_module("botocore.eventstream").EventStreamBuffer()
    buffer.add_data(event)
    (message,) = buffer
    return message.headers[":event-type"], json.loads(message.payload)


def test_lines_are_sent_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that match, of the named streams, and none from before the session."""
    monkeypatch.setattr(live_tail, "_UPDATE_SECONDS", 0)
    logs = LogStore()
    logs.append(GROUP, "a", 1, "ERROR before")
    request = LogsRequest(
        {"logGroupIdentifiers": [ARN], "logEventFilterPattern": "ERROR", "logStreamNamePrefixes": ["a", "c"]}
    )
    tail = LiveTail.open(logs, request, {ARN: GROUP})

    async def session() -> list[tuple[str, dict[str, Any]]]:
        events = tail.events()
        seen = [decoded(await anext(events)) for _ in range(3)]
        for stream, message in [("a", "ERROR 1"), ("b", "ERROR 2"), ("c", "INFO 3"), ("c", "ERROR 4")]:
            logs.append(GROUP, stream, 2, message)
        seen += [decoded(await anext(events)) for _ in range(2)]
        await events.aclose()
        return seen

    (first, _), (second, start), *updates = asyncio.run(session())
    assert ("initial-response", "sessionStart", [ARN]) == (first, second, start["logGroupIdentifiers"])
    assert {"sessionUpdate"} == {kind for kind, _ in updates}
    results = [[line["message"] for line in update["sessionResults"]] for _, update in updates]
    assert [[], ["ERROR 1", "ERROR 4"], []] == results
    line = updates[1][1]["sessionResults"][0]
    assert ("a", f"000000000000:{GROUP}", 2) == (line["logStreamName"], line["logGroupIdentifier"], line["timestamp"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ({"logGroupIdentifiers": [f"{ARN}:*"]}, "InvalidParameterException", "ARNs of log groups that do not end in *"),
        ({"logGroupIdentifiers": [GROUP]}, "InvalidParameterException", "ARNs of log groups"),
        ({"logGroupIdentifiers": [f"{ARN}-none"]}, "ResourceNotFoundException", "does not exist"),
        (
            {"logGroupIdentifiers": [ARN], "logStreamNames": ["a"], "logStreamNamePrefixes": ["a"]},
            "InvalidParameterException",
            "mutually exclusive",
        ),
        (
            {"logGroupIdentifiers": [ARN, ARN], "logStreamNames": ["a"]},
            "InvalidParameterException",
            "must come with one log group",
        ),
        (
            {"logGroupIdentifiers": [ARN], "logEventFilterPattern": "a-b"},
            "InvalidParameterException",
            "Invalid character(s) in term 'a-b'",
        ),
    ],
)
def test_rejects_a_session_as_aws_does(arguments: dict[str, Any], code: str, says: str) -> None:
    """Before the response begins."""
    logs = LogStore()
    logs.create_group(GROUP)
    client = aws_client("logs", LogsApi(logs, region="us-east-1", account="000000000000").routes())
    actual, message = refused(lambda: client.start_live_tail(**arguments))
    assert code == actual
    assert says in message
