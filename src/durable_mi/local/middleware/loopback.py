"""What every server on a loopback port checks before it serves a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.local.middleware.loopback_host import HostGuard, is_loopback
from durable_mi.local.middleware.same_origin import OriginGuard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["loopback_only"]

_BROWSERS_SAY: Final = frozenset({b"origin", b"sec-fetch-site"})


def loopback_only(app: ASGIApp, *, has_page: bool) -> ASGIApp:
    """Return an application that serves clients of this machine, and no pages of other origins in its browsers.

    Args:
        app: The application to protect. A name that resolves to this machine is no ``Host`` of it.
        has_page: Whether a link on another page may open one of the application's own.
    """
    return _LoopbackGuard(app, HostGuard(OriginGuard(app, has_page=has_page)))


class _LoopbackGuard:
    """Serves the requests of programs at once, which are nearly all: the checks read the headers several times.

    Args:
        app: The application to protect.
        checked: The same behind the checks.
    """

    def __init__(self, app: ASGIApp, checked: ASGIApp) -> None:
        self._app = app
        self._checked = checked

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve or reject one request."""
        app = self._app if scope["type"] == "http" and _is_of_program(scope["headers"]) else self._checked
        return app(scope, receive, send)


def _is_of_program(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether a request has the one host that it must have, and nothing that a browser adds."""
    hosts = 0
    for name, value in headers:
        if name in _BROWSERS_SAY:
            return False
        if name == b"host":
            if not is_loopback(value):
                return False
            hosts += 1
    return hosts == 1
