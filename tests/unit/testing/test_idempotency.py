"""Whether the code of a step names an idempotency key, wherever it does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import durable_step

from durable_mi.testing.runner.idempotency import has_idempotency_key

if TYPE_CHECKING:
    from collections.abc import Callable

Client = Any


def pay(client: Client, key: str) -> object:
    """Name the key as an argument."""
    return client.pay(amount=1, idempotency_key=key)


def pay_twice(client: Client) -> object:
    """Pay, which is not idempotent."""
    return client.pay(amount=1)


def through_helper(client: Client) -> object:
    """Call what names one."""
    return pay(client, "order-1")


class Payments:
    """Pays with a client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def header(self) -> object:
        """Name it in a header."""
        return self._client.post("/pay", headers={"Idempotency-Key": "order-1"})

    def no_header(self) -> object:
        """Name none."""
        return self._client.post("/pay", headers={"Accept": "application/json"})


def client_token(client: Client) -> object:
    """Name it as AWS does."""
    return client.run_task(clientToken="order-1")


def conditional(table: Client) -> object:
    """Write only what is not there."""
    return table.put_item(Item={"id": 1}, ConditionExpression="attribute_not_exists(id)")


def plain_write(table: Client) -> object:
    """Write in any case."""
    return table.put_item(Item={"id": 1})


def recursive(count: int) -> int:
    """Call itself."""
    return recursive(count - 1) if count else 0


@pytest.mark.parametrize(
    "function",
    [
        pay,
        partial(pay, None),
        lambda _: pay(None, "order-1"),
        durable_step(lambda _step, client: pay(client, "order-1"))(None),
        through_helper,
        Payments(None).header,
        client_token,
        conditional,
        lambda _: [pay(each, "order-1") for each in (1, 2)],
    ],
)
def test_a_key_is_found(function: Callable[..., Any]) -> None:
    """In the function, in what it holds, and in what it calls in its own module."""
    assert has_idempotency_key(function)


@pytest.mark.parametrize(
    "function",
    [
        pay_twice,
        partial(pay_twice, None),
        lambda _: pay_twice(None),
        Payments(None).no_header,
        plain_write,
        recursive,
        len,
    ],
)
def test_none_is_found(function: Callable[..., Any]) -> None:
    """Also where a function calls itself, or is none of Python's."""
    assert not has_idempotency_key(function)
