"""Invoke: what it refuses, in AWS's words, and the end of the log that it returns."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import pytest
from aws_client import aws_client, refused
from versions import version_of

from durable_mi import limits
from durable_mi.local.api.invoke_api import InvokeApi
from durable_mi.local.app.functions import CapacityConfig, DurableConfig
from durable_mi.local.durable._sdk import parse_function_target
from durable_mi.local.workers.dispatcher import Dispatcher
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.invocation import Invocation, Outcome
from durable_mi.local.workers.registry import FunctionRegistry
from durable_mi.local.workers.release.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.app.functions import AppFunction

ACCOUNT = "000000000000"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function"
FOREIGN = ARN.replace(ACCOUNT, "1" * 12)
NAME = "1 validation error detected: Value '{}' at 'durableExecutionName' failed to satisfy constraint: {}"
CAPACITY = CapacityConfig("arn:provider", 4)
INVALID = "InvalidParameterValueException"
MIB = 1024 * 1024


def text(size: int) -> bytes:
    """Return a JSON document of this size."""
    return b'"' + b"x" * (size - 2) + b'"'


class Durable:
    """A durable service that only takes note of starts."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.functions: FunctionRegistry

    async def start_execution(self, **start: Any) -> str:
        """Note it."""
        self.started.append(start)
        return f"{ARN}:{start['function_name']}:{start['version']}/durable-execution/{start['name']}/id"

    async def wait_for_end(self, *_: object) -> None:
        """Return at once, as for an execution that lasts."""


@pytest.fixture
def durable() -> Durable:
    """Return the durable service."""
    return Durable()


@pytest.fixture
def connect(
    make_function: Callable[..., AppFunction], monkeypatch: pytest.MonkeyPatch, durable: Durable
) -> Callable[..., Any]:
    """Connect a client to `flow` and `year` (durable, managed), `lone` (durable only), `managed` and `mail` (plain)."""
    hour, year = DurableConfig(600, 1), DurableConfig(901, 1)
    functions = [
        make_function("flow", durable=hour, capacity=CAPACITY, aliases={"live": "1"}),
        make_function("year", durable=year, capacity=CAPACITY),
        make_function("lone", durable=hour, version="$LATEST"),
        make_function("managed", capacity=CAPACITY),
        make_function("mail", version="$LATEST"),
    ]

    async def demand_nothing(_: FunctionVersion) -> None:
        """Leave the processes out."""

    monkeypatch.setattr(FunctionVersion, "_demand", demand_nothing)

    def make(answer: Callable[[Invocation], None] = lambda _: None, *, enforces_limits: bool = True) -> Any:
        monkeypatch.setattr(Dispatcher, "submit", lambda _, invocation: answer(invocation))
        registry = FunctionRegistry("us-east-1", parse_function_target)
        for function in functions:
            registry.publish(version_of(function))
        registry.newest("managed").requested = Scaling(0, 0)
        durable.functions = registry
        service: Any = durable
        api = InvokeApi(registry, service, ACCOUNT, enforces_limits=enforces_limits)
        return aws_client("lambda", api.routes())

    return make


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            {"FunctionName": "mail", "Payload": text(6 * MIB + 1)},
            "RequestTooLargeException",
            "Request must be smaller than 6291456 bytes",
        ),
        (
            {"FunctionName": "mail", "InvocationType": "Event", "Payload": text(MIB + 1)},
            "RequestTooLargeException",
            "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
        ),
        (
            {"FunctionName": "year"},
            INVALID,
            "You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.",
        ),
        ({"FunctionName": "lone"}, INVALID, "You cannot invoke a durable function using an unqualified ARN."),
        (
            {"FunctionName": "lone", "InvocationType": "DryRun"},
            INVALID,
            "You cannot invoke a durable function using an unqualified ARN.",
        ),
        (
            {"FunctionName": "flow", "LogType": "Tail"},
            INVALID,
            "Tail logs are not supported for functions configured with capacity provider",
        ),
        (
            {"FunctionName": "managed"},
            "ResourceConflictException",
            "The operation cannot be performed at this time. The function is currently in the following state: Pending",
        ),
        (
            {"FunctionName": f"{FOREIGN}:mail"},
            "AccessDeniedException",
            f"not authorized to access {FOREIGN}:mail, because no resource-based policy allows it",
        ),
        (
            {"FunctionName": "111111111111:function:nobody"},
            "AccessDeniedException",
            "not authorized to access 111111111111:function:nobody, because no resource-based policy allows it",
        ),
        (
            {"FunctionName": "flow", "DurableExecutionName": "a b"},
            "ValidationException",
            NAME.format("a b", "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+"),
        ),
        (
            {"FunctionName": "flow", "DurableExecutionName": "x" * 65},
            "ValidationException",
            NAME.format("x" * 65, "Member must have length less than or equal to 64"),
        ),
    ],
)
def test_rejects_invocations_in_awss_words(
    connect: Callable[..., Any], durable: Durable, arguments: dict[str, Any], code: str, words: str
) -> None:
    """And starts nothing."""
    client = connect()
    assert (code, words) == refused(lambda: client.invoke(**arguments))
    assert [] == durable.started


@pytest.mark.parametrize(
    ("arguments", "is_asynchronous"),
    [
        ({"FunctionName": "flow", "Payload": text(6 * MIB)}, False),
        ({"FunctionName": "flow", "Payload": text(MIB), "InvocationType": "Event"}, True),
        ({"FunctionName": "year", "InvocationType": "Event"}, True),
        ({"FunctionName": "lone", "Qualifier": "$LATEST"}, False),
        ({"FunctionName": f"{ARN}:flow:live"}, False),
        ({"FunctionName": "flow", "DurableExecutionName": "x" * 64}, False),
    ],
)
def test_takes_what_is_at_its_limit(
    connect: Callable[..., Any], durable: Durable, arguments: dict[str, Any], *, is_asynchronous: bool
) -> None:
    """The service knows whether somebody waits."""
    client = connect()
    client.invoke(**arguments)
    assert [is_asynchronous] == [start["is_asynchronous"] for start in durable.started]


def test_limits_can_be_left_out(connect: Callable[..., Any], durable: Durable) -> None:
    """As with --no-limits; what no account would take is refused all the same."""
    client = connect(enforces_limits=False)
    client.invoke(FunctionName="year", Payload=text(6 * MIB))
    client.invoke(FunctionName="flow", InvocationType="Event", Payload=text(MIB + 1))
    assert 2 == len(durable.started)
    assert INVALID == refused(lambda: client.invoke(FunctionName="lone"))[0]


def test_rejects_a_response_above_the_limit(connect: Callable[..., Any]) -> None:
    """As a function error, in AWS's words."""
    size = limits.MAX_RESPONSE_BYTES

    def answer(invocation: Invocation) -> None:
        invocation.end(Outcome(text(size)))

    client = connect(answer)
    assert "FunctionError" not in client.invoke(FunctionName="mail")
    size += 1
    answered = client.invoke(FunctionName="mail")
    assert "Unhandled" == answered["FunctionError"]
    assert (
        b'{"errorType": "Function.ResponseSizeTooLarge", "errorMessage": '
        b'"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}'
    ) == answered["Payload"].read()


def test_rejects_to_wait_longer_than_the_service(connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the function's own timeout is; the function goes on."""
    monkeypatch.setattr(limits, "MAX_SYNC_INVOCATION_S", 0.01)
    client = connect()
    answered = client.invoke(FunctionName="mail")
    assert "Unhandled" == answered["FunctionError"]
    assert b"Sandbox.Timedout" in answered["Payload"].read()


def test_the_end_of_the_log_is_returned(connect: Callable[..., Any], durable: Durable) -> None:
    """The lines of the worker that ran it, 4 KB at most; nothing of other workers and of what was before."""

    def answer(invocation: Invocation) -> None:
        async def run() -> None:
            write(7, "x" * 5000)
            write(8, "another worker's")
            write(7, "the last line")
            invocation.pid = 7
            invocation.end(Outcome(b"1"))

        tasks.append(asyncio.ensure_future(run()))

    tasks: list[asyncio.Future[None]] = []
    client = connect(answer)
    write = durable.functions.newest("mail")._log  # noqa: SLF001 - what a worker process does
    write(7, "before")
    tail = base64.b64decode(client.invoke(FunctionName="mail", LogType="Tail")["LogResult"])
    assert 4096 == len(tail)
    assert tail.endswith(b"x\nthe last line")
    assert b"another" not in tail
    assert "LogResult" not in client.invoke(FunctionName="mail")
