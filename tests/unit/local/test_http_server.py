"""The server of an execution environment, which whoever ends the environment stops."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from durable_mi.local.http_server import HttpServer

if TYPE_CHECKING:
    import pytest
    from starlette.types import ASGIApp, Receive, Scope, Send


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
