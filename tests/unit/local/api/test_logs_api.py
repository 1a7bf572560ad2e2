"""The Logs API, as boto3 sees it; each response is held to AWS's model."""

from __future__ import annotations

from typing import Any

import pytest
from aws_client import aws_client, refused

from durable_mi.local.api.logs.logs_api import LogsApi
from durable_mi.local.api.logs.logs_request import LogsRequest
from durable_mi.local.api_error import ApiError
from durable_mi.local.logs.store import LogStore

GROUP = "/aws/lambda/orders"
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"


@pytest.fixture(scope="module")
def logs() -> Any:
    """Return a client of a group with five lines of two streams, and of many empty groups."""
    store = LogStore()
    for number in range(5):
        level = "ERROR" if number % 2 else "INFO"
        store.append(GROUP, f"orders[1]/{number % 2}", 1000 + number, f'{{"level": "{level}", "number": {number}}}')
    for number in range(60):
        store.create_group(f"/aws/lambda/mail-{number:02}")
    return aws_client("logs", LogsApi(store, region="us-east-1", account="000000000000").routes())


def numbers(events: list[dict[str, Any]]) -> list[int]:
    """Return which lines these are."""
    return [event["timestamp"] - 1000 for event in events]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"filterPattern": '{ $.level = "ERROR" && $.number > 1 }'}, [3]),
        ({"filterPattern": "ERROR"}, [1, 3]),
        ({"startTime": 1001, "endTime": 1003}, [1, 2, 3]),
        ({"logStreamNames": ["orders[1]/1"]}, [1, 3]),
        ({"logStreamNamePrefix": "orders[1]/0"}, [0, 2, 4]),
        ({"startFromHead": False}, [4, 3, 2, 1, 0]),
        ({"filterPattern": "", "interleaved": True}, [0, 1, 2, 3, 4]),
    ],
)
def test_events_are_filtered(logs: Any, arguments: dict[str, Any], expected: list[int]) -> None:
    """By pattern, time and stream; both ends of the time belong to it."""
    assert expected == numbers(logs.filter_log_events(logGroupName=GROUP, **arguments)["events"])
    assert expected == numbers(logs.filter_log_events(logGroupIdentifier=f"{ARN}:*", **arguments)["events"])


@pytest.mark.parametrize("from_head", [True, False])
def test_filtered_events_have_pages(logs: Any, *, from_head: bool) -> None:
    """In either direction, each with ids of its own."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, startFromHead=from_head, PaginationConfig={"PageSize": 2}
    )
    listed = [page["events"] for page in pages]
    assert [2, 2, 1] == [len(events) for events in listed]
    flat = [event for events in listed for event in events]
    assert sorted(range(5), reverse=not from_head) == numbers(flat)
    assert 5 == len({event["eventId"] for event in flat})


def test_a_stream_is_read_from_its_end_or_its_head(logs: Any) -> None:
    """A token leads on in its direction; at an end it is the same again. The end of the time does not belong to it."""
    stream = {"logGroupName": GROUP, "logStreamName": "orders[1]/0"}
    latest = logs.get_log_events(**stream, limit=2)
    assert [2, 4] == numbers(latest["events"])
    before = logs.get_log_events(**stream, limit=2, nextToken=latest["nextBackwardToken"])
    assert [0] == numbers(before["events"])
    end = logs.get_log_events(**stream, nextToken=before["nextBackwardToken"])
    assert ([], before["nextBackwardToken"]) == (end["events"], end["nextBackwardToken"])
    head = logs.get_log_events(**stream, limit=2, startFromHead=True)
    assert [0, 2] == numbers(head["events"])
    rest = logs.get_log_events(**stream, nextToken=head["nextForwardToken"], startFromHead=True)
    assert [4] == numbers(rest["events"])
    again = logs.get_log_events(**stream, nextToken=rest["nextForwardToken"], startFromHead=True)
    assert ([], rest["nextForwardToken"]) == (again["events"], again["nextForwardToken"])
    assert [0, 2] == numbers(logs.get_log_events(**stream, startTime=1000, endTime=1004)["events"])


def test_streams_are_ordered(logs: Any) -> None:
    """By name, or by their latest event."""
    streams = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert ["orders[1]/0", "orders[1]/1"] == [stream["logStreamName"] for stream in streams]
    assert (1000, 1004, f"{ARN}:log-stream:orders[1]/0") == (
        streams[0]["firstEventTimestamp"],
        streams[0]["lastEventTimestamp"],
        streams[0]["arn"],
    )
    newest = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True, limit=1)
    assert ["orders[1]/0"] == [stream["logStreamName"] for stream in newest["logStreams"]]
    pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=GROUP, PaginationConfig={"PageSize": 1})
    assert [1, 1] == [len(page["logStreams"]) for page in pages]


def test_groups_are_found_by_prefix_pattern_and_name(logs: Any) -> None:
    """Fifty a page."""
    pages = list(logs.get_paginator("describe_log_groups").paginate())
    assert [50, 11] == [len(page["logGroups"]) for page in pages]
    (group,) = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    assert (f"{ARN}:*", ARN, "STANDARD") == (group["arn"], group["logGroupArn"], group["logGroupClass"])
    (short,) = logs.describe_log_groups(logGroupNamePattern="orders")["logGroups"]
    assert {"logGroupName", "arn", "creationTime"} == short.keys()
    assert [] == logs.describe_log_groups(logGroupNamePattern="Orders")["logGroups"]
    assert [group] == logs.describe_log_groups(logGroupIdentifiers=[GROUP])["logGroups"]


@pytest.mark.parametrize(
    ("call", "arguments", "code", "says"),
    [
        ("filter_log_events", {"logGroupName": "none"}, "ResourceNotFoundException", "does not exist: none"),
        ("filter_log_events", {}, "InvalidParameterException", "Value null at 'logGroupName' failed"),
        (
            "filter_log_events",
            {"logGroupName": GROUP, "logGroupIdentifier": GROUP},
            "InvalidParameterException",
            "mutually exclusive",
        ),
        (
            "filter_log_events",
            {"logGroupName": GROUP, "logStreamNames": ["a"], "logStreamNamePrefix": "a"},
            "InvalidParameterException",
            "mutually exclusive",
        ),
        (
            "filter_log_events",
            {"logGroupName": GROUP, "filterPattern": "{ $.level = }"},
            "InvalidParameterException",
            "Invalid filter pattern",
        ),
        ("filter_log_events", {"logGroupName": GROUP, "limit": 10_001}, "InvalidParameterException", "from 1 to 10000"),
        ("filter_log_events", {"logGroupName": GROUP, "nextToken": "x"}, "InvalidParameterException", "nextToken must"),
        (
            "get_log_events",
            {"logGroupName": GROUP, "logStreamName": "none"},
            "ResourceNotFoundException",
            "stream does not exist: none",
        ),
        (
            "describe_log_streams",
            {"logGroupName": GROUP, "orderBy": "LastEventTime", "logStreamNamePrefix": "a"},
            "InvalidParameterException",
            "Cannot order by LastEventTime",
        ),
        ("describe_log_streams", {"logGroupName": GROUP, "orderBy": "x"}, "InvalidParameterException", "orderBy must"),
        (
            "describe_log_groups",
            {"logGroupNamePrefix": "a", "logGroupNamePattern": "a"},
            "InvalidParameterException",
            "mutually exclusive",
        ),
        ("describe_log_groups", {"nextToken": "x"}, "InvalidParameterException", "nextToken must"),
        ("create_log_group", {"logGroupName": "new"}, "NotImplemented", "does not serve CreateLogGroup"),
    ],
)
def test_rejects_a_call_as_aws_does(logs: Any, call: str, arguments: dict[str, Any], code: str, says: str) -> None:
    """With AWS's codes."""
    actual, message = refused(lambda: getattr(logs, call)(**arguments))
    assert code == actual
    assert says in message


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the request must be JSON"),
        (b"[" * 100_000, "the request must be JSON"),
        (b"[]", "the body must be an object, got []"),
        (b'{"limit": "x"}', 'limit must be a whole number, got "x"'),
        (b'{"limit": true}', "limit must be a whole number, got true"),
        (b'{"limit": 0}', "limit must be from 1 to 9, got 0"),
    ],
)
def test_rejects_a_body_of_another_kind(body: bytes, says: str) -> None:
    """What no SDK would send."""
    with pytest.raises(ApiError) as refusal:
        LogsRequest.parse("FilterLogEvents", body).limit(9)
    assert says in refusal.value.message
    assert 400 == refusal.value.status
