"""The port that the processes of an execution environment poll: who may, and what reports may hold."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from garbage import RAW

from durable_mi import limits
from durable_mi.local.http_server import HttpServer
from durable_mi.local.middleware.loopback import loopback_only
from durable_mi.local.workers.invocation import Invocation, Outcome
from durable_mi.local.workers.runtime_api import RuntimeApi

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NEXT = "GET /2018-06-01/runtime/invocation/next"
REPORT = "POST /2018-06-01/runtime/invocation/known/response"
INIT_ERROR = "POST /2018-06-01/runtime/init/error"


class Workers:
    """An environment with one invocation under way, and one that waits."""

    def __init__(self) -> None:
        self.taken = 0
        self.waiting: list[Invocation] = []
        self.outcomes: list[Outcome] = []
        self.init_errors: list[tuple[str, str]] = []

    def waiting_invocation(self, client_port: int) -> Invocation | None:
        """Hand out one that waits already."""
        return self.waiting.pop() if self.waiting and client_port > 0 else None

    async def next_invocation(self, client_port: int) -> Invocation:
        """Hand out an invocation."""
        self.taken += client_port > 0
        return Invocation(payload=b"{}", arn="arn", timeout=3)

    def put_back(self, invocation: Invocation) -> None:
        """Take an invocation back."""
        self.taken -= invocation.arn == "arn"

    def finish(self, request_id: str, outcome: Outcome) -> bool:
        """Settle the one that is under way."""
        self.outcomes.append(outcome)
        return request_id == "known"

    def fail_init(self, error: str, message: str) -> None:
        """Note that the handler could not be loaded."""
        self.init_errors.append((error, message))


def served(talk: Callable[[Callable[..., Awaitable[bytes]], Workers], Awaitable[None]]) -> None:
    """Let a scene talk to the port."""

    async def scene() -> None:
        workers = Workers()
        server = HttpServer(loopback_only(RuntimeApi(workers), has_page=False))
        await server.start()

        async def send(line: str, *headers: str, body: bytes = b"", is_cut: bool = False) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            given = [f"{line} HTTP/1.1", *(headers or (f"Host: {server.address}",)), "Connection: close"]
            writer.write("\r\n".join([*given, "", ""]).encode("latin-1") + body)
            if is_cut:
                writer.write_eof()
            answer = await asyncio.wait_for(reader.read(), 60)
            writer.close()
            return answer

        try:
            await talk(send, workers)
        finally:
            await server.stop()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "headers",
    [
        ["Host: evil.example"],
        ["Host: 127.0.0.1.evil.example"],
        ["X-Nothing: 1"],
        ["Host: 127.0.0.1", "Origin: https://evil.example"],
        ["Host: 127.0.0.1", "Origin: null"],
        ["Host: 127.0.0.1", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"],
        ["Host: 127.0.0.1", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"],
    ],
)
def test_rejects_pages(headers: list[str]) -> None:
    """A page of a browser neither takes an invocation, by whatever name of this machine, nor answers one."""

    async def talk(send: Any, workers: Workers) -> None:
        for line in (NEXT, REPORT):
            assert (await send(line, *headers, "Content-Length: 0")).split()[1] in {b"400", b"403"}
        assert (0, []) == (workers.taken, workers.outcomes)

    served(talk)


def test_serves_the_processes() -> None:
    """They send no more than a host."""

    async def talk(send: Any, workers: Workers) -> None:
        assert b"lambda-runtime-aws-request-id" in await send(NEXT)
        assert b"202" in await send(REPORT, "Host: 127.0.0.1", "Content-Length: 2", body=b"{}")
        assert (1, [Outcome(b"{}")]) == (workers.taken, workers.outcomes)

    served(talk)


def test_serves_what_waits_already() -> None:
    """It goes to the process that asks, before any other."""

    async def talk(send: Any, workers: Workers) -> None:
        workers.waiting = [Invocation(payload=b'{"waits": 1}', arn="arn", timeout=3)]
        assert b'{"waits": 1}' in await send(NEXT)
        assert b"{}" in await send(NEXT)
        assert 1 == workers.taken

    served(talk)


def test_rejects_reports_that_are_too_large() -> None:
    """By their length at once, or by what arrives; the invocation fails with Lambda's error."""

    async def talk(send: Any, workers: Workers) -> None:
        length = limits.MAX_SYNC_PAYLOAD_BYTES + 101
        assert b"413" in await send(REPORT, "Host: 127.0.0.1", f"Content-Length: {length}")
        chunks = b"%x\r\n%s\r\n" % (length, b"x" * length)
        error = "POST /2018-06-01/runtime/init/error"
        assert b"413" in await send(error, "Host: 127.0.0.1", "Transfer-Encoding: chunked", body=chunks)
        assert ["Function.ResponseSizeTooLarge"] == [outcome.error for outcome in workers.outcomes]
        assert [] == workers.init_errors

    served(talk)


def test_rejects_a_report_that_is_cut() -> None:
    """A process that ends while it reports has reported nothing."""

    async def talk(send: Any, workers: Workers) -> None:
        await send(REPORT, "Host: 127.0.0.1", "Content-Length: 9", body=b"{}", is_cut=True)
        assert [] == workers.outcomes

    served(talk)


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b"\xff", b'{"errorType": {}, "errorMessage": []}'])
def test_reports_of_any_form_are_taken(body: bytes) -> None:
    """A runtime may report an error in any form."""

    async def talk(send: Any, workers: Workers) -> None:
        header = f"Content-Length: {len(body)}"
        assert b"202" in await send("POST /2018-06-01/runtime/init/error", "Host: 127.0.0.1", header, body=body)
        assert b"202" in await send(REPORT.replace("response", "error"), "Host: 127.0.0.1", header, body=body)
        assert (1, 1) == (len(workers.init_errors), len(workers.outcomes))

    served(talk)


def test_rejects_other_calls() -> None:
    """Unknown paths, and protocols that Lambda does not have."""

    async def talk(send: Any, _: Workers) -> None:
        assert b"404" in await send("POST /2018-06-01/runtime/invocation/next", "Host: 127.0.0.1", "Content-Length: 0")
        upgrade = ("Host: 127.0.0.1", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13")
        assert b"404" in await send("GET /", *upgrade)

    served(talk)


PATHS = (
    "next",
    "known/response",
    "known/error",
    "known/",
    "",
    "known/error/x",
    "%00",
    "%FF",
    "..",
    "x" * 9000,
    "\xff",
    "%2F",
)
HEADERS = (
    "Content-Length: -1",
    "Content-Length: 9" + "9" * 30,
    "Content-Length: \xb2",
    "Content-Length: 1\r\nContent-Length: 2",
    "Transfer-Encoding: nonsense",
    "Transfer-Encoding: chunked",
    "Lambda-Runtime-Function-Error-Type: \xff\x80",
    "No colon",
    "A\0: b",
    "A: \0",
    "A: " + "x" * 70_000,
    "Expect: 100-continue",
)


def test_rejects_garbage(capsys: pytest.CaptureFixture[str]) -> None:
    """Paths, methods, headers and bodies that no runtime client sends: none is a fault of the server."""
    host = "Host: 127.0.0.1"

    async def talk(send: Any, _: Workers) -> None:
        sent = [
            *(
                f"{method} /2018-06-01/runtime/invocation/{path}"
                for path in PATHS
                for method in ("GET", "POST", "BREW")
            ),
            *("GET *", "GET http://127.0.0.1/", "GET /\0", "POST //", "\x16\x03\x01", "PRI * HTTP/2.0\r\n\r\nSM", ""),
        ]
        answers = [await send(line, host, "Content-Length: 0") for line in sent]
        answers += [await send(REPORT, host, header, body=b"{}", is_cut=True) for header in HEADERS]
        for report in (REPORT, REPORT.replace("known", "other"), REPORT.replace("response", "error"), INIT_ERROR):
            answers += [await send(report, host, f"Content-Length: {len(body)}", body=body) for body in RAW]
        statuses = {answer.split(maxsplit=2)[1] for answer in answers if answer}
        assert statuses <= {b"100", b"200", b"202", b"400", b"404", b"413"}, statuses

    served(talk)
    said = set(capsys.readouterr().err.splitlines())
    assert said <= {"WARNING:  Invalid HTTP request received."}
