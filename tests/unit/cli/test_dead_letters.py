"""``durable-mi dead-letters``: what it shows, starts again and removes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws

from durable_mi.cli.group import durable_mi as group
from durable_mi.operate.connection import Connection
from tests.unit.operate.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Return an account with two failed executions of ``orders``, and their events in its queue."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "dummy")
    made = Account(configurations={"orders": {"DeadLetterConfig": {"TargetArn": QUEUE}, "DurableConfig": {}}})
    for number in (1, 2):
        arn = made.add(f"order-{number}", "FAILED")
        made.executions[-1]["EndTimestamp"] = datetime.now(UTC) - timedelta(seconds=1)
        made.details[arn] = {"InputPayload": json.dumps({"n": number})}

    connection = replace(made.connection(), _url=None, is_loopback=False)

    def connect(**_: Any) -> Connection:
        return connection

    monkeypatch.setattr(Connection, "open", connect)
    # moto has one server.
    monkeypatch.setattr("durable_mi.operate.dead_letters.queue._WAIT_S", 0)
    with mock_aws():
        boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="failed")
        for number in (1, 2):
            send(json.dumps({"n": number}), f"error {number}")
        yield made


def sqs() -> tuple[Any, str]:
    """Return a client and the queue's address."""
    client = boto3.client("sqs", region_name="us-east-1")
    return client, client.get_queue_url(QueueName="failed")["QueueUrl"]


def send(body: str, error: str) -> None:
    """Send a message as Lambda does."""
    client, url = sqs()
    attributes = {"ErrorMessage": {"DataType": "String", "StringValue": error}}
    client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)


def left() -> int:
    """Return how many messages can be received."""
    client, url = sqs()
    names = ["ApproximateNumberOfMessages"]
    return int(client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]])


def run(*arguments: str, status: int = 0) -> str:
    """Run a command, and return what it prints."""
    done = CliRunner().invoke(group, ["dead-letters", *arguments, "--function", "orders"])
    assert status == done.exit_code, done.output
    return done.output


def test_they_are_listed_by_execution_and_error_and_left(account: Account) -> None:
    """A message whose event fits no execution says so."""
    send('{"n":3}', "error 3")
    lines = run("list").splitlines()
    assert ["order-1", "order-2", "execution not known"] == [line.split(", ")[1] for line in lines[:3]]
    assert lines[0].endswith(": error 1")
    assert lines[3].startswith("3 dead letters.")
    (one,) = json.loads(run("list", "--error", "ERROR 2", "--output", "json"))
    assert account.executions[1]["DurableExecutionArn"] == one["DurableExecutionArn"]
    assert 3 == left()


def test_they_are_started_again_once_and_removed(account: Account) -> None:
    """By a filter; a dry run changes nothing, and nothing is done where nobody can be asked."""
    assert "Would restart 2 dead letters:" in run("restart", "--dry-run")
    assert "--yes must be given" in run("restart", status=2)
    assert (2, 0) == (left(), account.names().count("Invoke"))

    assert "started again: arn:aws:lambda" in run("restart", "--error", "error 1", "--yes")

    (started,) = [given for name, given in account.calls if name == "Invoke"]
    assert ('{"n": 1}', "live") == (started["Payload"].decode(), started["Qualifier"])
    assert 1 == left()
    assert "Will restart 1 dead letter:" in run("restart", "--yes")
    assert (0, 2) == (left(), account.names().count("Invoke"))
    assert "Nothing to restart: no dead letter is selected." in run("restart", "--yes")


def test_what_was_started_before_it_broke_off_is_only_removed(account: Account) -> None:
    """The name of the new execution is made of the message's id."""
    (one,) = json.loads(run("list", "--error", "error 1", "--output", "json"))
    account.add(f"dead-letter-{one['MessageId']}")
    assert "was started again before" in run("restart", one["MessageId"], "--yes")
    assert (1, 0) == (left(), account.names().count("Invoke"))


def test_they_are_removed(account: Account) -> None:
    """By id; an id that is not there is an error, and then nothing is removed."""
    (one,) = json.loads(run("list", "--error", "error 1", "--output", "json"))
    assert "MESSAGE_ID must be of a message in the queue, got nothing" in run("remove", "nothing", "--yes", status=2)
    assert 2 == left()
    assert ": removed\n" in run("remove", one["MessageId"], "--yes")
    assert 1 == left()
    assert "Invoke" not in account.names()


def test_rejects_the_local_runtime() -> None:
    """It has no queue, and the line says what to run there."""
    done = CliRunner().invoke(group, ["dead-letters", "list", "--endpoint-url", "http://127.0.0.1:1"])
    assert 2 == done.exit_code
    assert "the local runtime has no dead-letter queue" in done.output
