"""The one endpoint that the AWS CLI and boto3 talk to, as an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from durable_mi.local.api.body_limit_guard import BodyLimitGuard
from durable_mi.local.api.direct_calls import DirectCalls
from durable_mi.local.api.request_shape import checked
from durable_mi.local.api.service_model import call_by_path
from durable_mi.local.api_error import ApiError
from durable_mi.local.middleware.loopback import loopback_only
from durable_mi.local.middleware.refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

__all__ = ["build_endpoint"]


def build_endpoint(
    routes: Sequence[Route], direct: Mapping[str, Callable[[Request], Awaitable[Response]]] | None = None
) -> ASGIApp:
    """Build the application.

    Args:
        routes: The calls to serve. Every other call is rejected by AWS's name of it.
        direct: What serves calls by POST that are among the routes too, past Starlette, by a pattern of their path.
    """
    app: ASGIApp = Starlette(
        routes=[
            *(_checked(route) for route in routes),
            Route("/{rest:path}", _reject, methods=["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
        ],
        middleware=[Middleware(BodyLimitGuard)],
        exception_handlers={ApiError: _error, HTTPException: _no_such_call},
    )
    # Around Starlette and not within: its own layers would be around the direct calls too.
    app = DirectCalls(app, direct or {}, _error)
    return loopback_only(app, has_page=True)


def _checked(route: Route) -> Route:
    """Return the route, with requests that AWS would not take for the call rejected."""
    return type(route)(route.path, checked(route.endpoint), methods=sorted(route.methods or ()))


async def _reject(request: Request) -> Response:
    raise ApiError(501, "NotImplemented", f"{request.method} {request.url.path}")


async def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class alone
    message = error.message
    if error.code == "NotImplemented":
        message = f"the local runtime does not serve {_call_name(request) or error.message}"
    return refusal(error.status, error.code, message)


async def _no_such_call(request: Request, error: Exception) -> Response:
    """Reject a path, or a method of a path, that no call has, as AWS does; starlette's own answer is a plain text."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    return refusal(error.status_code, "UnknownOperationException", f"{request.method} {request.url.path}")


def _call_name(request: Request) -> str | None:
    """Return AWS's name of a Lambda call that is not served."""
    call = call_by_path(request.method, request.scope["raw_path"].decode("latin-1"))
    return None if call is None else str(call.name)
