"""Answers to callbacks that come too late, twice, or to no callback."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playing import LIMIT, Functions, call, play

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from durable_mi.local.durable.service import DurableService

WAYS = ("succeed", "fail", "heartbeat")
CLOSED = "CallbackTimeoutException"


def callback(**options: int) -> dict[str, Any]:
    """Return an update that starts a callback."""
    return {"Id": "it", "Type": "CALLBACK", "Action": "START", "CallbackOptions": options}


async def refused(service: DurableService, callback_id: str, way: str) -> str | None:
    """Return the error code of an answer."""
    path = f"/2025-12-01/durable-execution-callbacks/{quote(callback_id, safe='')}/{way}"
    reply = await service.call("POST", path, "", b"{}")
    assert reply.status in {400, 404}, reply
    assert json.loads(reply.body)["message" if reply.status == 400 else "Message"]
    return reply.error


async def succeeded(functions: Functions, callback_id: str) -> None:
    """Let the callback be answered."""
    await call(functions.service, "POST", f"durable-execution-callbacks/{quote(callback_id, safe='')}/succeed", b"1")


async def stopped(functions: Functions, _: str) -> None:
    """Let the execution be stopped."""
    (execution,) = functions.service.store.list_all()
    await call(functions.service, "POST", f"durable-executions/{quote(execution.durable_execution_arn, safe='')}/stop")


async def timed_out(functions: Functions, _: str) -> None:
    """Let the callback's timeout come."""
    await functions.next()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("end", [succeeded, stopped, timed_out], ids=lambda end: end.__name__)
def test_rejects_an_answer_to_a_callback_that_is_closed(
    end: Callable[[Functions, str], Awaitable[None]], way: str
) -> None:
    """Answered, timed out, or of an execution that has ended."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(callback(TimeoutSeconds=1 if end is timed_out else 60))
        callback_id = first.operations["it"]["CallbackDetails"]["CallbackId"]
        first.returns()
        await end(functions, callback_id)
        assert CLOSED == await refused(functions.service, callback_id, way)

    play(scene)


def encoded(content: object) -> str:
    """Return a token with this content."""
    return base64.b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("callback_id", "code"),
    [
        ("no callback!", "ValidationException"),
        ("A" * 1025, "ValidationException"),
        ("AAAA", "InvalidParameterValueException"),
        ("AAAAA", "InvalidParameterValueException"),
        (encoded("text"), "InvalidParameterValueException"),
        (encoded({"arn": 7, "op": "it"}), "InvalidParameterValueException"),
        (encoded({"arn": "", "op": "it"}), "InvalidParameterValueException"),
        (encoded({"arn": "arn:nobody", "op": "it"}), "ResourceNotFoundException"),
    ],
)
def test_rejects_an_answer_to_what_is_no_callback(callback_id: str, code: str, way: str) -> None:
    """A text, another service's token, or a callback of an execution that is gone."""

    async def scene(functions: Functions) -> None:
        await functions.begin()
        assert code == await refused(functions.service, callback_id, way)

    play(scene)


def test_rejects_an_answer_to_another_operation() -> None:
    """A token that names a step is none of the service's."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint({"Id": "step", "Type": "STEP", "Action": "START"})
        token = encoded({"arn": first.arn, "op": "step"})
        assert "ResourceNotFoundException" == await refused(functions.service, token, "succeed")

    play(scene)


def test_the_first_of_two_answers_counts() -> None:
    """Whichever it is, the other one is told that the callback is closed."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(callback())
        callback_id = first.operations["it"]["CallbackDetails"]["CallbackId"]
        first.returns()
        await succeeded(functions, callback_id)
        second = await functions.next()
        assert CLOSED == await refused(functions.service, callback_id, "fail")
        assert "SUCCEEDED" == second.operations["it"]["Status"]
        second.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene)
