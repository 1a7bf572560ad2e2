"""Keeps other origins' pages in a browser on this machine from using the endpoint.

Anything that a browser shows can send requests to a loopback port. Browsers say where a request comes from; the AWS
CLI, boto3 and the functions' own processes say nothing of that kind and pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from durable_mi.local.middleware.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["OriginGuard"]

_READS = frozenset({"GET", "HEAD"})


class OriginGuard:
    """Rejects what a browser sends on behalf of another origin, unless it only opens the page.

    Stands behind a check that the ``Host`` is loopback: an origin counts as the endpoint's own when it is that host.

    Args:
        app: The application that it protects.
        has_page: Whether the application has a page, which links on other pages may open.
    """

    def __init__(self, app: ASGIApp, *, has_page: bool) -> None:
        self._app = app
        self._has_page = has_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or reject one request."""
        if scope["type"] == "http" and (origin := self._foreign_origin(scope["method"], Headers(scope=scope))):
            message = f"requests of web pages must come from the endpoint's own page, not from {origin}"
            await refusal(403, "AccessDeniedException", message)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _foreign_origin(self, method: str, headers: Headers) -> str | None:
        """Return the request's origin if it is another one; ``None`` if the request may pass."""
        site = headers.get("sec-fetch-site")
        if self._has_page and method in _READS and headers.get("sec-fetch-mode") == "navigate":
            return None
        if site is not None and site not in {"same-origin", "none"}:
            return headers.get("origin") or f"a {site} page"
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers.get('host')}":
            return origin
        return None
