"""Requests that are no call of AWS's APIs: each gets AWS's 4xx, and none a traceback."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import pytest

from durable_mi import limits
from durable_mi.local.app.functions import CapacityConfig, DurableConfig
from durable_mi.local.logs.store import LogStore
from durable_mi.local.runtime import LocalRuntime
from durable_mi.local.runtime_options import LocalRuntimeOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.local.app.functions import AppFunction

FUNCTION = "/2015-03-31/functions/plain"
EXECUTION = "/2025-12-01/durable-executions/" + quote(
    "arn:aws:lambda:us-east-1:000000000000:function:durable:1/durable-execution/a/b", safe=""
)
CALLBACK = "/2025-12-01/durable-execution-callbacks/bm9uZQ%3D%3D"
SCALING = "/2025-11-30/functions/managed/function-scaling-config"
DEEP = b"[" * 100_000
HALF = rb'"\ud800"'
HUGE = b"9" * 5000
HANDLER = """
def handler(event, context):
    return "x" * event["size"] if "size" in event else context.client_context.custom
"""
DURABLE = """
from aws_durable_execution_sdk_python import durable_execution

@durable_execution
def handler(event, context):
    return event
"""
INVALID_JSON = [b"{", b"\xff\xfe", b"NaN", b'{"a": Infinity}', DEEP, b'{"a":' * 50_000]


class Answer(NamedTuple):
    """An HTTP response."""

    status: int
    code: str
    body: bytes


class Server:
    """The endpoint, and requests to it that no client would send."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """Send one request and return its answer."""
        given: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **(headers or {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None)
        return self.send_raw(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"), body)

    def send_raw(self, *parts: bytes) -> Answer:
        """Send bytes and return the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            for part in parts:
                connection.sendall(part)
            received = bytearray()
            while chunk := connection.recv(65536):
                received += chunk
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        code = [line.partition(": ")[2] for line in lines if line.lower().startswith("x-amzn-errortype:")]
        return Answer(int(lines[0].split()[1]), "".join(code), body)


@pytest.fixture(scope="module")
def server(make_function: Callable[..., AppFunction]) -> Iterator[Server]:
    """Serve functions that have no processes until they are invoked."""
    functions = [
        make_function("plain", code=HANDLER, concurrency=1),
        make_function("managed", capacity=CapacityConfig("arn", 2), environments=0),
        make_function("durable", code=DURABLE, durable=DurableConfig(600, 1), environments=0),
    ]
    options = LocalRuntimeOptions(region="us-east-1", account="000000000000", logs=LogStore())
    ready: Future[tuple[int, Callable[[], object]]] = Future()

    async def serve() -> Any:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        async with LocalRuntime(functions, options) as runtime:
            port = int(runtime.endpoint_url.rpartition(":")[2])
            ready.set_result((port, lambda: loop.call_soon_threadsafe(stop.set)))
            await stop.wait()

    with ThreadPoolExecutor(1) as pool:
        serving = pool.submit(asyncio.run, serve())
        wait([serving, ready], 60, FIRST_COMPLETED)
        port, stop = ready.result(0) if ready.done() else serving.result(0)
        yield Server(port)
        stop()
        serving.result(60)


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Expect that the server logs no exception."""
    yield
    assert [] == [record.getMessage() for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("path", [f"{FUNCTION}/invocations", f"{EXECUTION}/checkpoint", f"{EXECUTION}/pause"])
def test_rejects_bodies_that_are_no_json(server: Server, path: str) -> None:
    """Cut, not UTF-8, with numbers that JSON has no words for, or too deep to be read."""
    assert [(400, "InvalidRequestContentException")] * len(INVALID_JSON) == [
        server.send("POST", path, body)[:2] for body in INVALID_JSON
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{EXECUTION}/checkpoint", b"[]"),
        ("POST", f"{EXECUTION}/checkpoint", b'{"CheckpointToken": 5}'),
        ("POST", f"{EXECUTION}/checkpoint", b'{"CheckpointToken": "x", "Updates": {}}'),
        ("POST", f"{EXECUTION}/checkpoint", b'{"CheckpointToken": "x", "Updates": [null]}'),
        ("POST", f"{EXECUTION}/checkpoint/", b'{"CheckpointToken": "x", "Updates": [null]}'),
        ("POST", f"{EXECUTION}/checkpoint", b'{"Updates": [{"StepOptions": {"NextAttemptDelaySeconds": true}}]}'),
        ("POST", f"{EXECUTION}/stop", b'"x"'),
        ("POST", f"{EXECUTION}/stop", b'{"StackTrace": "x"}'),
        ("POST", f"{EXECUTION}/pause", b'{"ExecutionTimeoutPaused": "yes"}'),
        ("POST", f"{EXECUTION}/resume", b'{"Reason": []}'),
        ("POST", f"{CALLBACK}/fail", b'{"ErrorMessage": 5}'),
        ("PUT", SCALING, b'{"FunctionScalingConfig": []}'),
        ("PUT", SCALING, b'{"FunctionScalingConfig": {"MinExecutionEnvironments": "1"}}'),
        ("PUT", SCALING, b'{"FunctionScalingConfig": {"MinExecutionEnvironments": 1e999}}'),
        ("PUT", SCALING, b'{"FunctionScalingConfig": {"MinExecutionEnvironments": 1.5}}'),
        ("PUT", SCALING, b'{"FunctionScalingConfig": {"MinExecutionEnvironments": 99999999999999999999}}'),
    ],
)
def test_rejects_values_of_wrong_types(server: Server, method: str, path: str, body: bytes) -> None:
    """As AWS's model of the call has them."""
    assert (400, "SerializationException") == server.send(method, path, body)[:2]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{EXECUTION}/stop", b'{"ErrorMessage": ' + HALF + b"}"),
        (f"{CALLBACK}/fail", b'{"ErrorMessage": ' + HALF + b"}"),
        (f"{EXECUTION}/pause", b'{"Reason": ' + HUGE + b"}"),
    ],
)
def test_rejects_texts_and_numbers_that_cannot_be_kept(server: Server, path: str, body: bytes) -> None:
    """Half of a character, and a number with more digits than are read."""
    assert (400, "InvalidRequestContentException") == server.send("POST", path, body)[:2]


@pytest.mark.parametrize(
    "path",
    [
        f"{FUNCTION}/versions?MaxItems=x",
        f"{FUNCTION}/versions?MaxItems=%C2%B2",
        f"{FUNCTION}/versions?MaxItems=" + "9" * 5000,
        f"{FUNCTION}/versions?Marker=" + "9" * 5000,
        f"{EXECUTION}/history?MaxItems=x",
        f"{EXECUTION}/history?ReverseOrder=maybe",
        f"{EXECUTION}?IncludeExecutionData=maybe",
        "/2025-12-01/functions/durable/durable-executions?StartedAfter=x",
        "/2025-12-01/functions/durable/durable-executions?StartedAfter=9999-99-99",
        "/2025-12-01/functions/durable/durable-executions?Statuses=%FF",
        "/2015-03-31/functions/%FF",
        "/2015-03-31/functions/%00/configuration",
        "/2015-03-31/functions/%1B%5B31m",
        "/2025-12-01/durable-executions/%C0%80/history",
        "/2025-11-30/capacity-providers/%80",
    ],
)
def test_rejects_queries_and_paths_that_cannot_be_read(server: Server, path: str) -> None:
    """Numbers, truths and times that are none, and paths that are no text."""
    assert (400, "InvalidParameterValueException") == server.send("GET", path)[:2]


@pytest.mark.parametrize(
    ("call", "body", "code"),
    [
        *(("FilterLogEvents", body, "SerializationException") for body in (*INVALID_JSON, b"", b"[]", b"null")),
        ("FilterLogEvents", b'{"logGroupName": 5}', "SerializationException"),
        ("FilterLogEvents", b'{"logGroupName": "/aws/lambda/plain", "limit": "x"}', "SerializationException"),
        ("FilterLogEvents", b'{"logGroupName": "/aws/lambda/plain", "startTime": "x"}', "SerializationException"),
        ("FilterLogEvents", b'{"logGroupName": "/aws/lambda/plain", "startTime": 1e999}', "SerializationException"),
        ("FilterLogEvents", b'{"logGroupName": "/aws/lambda/plain", "logStreamNames": [5]}', "SerializationException"),
        ("FilterLogEvents", b'{"logGroupName": "/aws/lambda/plain", "limit": 0}', "InvalidParameterException"),
        ("GetLogEvents", b'{"logGroupName": "/aws/lambda/plain", "logStreamName": 7}', "SerializationException"),
        ("FilterLogEvents", b'{"logGroupName": "/aws/lambda/plain", "limit": -5}', "InvalidParameterException"),
        (
            "FilterLogEvents",
            b'{"logGroupName": "/aws/lambda/plain", "nextToken": "%s"}' % HUGE,
            "InvalidParameterException",
        ),
        ("FilterLogEvents", b'{"logGroupName": null}', "InvalidParameterException"),
        ("DescribeLogStreams", b'{"logGroupName": ' + HALF + b"}", "SerializationException"),
    ],
)
def test_rejects_requests_for_logs(server: Server, call: str, body: bytes, code: str) -> None:
    """With the errors of CloudWatch Logs."""
    headers = {"X-Amz-Target": f"Logs_20140328.{call}", "Content-Type": "application/x-amz-json-1.1"}
    assert (400, code) == server.send("POST", "/", body, headers)[:2]


@pytest.mark.parametrize("body", [b"\xff=\xff", b"Action=DescribeStacks&StackName=%00%1B"])
def test_rejects_forms(server: Server, body: bytes) -> None:
    """CloudFormation answers in XML, which no control character may be in."""
    answer = server.send("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status in {400, 501}
    assert answer.body.decode().isprintable()


@pytest.mark.parametrize(
    "body",
    [b'{"fault": "kill-worker", "count": 1e999}', b'{"fault": {}}', b"[]", DEEP, b'{"fault": "slow", "count": "x"}'],
)
def test_rejects_orders_for_faults(server: Server, body: bytes) -> None:
    """The page's own calls too."""
    assert (400, "InvalidParameterValueException") == server.send("POST", "/durable-mi/faults", body)[:2]
    assert 404 == server.send("POST", f"/page/api/workers/{'9' * 5000}/kill").status
    assert 200 == server.send("GET", f"/page/api/executions?limit={'9' * 5000}").status


@pytest.mark.parametrize("context", ["%%%", "e30", "bm9uZQ==", "W10=", "\x80"])
def test_rejects_a_client_context(server: Server, context: str) -> None:
    """It must be a JSON object in base64."""
    answer = server.send("POST", f"{FUNCTION}/invocations", b"{}", {"X-Amz-Client-Context": context})
    assert (400, "InvalidRequestContentException") == answer[:2]


def test_a_client_context_reaches_the_handler(server: Server) -> None:
    """Decoded, as on Lambda."""
    context = base64.b64encode(json.dumps({"custom": {"who": "Zoë"}}, ensure_ascii=False).encode()).decode()
    answer = server.send("POST", f"{FUNCTION}/invocations", b"{}", {"X-Amz-Client-Context": context})
    assert (200, {"who": "Zoë"}) == (answer.status, json.loads(answer.body))


def test_rejects_a_response_that_is_too_large(server: Server) -> None:
    """With the error of Lambda; the process serves the next invocation."""
    answers = [
        server.send("POST", f"{FUNCTION}/invocations", json.dumps({"size": size}).encode())
        for size in (limits.MAX_SYNC_PAYLOAD_BYTES + 200, limits.MAX_SYNC_PAYLOAD_BYTES - 2)
    ]
    assert "Function.ResponseSizeTooLarge" == json.loads(answers[0].body)["errorType"]
    assert limits.MAX_SYNC_PAYLOAD_BYTES == len(answers[1].body)


def test_rejects_bodies_before_they_are_read(server: Server) -> None:
    """A length that is too large at once, without a byte of it; chunks without a length once there are too many."""
    path = f"{FUNCTION}/invocations"
    said = server.send("POST", path, headers={"Content-Length": str(limits.MAX_SYNC_PAYLOAD_BYTES + 1)})
    assert (413, "RequestTooLargeException") == said[:2]
    assert 413 == server.send("POST", path, headers={"Content-Length": "9" * 18}).status
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (1 << 20, b"x" * (1 << 20))
    # No last chunk: the answer comes although the body does not end.
    assert (413, "RequestTooLargeException") == server.send_raw(head.encode(), *[chunk] * 7)[:2]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("X-Amz-Invocation-Type", "InvalidParameterValueException"),
        ("X-Amz-Durable-Execution-Name", "ValidationException"),
    ],
)
def test_rejects_headers_that_are_no_values(server: Server, name: str, code: str) -> None:
    """Bytes that no client sends."""
    path = "/2015-03-31/functions/durable:1/invocations"
    assert (400, code) == server.send("POST", path, b"{}", {name: "\x80\xff"})[:2]


def test_a_client_that_goes_is_no_error(server: Server) -> None:
    """It closes the connection in the middle of its body."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        head = f"POST {FUNCTION}/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n"
        connection.sendall(head.encode() + b"{")
    assert 200 == server.send("GET", FUNCTION).status
