"""Which executions filters select, in which order, and how much is read for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from durable_mi.operate.errors import ServiceError, UsageError
from durable_mi.operate.selection.execution_arn import ExecutionArn
from durable_mi.operate.selection.filters import Filters, Sort
from durable_mi.operate.selection.functions import DurableFunction, durable_functions
from durable_mi.operate.selection.moment import parse_moment
from durable_mi.operate.selection.selection import Selection

from .account import NOW, Account, at, event, failed

FUNCTIONS = (DurableFunction("orders", "Shop/Orders"), DurableFunction("mail", "Shop/Mail"))


def selected(account: Account, filters: Filters | None = None, **options: Any) -> list[str]:
    """Return the names of the selected executions."""
    found = Selection(account.caller(), FUNCTIONS).select(filters or Filters(), **options)
    return [each.name for _, each in found]


@pytest.fixture
def account() -> Account:
    """Return an account with executions of two functions."""
    made = Account()
    made.add("a-1", "SUCCEEDED", started=10)
    made.add("b-1", "RUNNING", started=20, function="mail")
    made.add("a-2", "FAILED", started=30, version="2")
    made.add("b-2", "STOPPED", started=40, function="mail")
    made.details[made.executions[2]["DurableExecutionArn"]] = {
        "Error": {"ErrorType": "StepError", "ErrorMessage": "card Declined"}
    }
    return made


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["b-2", "a-2", "b-1", "a-1"]),
        (Filters(statuses=frozenset({"FAILED", "RUNNING"})), ["a-2", "b-1"]),
        (Filters(since=at(20)), ["b-2", "a-2", "b-1"]),
        (Filters(until=at(30)), ["b-1", "a-1"]),
        (Filters(since=at(20), until=at(21)), ["b-1"]),
        (Filters(name="a-2"), ["a-2"]),
        (Filters(name="b-*"), ["b-2", "b-1"]),
        (Filters(version="2"), ["a-2"]),
        (Filters(error="declined"), ["a-2"]),
        (Filters(error="steperror"), ["a-2"]),
        (Filters(error="nothing of that kind"), []),
    ],
)
def test_filters_select(account: Account, filters: Filters, expected: list[str]) -> None:
    """Of all functions, the newest first, however the pages are cut."""
    assert expected == selected(account, filters)
    account.page, account.empty_pages = 1, True
    assert expected == selected(account, filters)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, ["b-2", "a-2", "b-1"]),
        (Sort.OLDEST, ["a-1", "b-1", "a-2"]),
        (Sort.LONGEST, ["b-1", "b-2", "a-2"]),
        (Sort.NAME, ["a-1", "a-2", "b-1"]),
        (Sort.STATUS, ["a-2", "b-1", "b-2"]),
        (Sort.FUNCTION, ["b-2", "b-1", "a-2"]),
    ],
)
def test_the_limit_is_of_the_order(account: Account, sort: Sort, expected: list[str]) -> None:
    """An order that is not the service's is of all executions, not of those that are shown."""
    assert expected == selected(account, sort=sort, limit=3)
    account.page = 1
    assert expected == selected(account, sort=sort, limit=3)


def test_no_more_is_read_than_is_shown(account: Account) -> None:
    """Of a long list, one page of each function."""
    for number in range(100):
        account.add(f"more-{number}", started=100 + number)
    assert ["more-99", "more-98"] == selected(account, limit=2)
    assert ["ListDurableExecutionsByFunction"] * 2 == account.names()
    assert {2} == {given["MaxItems"] for _, given in account.calls}


def test_an_error_is_also_looked_for_where_an_execution_is() -> None:
    """A handler can hide the error of a step behind its own; an open execution has no error but its last attempt's."""
    account = Account()
    hidden = account.add(
        "hidden", "FAILED", event(1, "StepFailed", "1", "pay", **failed("CardError", "declined", RetryDetails={}))
    )
    account.details[hidden] = {"Error": {"ErrorType": "OrderError", "ErrorMessage": "order failed"}}
    retry = {"RetryDetails": {"CurrentAttempt": 2, "NextAttemptDelaySeconds": 60}}
    account.add("open", "RUNNING", event(1, "StepFailed", "1", "pay", **failed("CardError", "busy", **retry)))
    assert ["hidden"] == selected(account, Filters(error="carderror"))
    assert ["open"] == selected(account, Filters(error="carderror", statuses=frozenset({"RUNNING"})))


def test_an_execution_that_moves_to_the_next_page_comes_once(account: Account) -> None:
    """What starts between two pages moves the others."""
    account.page = 1
    rows = Selection(account.caller(), FUNCTIONS[:1]).each(Filters())
    assert "a-2" == next(rows)[1].name
    account.add("new", started=500)
    assert ["a-1"] == [each.name for _, each in rows]


def test_rejects_a_list_that_goes_round(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """A marker that comes twice never ends."""
    monkeypatch.setattr(account, "_paged", lambda key, *_: {key: [], "NextMarker": "1"})
    with pytest.raises(ServiceError, match="must be listed to the end, but a marker came twice"):
        selected(account)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("90m", NOW - timedelta(minutes=90)),
        ("1d12h", NOW - timedelta(hours=36)),
        ("1W", NOW - timedelta(days=7)),
        ("0s", NOW),
        ("2026-01-31T12:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31).astimezone(UTC)),
    ],
)
def test_times_are_absolute_or_so_long_ago(text: str, expected: datetime) -> None:
    """As users write them."""
    assert expected == parse_moment("--since", text, now=NOW)


@pytest.mark.parametrize("text", ["", "2", "h", "2y", "yesterday", "-2h", "99999999999999w", "2026-13-01", "2h ago"])
def test_rejects_what_is_no_time(text: str) -> None:
    """With the option that it was given with."""
    with pytest.raises(UsageError, match="--until must be so long ago, such as 2h"):
        parse_moment("--until", text, now=NOW)


def test_an_arn_has_parts() -> None:
    """Also that of a version without a number, and in another partition."""
    text = "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:$LATEST.PUBLISHED/durable-execution/n_1/i-2"
    found = ExecutionArn.parse(text)
    assert ("aws-cn", "cn-north-1", "f", "$LATEST.PUBLISHED", "n_1", "i-2") == (
        found.partition,
        found.region,
        found.function,
        found.version,
        found.name,
        found.id,
    )
    assert text == str(found)
    assert "$LATEST.PUBLISHED" == found.target.qualifier


def test_rejects_no_function_on_aws() -> None:
    """An account has too many functions to look through."""
    client = Account().client()
    account_client = type(client).over(client_connection(is_loopback=False))
    with pytest.raises(UsageError, match="--stack or --function must be given, got neither"):
        durable_functions(account_client, stack=None, function=None)


def client_connection(*, is_loopback: bool) -> Any:
    """Return a connection that says where it is."""
    from dataclasses import replace  # noqa: PLC0415 - of this helper alone

    return replace(Account().connection(), is_loopback=is_loopback)
