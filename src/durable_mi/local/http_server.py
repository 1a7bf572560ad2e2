"""An HTTP server on a loopback port, inside a running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from durable_mi.local.middleware.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HttpServer", "PortError"]

_POLL_SECONDS = 0.005


class PortError(OSError):
    """A port cannot be listened on."""


class _Server(uvicorn.Server):
    """Signals belong to the command, not to each of its servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Protocol(HttpToolsProtocol):
    """Writes a response's head and body at once: two writes are two system calls here and two reads at the client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(_JoinedWrites(cast("asyncio.Transport", transport)))


class _JoinedWrites(asyncio.Transport):
    """Writes together what is written in one turn of the event loop.

    Args:
        transport: Writes it.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._written: list[bytes | bytearray | memoryview[int]] = []

    def write(self, data: bytes | bytearray | memoryview[int]) -> None:
        """Write it, with what else is written in this turn."""
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        """Write what there is, and close the connection."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close the connection without what was not sent yet."""
        self._written.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closed."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - asyncio's own
        """Return what is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Read no more."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def _flush(self) -> None:
        written, self._written = self._written, []
        # Where the connection has ended meanwhile nobody reads it, and uvloop's transport would raise.
        if written and not self._transport.is_closing():
            self._transport.write(b"".join(written))


class HttpServer:
    """Serves an ASGI application on 127.0.0.1.

    Args:
        app: The application.
        port: TCP port; 0 takes a free one.

    Raises:
        PortError: The port is taken, or this user may not take it.
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        # With the protocol named: asyncio switches Nagle's algorithm off, which costs 40 ms an answer, for no other.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            self._socket.close()
            raise PortError(error.errno, error.strerror) from error
        self._app = app
        config = uvicorn.Config(
            self._serve,
            http=_Protocol,
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=3600,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Return ``host:port``."""
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Begin to answer requests."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn reports it in no other way
            await asyncio.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Serve nothing any more: cut every connection, and cancel the requests under way.

        Clients read that as a fault which may pass, and send their requests again.
        """
        self._server.should_exit = self._server.force_exit = True
        for listening in getattr(self._server, "servers", ()):  # it has them once it has started
            listening.close()
        for connection in tuple(self._server.server_state.connections):
            cast("HttpToolsProtocol", connection).transport.abort()
        # Once the connections know of their end: uvicorn reports each request that ends without a response before it.
        asyncio.get_running_loop().call_soon(self._cancel_requests)

    def _cancel_requests(self) -> None:
        for task in tuple(self._server.server_state.tasks):
            task.cancel()

    async def stop(self) -> None:
        """Close every connection, those with a request under way included."""
        self.close()
        if self._task is not None:
            # Whoever is cancelled while it waits leaves the end to the next who asks for it.
            await asyncio.shield(self._task)
        self._socket.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._server.should_exit:
            # Of a connection that was accepted already, but not known yet, when all of them were cut.
            await refusal(503, "ServiceException", "the local runtime is stopping")(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not self._server.should_exit:
                raise
