"""Keeps names that resolve to this machine, which pages of other origins can have, from being served.

Every client of the endpoint names it by its address or as ``localhost``. A browser that was led here by another name
says that name, since it believes it to be the page's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.local.middleware.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["HostGuard", "is_loopback"]

_LOOPBACK: Final = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")


def is_loopback(host: bytes) -> bool:
    """Return whether the value of a ``Host`` header names this machine's loopback interface."""
    return _LOOPBACK.fullmatch(host) is not None


class HostGuard:
    """Rejects requests without exactly one ``Host`` that is loopback, as AWS rejects a value that it does not take.

    Args:
        app: The application that it protects.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or reject one request."""
        hosts = [value for name, value in scope.get("headers", ()) if name == b"host"]
        if scope["type"] == "lifespan" or (len(hosts) == 1 and is_loopback(hosts[0])):
            await self._app(scope, receive, send)
            return
        got = ", ".join(host.decode("latin-1") for host in hosts) or "none"
        message = f"Host must be 127.0.0.1, localhost or [::1], with or without a port, got {got}"
        await refusal(400, "InvalidParameterValueException", message)(scope, receive, send)
