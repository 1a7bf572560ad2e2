"""The one endpoint that the AWS CLI and boto3 talk to, as an ASGI application."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import Route

from durable_mi.local.api.same_origin import OriginGuard
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

__all__ = ["build_endpoint"]


def build_endpoint(routes: Sequence[Route]) -> Starlette:
    """Build the application.

    Args:
        routes: The calls to serve. Every other call is rejected by AWS's name of it.
    """
    return Starlette(
        routes=[
            *routes,
            Route("/{rest:path}", _reject, methods=["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"]),
            Middleware(OriginGuard),
        ],
        exception_handlers={ApiError: _error},
    )


async def _reject(request: Request) -> Response:
    raise ApiError(501, "NotImplemented", f"{request.method} {request.url.path}")


async def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - registered for this class alone
    message = error.message
    if error.code == "NotImplemented":
        message = f"the local runtime does not serve {_call_name(request) or error.message}"
    # The Lambda API reads the first, the Logs API the second of the two names.
    body = {"Type": "User", "__type": error.code, "Message": message, "message": message}
    headers = {"x-amzn-ErrorType": error.code, "x-amzn-RequestId": str(uuid.uuid4())}
    return Response(json.dumps(body), status_code=error.status, media_type="application/json", headers=headers)


def _call_name(request: Request) -> str | None:
    """Return AWS's name of a Lambda call that is not served, from botocore's model."""
    import botocore.session  # noqa: PLC0415 - slow to import, and this is not the usual way

    model = botocore.session.get_session().get_service_model("lambda")
    for name in model.operation_names:
        http = model.operation_model(name).http
        pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(http["requestUri"].split("?")[0]))
        if http["method"] == request.method and re.fullmatch(pattern, request.scope["raw_path"].decode()):
            return str(name)
    return None
