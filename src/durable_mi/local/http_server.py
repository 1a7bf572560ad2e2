"""An HTTP server on a loopback port, inside a running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn

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
