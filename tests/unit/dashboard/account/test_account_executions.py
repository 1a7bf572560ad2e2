"""The executions of an account: what AWS answers is validated against botocore's shapes by its own stubber."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from durable_mi.dashboard.account.executions import AccountExecutions
from durable_mi.dashboard.source import ExecutionQuery, Failure, OpenOperation, Place
from durable_mi.operate.calls.caller import Caller
from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:7/durable-execution/{0}/{0}-id"
START = datetime(2026, 11, 26, 3, tzinfo=UTC)


class Account:
    """An executions source whose Lambda client answers what a test says."""

    def __init__(self) -> None:
        connection = Connection.open(endpoint=Endpoint.parse("http://127.0.0.1:1"), profile=None, region=None)
        caller = Caller(connection, pauses_s=())
        self.stub = Stubber(connection.functions)
        place = Place("Orders in us-east-1", can_change=False, cli_options="")
        self.executions = AccountExecutions(Client.over(connection), caller, "Orders", place)
        self.executions._known = (float("inf"), ["orders"])  # noqa: SLF001 - the stack's template is another test's

    def lists(self, *executions: tuple[str, str], marker: str | None = None) -> None:
        """Let the next list have these executions: name and status."""
        listed = [
            {
                "DurableExecutionArn": ARN.format(name),
                "DurableExecutionName": name,
                "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:orders:7",
                "Status": status,
                "StartTimestamp": START,
                **({} if status == "RUNNING" else {"EndTimestamp": START}),
            }
            for name, status in executions
        ]
        answer: dict[str, Any] = {"DurableExecutions": listed, **({"NextMarker": marker} if marker else {})}
        self.stub.add_response("list_durable_executions_by_function", answer)

    def has_history(self, *events: dict[str, Any]) -> None:
        """Let the next history end with these events, the newest first."""
        made = [
            {"EventId": len(events) - place, "EventTimestamp": START, **event} for place, event in enumerate(events)
        ]
        self.stub.add_response("get_durable_execution_history", {"Events": made})

    def find(self, **query: Any) -> Any:
        """List executions."""
        return asyncio.run(self.executions.find(ExecutionQuery(**query)))


@pytest.fixture
def account() -> Iterator[Account]:
    """Return an account in which every answer that a test prepares is asked for."""
    made = Account()
    with made.stub:
        yield made
        made.stub.assert_no_pending_responses()


def failed(name: str, kind: str, message: str) -> list[dict[str, Any]]:
    """Return the end of a history whose step failed."""
    error = {"Payload": {"ErrorType": kind, "ErrorMessage": message}}
    own = {"Payload": {"ErrorType": "StepError", "ErrorMessage": message}}
    return [
        {"EventType": "ExecutionFailed", "ExecutionFailedDetails": {"Error": own}},
        {"EventType": "StepFailed", "Id": "1", "Name": name, "StepFailedDetails": {"Error": error, "RetryDetails": {}}},
    ]


def test_shows_where_executions_are_and_where_they_failed(account: Account) -> None:
    """With the original type of the error; a history that has ended is read once."""
    account.lists(("slow", "RUNNING"), ("bad", "FAILED"), ("good", "SUCCEEDED"))
    wait = {"EventType": "WaitStarted", "Id": "2", "Name": "cool down"}
    details = {"Duration": 60, "ScheduledEndTimestamp": START + timedelta(seconds=60)}
    account.has_history({**wait, "WaitStartedDetails": details})
    account.has_history(*failed("charge", "CardError", "declined"))
    found = account.find()
    rows = {each.name: each for each in found.executions}
    assert Failure("charge", "CardError: declined") == rows["bad"].failure
    assert OpenOperation("WAIT", "cool down", (START.timestamp() + 60) * 1000) == rows["slow"].at
    assert {"RUNNING": 1, "FAILED": 1, "SUCCEEDED": 1} == found.counts
    assert "7" == rows["good"].version

    account.lists(("bad", "FAILED"))
    assert Failure("charge", "CardError: declined") == account.find().executions[0].failure


def test_filters_by_error_text(account: Account) -> None:
    """Which AWS cannot, so that the ends of the failed histories are read."""
    account.lists(("one", "FAILED"), ("two", "FAILED"), ("good", "SUCCEEDED"))
    account.has_history(*failed("ship", "OSError", "no truck"))
    account.has_history(*failed("charge", "CardError", "declined"))
    assert ["one"] == [each.name for each in account.find(error="DECLINED card").executions]


def test_asks_aws_for_the_time_and_the_version(account: Account) -> None:
    """And no more than the newest thousand of a function, which it says."""
    second = datetime.fromtimestamp(4, UTC)
    expected = {
        "FunctionName": "orders",
        "ReverseOrder": True,
        "MaxItems": 1000,
        "Qualifier": "7",
        "StartedAfter": second,
    }
    account.stub.add_response("list_durable_executions_by_function", {"DurableExecutions": []}, expected)
    assert "" == account.find(version="7", since=5000.0).note
    account.lists(*((f"n{number}", "SUCCEEDED") for number in range(1000)), marker="more")
    assert "the newest 1000 executions of orders were read: filter by time to see older ones" == account.find().note


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "must allow lambda:ListDurableExecutionsByFunction on function orders"),
        ("TooManyRequestsException", "throttled lambda:ListDurableExecutionsByFunction after several retries"),
    ],
)
def test_says_in_one_line_what_aws_rejected(account: Account, code: str, said: str) -> None:
    """The page stays, with what it has."""
    account.stub.add_client_error("list_durable_executions_by_function", code, "no", 400)
    found = account.find()
    assert [] == found.executions
    assert said in found.note


def test_says_once_that_histories_may_not_be_read(account: Account) -> None:
    """The list is there without the places; the other histories are not asked for."""
    account.lists(("one", "FAILED"), ("two", "FAILED"), ("slow", "RUNNING"))
    account.stub.add_client_error("get_durable_execution_history", "AccessDeniedException", "no", 403)
    found = account.find()
    assert 3 == len(found.executions)
    assert 1 == found.note.count("lambda:GetDurableExecutionHistory on executions")


def test_rejects_an_execution_of_another_stack(account: Account) -> None:
    """Even if the credentials could read it."""
    other = ARN.format("a").replace(":orders:", ":payroll:")
    with pytest.raises(NotFoundError, match="stack Orders has no execution"):
        account.executions.check(other)
