"""The way to the calls that are made all the time, past the search among all calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.requests import Request

from durable_mi.local.api.body_limit_guard import BodyLimitGuard
from durable_mi.local.api.request_shape import checked
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["DirectCalls"]


class DirectCalls:
    """Serves some calls by POST, and leaves the rest to the application.

    Starlette compares a request with each route, copies its scope and looks for a handler of errors at two places,
    which is a quarter of what the event loop does for a checkpoint.

    Args:
        app: The application.
        calls: What serves a call as the application would, by a pattern of its whole path; the names in the pattern are
            the parameters.
        on_error: Makes the response to what is rejected.
    """

    def __init__(
        self,
        app: ASGIApp,
        calls: Mapping[str, Callable[[Request], Awaitable[Response]]],
        on_error: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._on_error = on_error
        self._calls = [(re.compile(path), BodyLimitGuard(self._direct(serve))) for path, serve in calls.items()]

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] == "POST":
            for path, app in self._calls:
                if found := path.fullmatch(scope["path"]):
                    scope["path_params"] = found.groupdict()
                    return app(scope, receive, send)
        return self._app(scope, receive, send)

    def _direct(self, serve: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
        serve_checked = checked(serve)

        async def serve_direct(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            try:
                response = await serve_checked(request)
            except ApiError as error:
                response = await self._on_error(request, error)
            await response(scope, receive, send)

        return serve_direct
