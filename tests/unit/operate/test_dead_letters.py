"""The dead-letter queue, against moto: what is in it, by execution, and how it is started again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from durable_mi.operate.calls.caller import Caller
from durable_mi.operate.dead_letters.letter import DeadLetter
from durable_mi.operate.dead_letters.origin import find_origins
from durable_mi.operate.dead_letters.queue import DeadLetterQueue, queue_arn
from durable_mi.operate.errors import NotFoundError, UsageError
from durable_mi.operate.selection.functions import DurableFunction

from .account import Account, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.operate.connection import Connection

ORDERS = DurableFunction("orders", "Orders/Workflow")


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a client of an account with a queue ``failed``."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "dummy")
    # moto has one server.
    monkeypatch.setattr("durable_mi.operate.dead_letters.queue._WAIT_S", 0)
    with mock_aws():
        client = boto3.client("sqs", region_name="us-east-1")
        client.create_queue(QueueName="failed")
        yield client


def send(client: Any, body: str, error: str = "boom") -> None:
    """Send a message as Lambda does."""
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": "4711"},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": error},
    }
    url = client.get_queue_url(QueueName="failed")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)


def connection(account: Account) -> Connection:
    """Return a connection whose queues are those of moto."""
    return replace(account.connection(), _url=None)


def test_what_is_in_the_queue_is_read_and_released(sqs: Any) -> None:
    """All of it, also more than one call returns; and the next reader finds it too."""
    for number in range(23):
        send(sqs, json.dumps({"n": number}), error=f"error {number}")
    account = Account(configurations={"orders": {"DeadLetterConfig": {"TargetArn": ARN}}})
    queue = DeadLetterQueue.open(connection(account), queue_arn(connection(account), ORDERS))

    found = queue.receive(limit=100)

    assert 23 == len({each.id for each in found})
    assert {f"error {number}" for number in range(23)} == {each.error for each in found}
    assert 23 == queue.hidden()
    queue.release(found)
    assert 0 == queue.hidden()
    queue.remove(found[0])
    assert 22 == len(queue.receive(limit=100))


ARN = "arn:aws:sqs:us-east-1:123456789012:failed"


def test_rejects_a_function_without_a_queue() -> None:
    """None, or a topic."""
    account = Account(configurations={"orders": {}})
    with pytest.raises(UsageError, match="function Orders/Workflow must have a dead-letter queue, got none"):
        queue_arn(account.connection(), ORDERS)
    account.configurations["orders"] = {"DeadLetterConfig": {"TargetArn": "arn:aws:sns:us-east-1:123456789012:failed"}}
    with pytest.raises(UsageError, match="got arn:aws:sns"):
        queue_arn(account.connection(), ORDERS)


def test_rejects_a_queue_that_is_gone(sqs: Any) -> None:
    """It was deleted after the deployment."""
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="failed")["QueueUrl"])
    with pytest.raises(NotFoundError, match="has no queue failed"):
        DeadLetterQueue.open(connection(Account()), ARN)


def letter(id_: str, body: str, *, seconds: float) -> DeadLetter:
    """Return a message that was sent at a time."""
    return DeadLetter(id=id_, receipt=id_, body=body, sent=at(seconds), request_id=None, error_code=None, error=None)


def test_the_origin_fits_by_input_and_time_and_alone() -> None:
    """Otherwise none is claimed."""
    account = Account()
    for name, started, body in [
        ("a", 0, '{"n": 1}'),
        ("b", 1, '{"n": 2}'),
        ("c", 2, '{"n": 2}'),
        ("d", 5000, '{"n": 1}'),
    ]:
        made = account.add(name, "FAILED", started=started)
        account.details[made] = {"InputPayload": body}
    letters = [
        letter("one", '{"n":1}', seconds=62),
        letter("two of them", '{"n":2}', seconds=63),
        letter("later", '{"n":1}', seconds=5062),
        letter("too late", '{"n":1}', seconds=60 + timedelta(hours=1).total_seconds()),
        letter("no JSON", "{", seconds=62),
    ]

    found = find_origins(Caller(account.connection()), [ORDERS], letters)

    assert {"one": "a", "later": "d"} == {id_: each.execution.name for id_, each in found.items()}
