"""The emulator's own handlers of the durable APIs, and the HTTP requests that they take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable._sdk import AwsApiException, HTTPRequest, UnknownRouteError, handlers, routes

if TYPE_CHECKING:
    from durable_mi.local.durable._sdk import Executor, HTTPResponse

__all__ = ["EmulatorApi", "Reply"]

_KEPT_ROUTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response: status, body, and AWS's error code where it is an error."""

    status: int
    body: bytes
    error: str | None = None


class EmulatorApi:
    """Serves the calls of the durable APIs that the emulator knows.

    Args:
        executor: The emulator's executor.
    """

    def __init__(self, executor: Executor) -> None:
        # Kept, since each execution's checkpoints have one path.
        self._find_route = lru_cache(maxsize=_KEPT_ROUTES)(routes.Router().find_route)
        self._handlers: dict[type[routes.Route], handlers.EndpointHandler] = {
            routes.CheckpointDurableExecutionRoute: handlers.CheckpointDurableExecutionHandler(executor),
            routes.GetDurableExecutionStateRoute: handlers.GetDurableExecutionStateHandler(executor),
            routes.GetDurableExecutionHistoryRoute: handlers.GetDurableExecutionHistoryHandler(executor),
            routes.StopDurableExecutionRoute: handlers.StopDurableExecutionHandler(executor),
            routes.CallbackSuccessRoute: handlers.SendDurableExecutionCallbackSuccessHandler(executor),
            routes.CallbackFailureRoute: handlers.SendDurableExecutionCallbackFailureHandler(executor),
            routes.CallbackHeartbeatRoute: handlers.SendDurableExecutionCallbackHeartbeatHandler(executor),
        }

    def serve(self, method: str, raw_path: str, query: str, body: bytes) -> Reply:
        """Serve one call, in the calling thread.

        Raises:
            ApiError: The emulator does not know the call, or its parameters cannot be read.
        """
        try:
            route = self._find_route(raw_path, method)
            handler = self._handlers[type(route)]
        except (UnknownRouteError, KeyError) as error:
            raise ApiError(501, "NotImplemented", f"{method} {raw_path}") from error
        make = HTTPRequest.from_raw_bytes if isinstance(route, routes.BytesPayloadRoute) else HTTPRequest.from_bytes
        if isinstance(route, routes.StopDurableExecutionRoute) and body:
            # On the wire the body is the error itself; the emulator looks for it under its name.
            body = b'{"Error":' + body + b"}"
        parameters = parse_qs(query)
        if isinstance(route, routes.GetDurableExecutionHistoryRoute):
            # The API's default. The emulator's is to leave the data out.
            parameters.setdefault("IncludeExecutionData", ["true"])
        try:
            request = make(body_bytes=body, method=method, path=route, headers={}, query_params=parameters)
        except AwsApiException as error:
            raise ApiError.invalid(str(error)) from error
        return _reply(handler.handle(route, request))


def _reply(response: HTTPResponse) -> Reply:
    is_error = response.status_code >= 400  # noqa: PLR2004 - HTTP's first error status
    error = str(response.body.get("Type", "ServiceException")) if is_error else None
    return Reply(response.status_code, response.body_to_bytes(), error)
