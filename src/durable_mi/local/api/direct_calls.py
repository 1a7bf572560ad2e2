"""The way to the calls that handlers make all the time, past the search among all calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from durable_mi.local.api.body_limit_guard import BodyLimitGuard
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["DirectCalls"]

_PREFIX: Final = "/2025-12-01/durable-executions/"


class DirectCalls:
    """Serves what is posted to an execution, nearly all of it checkpoints, and leaves the rest to the application.

    Starlette compares a request with each route, copies its scope and looks for a handler of errors at two places,
    which is a quarter of what the event loop does for a checkpoint.

    Args:
        app: The application.
        serve: Serves what is posted to an execution, as the application would.
        on_error: Makes the response to what ``serve`` rejects.
    """

    def __init__(
        self,
        app: ASGIApp,
        serve: Callable[[Request], Awaitable[Response]],
        on_error: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._serve = serve
        self._on_error = on_error
        self._direct = BodyLimitGuard(self._serve_direct)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request."""
        is_direct = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(_PREFIX)
        return (self._direct if is_direct else self._app)(scope, receive, send)

    async def _serve_direct(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._serve(request)
        except ApiError as error:
            response = await self._on_error(request, error)
        await response(scope, receive, send)
