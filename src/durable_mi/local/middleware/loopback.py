"""What every server on a loopback port checks before it serves a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.middleware.trustedhost import TrustedHostMiddleware

from durable_mi.local.middleware.same_origin import OriginGuard

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["loopback_only"]

_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")


def loopback_only(app: ASGIApp, *, has_page: bool) -> ASGIApp:
    """Return an application that serves clients of this machine, and no pages of other origins in its browsers.

    Args:
        app: The application to protect. A name that resolves to this machine is no ``Host`` of it.
        has_page: Whether a link on another page may open one of the application's own.
    """
    return TrustedHostMiddleware(OriginGuard(app, has_page=has_page), allowed_hosts=_HOSTS)
