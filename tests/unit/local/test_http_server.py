"""The server of an execution environment, which whoever ends the environment stops."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.http_server import HttpServer, _JoinedWrites

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def _nothing(_: Scope, __: Receive, ___: Send) -> None:
    """Answer nothing."""


def test_a_stop_that_was_cancelled_leaves_the_end_to_the_next() -> None:
    """An environment that could not start is being stopped when the whole runtime stops."""

    async def scene() -> None:
        server = HttpServer(_nothing)
        await server.start()
        first = asyncio.ensure_future(server.stop())
        await asyncio.sleep(0)
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first
        assert first.cancelled()
        await server.stop()

    asyncio.run(scene())


def test_head_and_body_of_a_response_are_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write is a system call here and a read at the client; a worker waits for several in each execution."""
    writes: list[bytes] = []
    send = socket.socket.send

    def noted(connection: socket.socket, data: bytes) -> int:
        writes.append(bytes(data))
        return send(connection, data)

    monkeypatch.setattr(socket.socket, "send", noted)
    assert [b"hello", b"hello"] == asyncio.run(_two_requests(_hello))
    answers = [data for data in writes if data.startswith(b"HTTP/1.1 200 OK")]
    assert [True, True] == [data.endswith(b"hello") for data in answers]


def test_a_response_that_closes_its_connection_arrives() -> None:
    """What is written in the same turn comes before the end."""
    assert [b"hello"] == asyncio.run(_two_requests(_hello, header="Connection: close"))


def test_a_response_in_parts_arrives_as_they_are_sent() -> None:
    """The page's events come one by one, while the response goes on."""

    async def scene() -> None:
        goes_on = asyncio.Event()

        async def events(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            await goes_on.wait()
            await send({"type": "http.response.body", "body": b"second"})

        server = HttpServer(events)
        await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(60):
            await reader.readuntil(b"first")
            goes_on.set()
            await reader.readuntil(b"second")
        writer.close()
        await server.stop()

    asyncio.run(scene())


@pytest.mark.parametrize("begun", [b"", b"first"])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_server_that_closes_leaves_no_request_and_no_traceback(
    capsys: pytest.CaptureFixture[str], begun: bytes, *, goes_on: bool
) -> None:
    """Whoever waits gets a closed connection, which clients take for a reason to try again.

    Also where what a request waits for comes in the same turn of the event loop.
    """

    async def scene() -> list[bytes]:
        waiting, ended, event = asyncio.Semaphore(0), asyncio.Semaphore(0), asyncio.Event()

        async def wait(_: Scope, __: Receive, send: Send) -> None:
            if begun:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": begun, "more_body": True})
            waiting.release()
            try:
                await event.wait()
                await asyncio.Event().wait()
            finally:
                ended.release()

        server = HttpServer(wait)
        await server.start()
        clients = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(3)]
        async with asyncio.timeout(60):
            for _, writer in clients:
                writer.write(GET)
                await waiting.acquire()
            if begun:
                for reader, _ in clients:
                    await reader.readuntil(begun)
            if goes_on:
                event.set()
            server.close()
            for _ in clients:
                await ended.acquire()
            await server.stop()
            return [await _rest(reader, writer) for reader, writer in clients]

    assert [b""] * 3 == [rest.strip() for rest in asyncio.run(scene())]
    assert "" == capsys.readouterr().err


def test_rejects_a_request_that_arrives_while_the_server_closes() -> None:
    """On a connection that was accepted, and not known yet, when all were cut; clients try again after this error."""
    messages: list[Any] = []

    async def scene() -> None:
        server = HttpServer(_hello)
        await server.start()
        server.close()

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            messages.append(message)

        await server._serve({"type": "http", "method": "GET"}, receive, send)  # noqa: SLF001 - a matter of microseconds
        await server.stop()

    asyncio.run(scene())
    assert 503 == messages[0]["status"]
    assert "ServiceException" == json.loads(messages[1]["body"])["__type"]


async def _rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Return what still comes, which is nothing where the connection is reset, and close the connection."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def _hello(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def _two_requests(app: ASGIApp, header: str = "Accept: */*") -> list[bytes]:
    """Return the bodies of the responses to two requests on one connection, as far as it stays open."""
    server = HttpServer(app)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    bodies = []
    async with asyncio.timeout(60):
        for _ in range(2):
            writer.write(f"GET / HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            bodies.append(await reader.readexactly(5))
            if "close" in header:
                assert b"" == await reader.read()
                break
    writer.close()
    await server.stop()
    return bodies


def test_what_is_written_as_its_connection_ends_is_dropped() -> None:
    """It is written at the end of the loop's turn; by then uvloop's transport can be closed, and raises."""

    class Closed(asyncio.Transport):
        def is_closing(self) -> bool:
            return True

        def write(self, data: bytes | bytearray | memoryview[int]) -> None:
            msg = f"unable to perform operation, got {data!r}"
            raise RuntimeError(msg)

    async def scene() -> list[dict[str, Any]]:
        errors: list[dict[str, Any]] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, error: errors.append(error))
        _JoinedWrites(Closed()).write(b"late")
        for _ in range(3):
            await asyncio.sleep(0)
        return errors

    assert [] == asyncio.run(scene())
