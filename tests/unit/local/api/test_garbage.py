"""Requests of every kind to every call: an answer of AWS's form, never an error of the server's own."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from typing import TYPE_CHECKING, Any
from unittest import mock
from xml.etree import ElementTree as ET

import pytest
from garbage import RAW, TEXTS, WireRequest, draw_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from durable_mi.local.app.functions import CapacityConfig, DurableConfig
from durable_mi.local.logs.store import LogStore
from durable_mi.local.runtime import LocalRuntime
from durable_mi.local.runtime_options import LocalRuntimeOptions
from durable_mi.local.workers.environment import ExecutionEnvironment
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.invocation import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import Message, Scope

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.invocation import Invocation

SECONDS = 60
"""How long a request may take on however busy a machine; none but those that stream wait for anything."""
DURABLE = """
from aws_durable_execution_sdk_python import durable_execution

@durable_execution
def handler(event, context):
    return event
"""
PAGE = (
    *("/", "/page/api/executions", "/page/api/changes", "/page/api/workers", "/page/api/workers/1/kill"),
    *("/page/x", "/page/x/y", "/durable-mi/faults", "/durable-mi/notices", "/page/api/executions/first"),
)


class Endpoint:
    """The endpoint of a runtime in this thread's event loop, whose functions play their handlers."""

    def __init__(self, runner: asyncio.Runner, functions: list[AppFunction]) -> None:
        self._runner = runner
        self.errors: list[Any] = []
        self.tokens: list[str] = []
        runner.get_loop().set_exception_handler(lambda _, context: self.errors.append(context))
        with mock.patch.object(ExecutionEnvironment, "start", _no_start):
            self._runtime = runner.run(self._start(functions))

    async def _start(self, functions: list[AppFunction]) -> LocalRuntime:
        options = LocalRuntimeOptions(region="us-east-1", account="000000000000", logs=LogStore())
        return await LocalRuntime(functions, options).__aenter__()

    def send(self, request: WireRequest) -> tuple[int, dict[str, str], bytes]:
        """Send a request; returns the status, the headers and the body of the answer."""
        return self._runner.run(asyncio.wait_for(self._answer(request), SECONDS))

    async def _answer(self, request: WireRequest) -> tuple[int, dict[str, str], bytes]:
        sent: list[Message] = []
        received = iter([{"type": "http.request", "body": request.body}])
        given = {name.lower() for name, _ in request.headers}
        headers = [(b"host", b"127.0.0.1"), *((name.lower().encode(), value) for name, value in request.headers)]
        if "content-length" not in given:
            headers.append((b"content-length", str(len(request.body)).encode()))
        raw_path = request.path.encode()
        scope: Scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
            "path": _unquoted(raw_path).decode(errors="replace"),
            "raw_path": raw_path,
            "root_path": "",
            "query_string": request.query.encode(),
            "headers": headers,
        }

        async def receive() -> Message:
            return next(received, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            sent.append(message)

        await self._runtime._serve(scope, receive, send)  # noqa: SLF001 - without a socket
        assert sent, "there must be an answer"
        said = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return sent[0]["status"], said, b"".join(message.get("body", b"") for message in sent[1:])

    def stop(self) -> None:
        """End it."""
        self._runner.run(self._runtime.__aexit__(None, None, None))


def _unquoted(path: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), path)


async def _no_start(_: ExecutionEnvironment) -> None:
    """Start no process."""


async def _play(_: FunctionVersion, invocation: Invocation) -> Outcome:
    """Answer at once, most often with garbage; the first execution goes on for ever."""
    if invocation.execution is not None and "/first/" in invocation.execution:
        await asyncio.Event().wait()
    payload = next(_PLAYED)
    return Outcome(payload, error="Unhandled" if len(payload) % 3 == 0 else None)


_PLAYED = itertools.cycle((b'{"Status": "SUCCEEDED", "Result": "1"}', *RAW))


@pytest.fixture(scope="module")
def endpoint(make_function: Callable[..., AppFunction]) -> Iterator[Endpoint]:
    """Serve functions of each kind, and an execution that runs."""
    functions = [
        make_function("plain"),
        make_function("managed", capacity=CapacityConfig("arn", 2), environments=0),
        make_function("durable", code=DURABLE, durable=DurableConfig(600, 1), environments=0, aliases={"live": "1"}),
    ]
    with (
        mock.patch.object(FunctionVersion, "_run", _play),
        mock.patch.object(ExecutionEnvironment, "start", _no_start),
        asyncio.Runner() as runner,
    ):
        served = Endpoint(runner, functions)
        try:
            yield served
        finally:
            served.stop()


def check(endpoint: Endpoint, request: WireRequest) -> None:
    """Send a request, and check that the answer is one of AWS's."""
    status, headers, body = endpoint.send(request)
    assert status < 500 or status == 501, f"{request} got {status} {body[:300]!r}"
    assert [] == endpoint.errors, request
    # The page has files, not calls.
    if status < 400 or request.method == "HEAD" or re.fullmatch("/page/[^/]+(/[^/]+)?", request.path):
        return
    if headers["content-type"].startswith("text/xml"):
        error = ET.fromstring(body)[0]  # noqa: S314 - our own endpoint's
        assert {"Type", "Code", "Message"} == {each.tag.partition("}")[2] for each in error}, request
        return
    said = json.loads(body)
    assert said.get("__type") or headers.get("x-amzn-errortype"), f"{request} got {status} {headers} {body[:300]!r}"
    assert isinstance(said.get("message", said.get("Message")), str), f"{request} got {status} {body[:300]!r}"
    body.decode().encode()


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Expect that the server logs no exception."""
    yield
    assert [] == [record.getMessage() for record in caplog.records if record.exc_info]


FUZZ = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[*HealthCheck],
)
SERVED = frozenset(
    (
        "Invoke",
        "GetFunction",
        "GetFunctionConfiguration",
        "ListFunctions",
        "ListVersionsByFunction",
        "PublishVersion",
        "UpdateFunctionConfiguration",
        "CreateAlias",
        "GetAlias",
        "UpdateAlias",
        "DeleteAlias",
        "ListAliases",
        "GetFunctionConcurrency",
        "ListTags",
        "PutFunctionScalingConfig",
        "GetFunctionScalingConfig",
        "GetCapacityProvider",
        "ListCapacityProviders",
        "ListFunctionVersionsByCapacityProvider",
        "GetPolicy",
        "ListEventSourceMappings",
        "GetEventSourceMapping",
        "DeleteFunction",
        "CheckpointDurableExecution",
        "GetDurableExecution",
        "GetDurableExecutionHistory",
        "GetDurableExecutionState",
        "ListDurableExecutionsByFunction",
        "StopDurableExecution",
        "PauseDurableExecution",
        "ResumeDurableExecution",
        "DeleteDurableExecution",
        "SendDurableExecutionCallbackSuccess",
        "SendDurableExecutionCallbackFailure",
        "SendDurableExecutionCallbackHeartbeat",
        "FilterLogEvents",
        "GetLogEvents",
        "DescribeLogStreams",
        "DescribeLogGroups",
        "StartLiveTail",
        "DescribeStacks",
        "ListStacks",
        "ListStackResources",
        "DescribeStackResources",
        "DescribeStackResource",
        "GetTemplate",
    )
)


@settings(FUZZ, max_examples=200)
@given(st.data())
def test_any_request_gets_an_answer_of_aws(endpoint: Endpoint, data: st.DataObject) -> None:
    """Each call of the model, valid or not."""
    check(endpoint, draw_request(data, SERVED))


@pytest.mark.slow
@settings(FUZZ, max_examples=6000)
@given(st.data())
def test_thousands_of_requests_get_an_answer_of_aws(endpoint: Endpoint, data: st.DataObject) -> None:
    """The same, for longer."""
    check(endpoint, draw_request(data, SERVED))


@pytest.mark.parametrize("path", PAGE)
def test_the_page_and_its_api_answer_anything(endpoint: Endpoint, path: str) -> None:
    """Bodies, queries and paths that no page sends."""
    for body in RAW:
        check(endpoint, WireRequest("POST", path, "", (), body))
    for text in TEXTS:
        check(endpoint, WireRequest("GET", path, f"limit={text}&status={text}&text={text}&payloads={text}", (), b""))
        check(endpoint, WireRequest("GET", f"{path}/{text}", "", (), b""))


def test_the_runtime_serves_on(endpoint: Endpoint) -> None:
    """After all of that."""
    assert 200 == endpoint.send(WireRequest("GET", "/2015-03-31/functions/", "", (), b""))[0]
