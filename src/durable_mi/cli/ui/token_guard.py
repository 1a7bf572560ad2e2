"""Serves only browsers that were led here by the link with the token."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from durable_mi.local.middleware.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["TokenGuard"]

_NOTHING: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class TokenGuard:
    """Takes the token from the link once, keeps it in a cookie of this port, and rejects every request without it.

    Args:
        app: The application that it protects.
        token: The token.
        port: The port, since browsers send a cookie to every port of a host.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._cookie = f"durable-mi-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or reject one request."""
        if scope["type"] == "http":
            given = QueryParams(scope["query_string"]).get("token")
            if given is not None and scope["path"] == "/" and scope["method"] == "GET" and self._is_token(given):
                await self._opened()(scope, receive, send)
                return
            if not self._is_token(self._kept(scope)):
                message = "requests must have the token: open the link that `durable-mi ui` has printed"
                await refusal(401, "UnauthorizedException", message)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _opened(self) -> Response:
        # No redirect: after a click on another site's page a browser would follow it without the strict cookie.
        response = Response(headers={**_NOTHING, "Refresh": "0; url=/"})
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _kept(self, scope: Scope) -> str:
        try:
            kept = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return "" if kept is None else kept.value

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())
