"""Rejects a request whose body is larger than any that the Lambda API takes, without reading it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from durable_mi import limits
from durable_mi.local.middleware.body_limit import BodyTooLargeError, limited
from durable_mi.local.middleware.refusal import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BodyLimitGuard"]

_DISCARD_SECONDS: Final = 0.5


class BodyLimitGuard:
    """Limits bodies to what Invoke takes, the call with the largest ones.

    Args:
        app: The application that it protects.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or reject one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def send_noted(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, limited(scope, receive, limits.MAX_SYNC_PAYLOAD_BYTES), send_noted)
        except ClientDisconnect:
            # Nobody is left to answer.
            return
        except BodyTooLargeError:
            if has_started:
                # The answer did not need the body; whoever still sends it gets no second one.
                return
            message = f"Request must be smaller than {limits.MAX_SYNC_PAYLOAD_BYTES} bytes"
            answer = refusal(413, "RequestTooLargeException", message)
            await send({"type": "http.response.start", "status": 413, "headers": answer.raw_headers})
            await send({"type": "http.response.body", "body": answer.body, "more_body": True})
            await _discard(receive)
            await send({"type": "http.response.body", "body": b""})


async def _discard(receive: Receive) -> None:
    """Take what the client still sends, for a while: it would not read the answer on a connection that is reset."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DISCARD_SECONDS):
            while (await receive()).get("more_body", False):
                pass
