"""What users call an execution."""

from __future__ import annotations

import pytest

from durable_mi.operate.errors import NotFoundError, UsageError
from durable_mi.operate.selection.functions import DurableFunction
from durable_mi.operate.selection.reference import Reference
from durable_mi.operate.selection.selection import Selection

from .account import Account, arn

FUNCTIONS = (DurableFunction("orders", "Shop/Orders"), DurableFunction("mail", "Shop/Mail"))


@pytest.fixture
def account() -> Account:
    """Return executions with names that begin alike."""
    made = Account(page=2, empty_pages=True)
    made.add("order-1", started=1, id_="aaaa-1")
    made.add("order-12", started=2, id_="aabb-2")
    made.add("refund", started=3, id_="cccc-3", function="mail")
    made.add("twice", started=4, id_="dddd-4")
    made.add("twice", started=5, id_="ddee-5", function="mail")
    return made


def resolved(account: Account, text: str) -> str:
    """Return the id that a reference leads to."""
    return Reference.parse(text).resolve(lambda: Selection(account.caller(), FUNCTIONS)).id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order-1", "aaaa-1"),
        ("order-12", "aabb-2"),
        ("ref", "cccc-3"),
        ("refund", "cccc-3"),
        ("aab", "aabb-2"),
        ("cccc-3", "cccc-3"),
        ("dd", None),
        ("dde", "ddee-5"),
        ("latest", "ddee-5"),
        (arn("order-1", id_="aaaa-1"), "aaaa-1"),
    ],
)
def test_a_reference_leads_to_one_execution(account: Account, text: str, expected: str | None) -> None:
    """A whole name goes before a beginning; a beginning is of one execution alone."""
    if expected is None:
        with pytest.raises(UsageError):
            resolved(account, text)
        return
    assert expected == resolved(account, text)


def test_an_arn_needs_no_call() -> None:
    """Nothing is looked up, and no stack must be named."""

    def fail() -> Selection:
        pytest.fail("it was looked up")

    assert "id-x" == Reference.parse(arn("x")).resolve(fail).id


def test_a_whole_name_needs_one_page_of_each_function(account: Account) -> None:
    """The service looks for it."""
    account.empty_pages = False
    resolved(account, "order-1")
    assert ["ListDurableExecutionsByFunction"] * 2 == account.names()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order", r"order must mean one execution, but it can be order-12, order-1: write more of it, or pass the ARN"),
        (
            "twice",
            r"twice must mean one execution, but it can be ddee-5 \(twice, RUNNING\), dddd-4 \(twice, RUNNING\):",
        ),
    ],
)
def test_rejects_what_can_be_several(account: Account, text: str, expected: str) -> None:
    """One line with the candidates."""
    with pytest.raises(UsageError, match=expected):
        resolved(account, text)


def test_rejects_a_beginning_of_very_many() -> None:
    """The line stays one line."""
    account = Account()
    for number in range(30):
        account.add(f"order-{number:02}", started=number)
    with pytest.raises(UsageError, match="order-29, order-28, order-27, order-26, order-25 and 25 more: write"):
        resolved(account, "order-")


@pytest.mark.parametrize("text", ["nothing", "latest"])
def test_rejects_what_is_not_there(text: str) -> None:
    """It names where it was looked for."""
    with pytest.raises(NotFoundError, match="one of the functions Shop/Orders, Shop/Mail must have an execution"):
        resolved(Account(), text)


@pytest.mark.parametrize(
    "text", ["", "a b", "a/b", "arn:aws:lambda:x", "*", "ä", "arn:aws:lambda:us-east-1:1:function:f"]
)
def test_rejects_what_is_no_name(text: str) -> None:
    """Before anything is called."""
    with pytest.raises(UsageError, match="must be"):
        Reference.parse(text)
