"""An HTTP server on a loopback port, inside a running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

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
        if self._written:
            written, self._written = self._written, []
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
        config = uvicorn.Config(
            app,
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

    async def stop(self) -> None:
        """Close every connection, those with a request under way included."""
        self._server.should_exit = True
        self._server.force_exit = True
        if self._task is not None:
            # Whoever is cancelled while it waits leaves the end to the next who asks for it.
            await asyncio.shield(self._task)
        self._socket.close()
