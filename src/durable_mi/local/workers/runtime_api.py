"""The Lambda Runtime API of one execution environment, as an ASGI application.

``awslambdaric`` polls it from several processes at once. Protocol:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Protocol

from starlette.requests import ClientDisconnect

from durable_mi import limits
from durable_mi.local.middleware.body_limit import BodyTooLargeError, limited
from durable_mi.local.workers.invocation import Outcome

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from durable_mi.local.workers.invocation import Invocation

__all__ = ["RuntimeApi", "Workers"]

_PREFIX = "/2018-06-01/runtime/"
_MAX_BODY = limits.MAX_SYNC_PAYLOAD_BYTES + 100


class Workers(Protocol):
    """The environment's side of the Runtime API."""

    def waiting_invocation(self, client_port: int) -> Invocation | None:
        """Return an invocation that waits already for the worker that polls from this TCP port.

        It is lost if the worker is gone, so only for a worker whose end is seen elsewhere, and fails the invocation.
        """

    async def next_invocation(self, client_port: int) -> Invocation:
        """Wait for the next invocation for the worker that polls from this TCP port."""

    def put_back(self, invocation: Invocation) -> None:
        """Take back an invocation whose worker was gone before it could be handed over."""

    def finish(self, request_id: str, outcome: Outcome) -> bool:
        """Settle an invocation; false when no worker runs one with this id."""

    def fail_init(self, error: str, message: str) -> None:
        """Report that a worker could not load the handler."""


class RuntimeApi:
    """Routes the Runtime API's four calls.

    Args:
        workers: The environment that the calls belong to.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._serve(scope, receive, send)
        except ClientDisconnect:
            # The worker ended while it reported; that it ended is seen elsewhere.
            return
        except BodyTooLargeError:
            message = f"Exceeded maximum allowed payload size ({_MAX_BODY} bytes)."
            await _answer(send, 413, {"errorType": "RequestEntityTooLarge", "errorMessage": message})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["method"], scope["path"].removeprefix(_PREFIX).split("/"):
            case "GET", ["invocation", "next"]:
                await self._next(scope["client"][1], receive, send)
            case "POST", ["invocation", request_id, "response"]:
                await self._response(request_id, scope, receive, send)
            case "POST", ["invocation", request_id, "error"]:
                await self._finish(request_id, _failure(await _body(scope, receive)), send)
            case "POST", ["init", "error"]:
                error = _error_object(await _body(scope, receive))
                self._workers.fail_init(str(error.get("errorType", "")), str(error.get("errorMessage", "")))
                await _answer(send, 202)
            case method, _:
                await _answer(send, 404, {"errorType": "UnknownOperation", "errorMessage": f"{method} {scope['path']}"})

    async def _next(self, client_port: int, receive: Receive, send: Send) -> None:
        # Under load one always waits: that takes none of the tasks that waiting takes.
        waiting = self._workers.waiting_invocation(client_port)
        invocation = waiting or await self._next_unless_gone(client_port, receive)
        if invocation is None:
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.begin()),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
            "Content-Type": "application/json",
        }
        if invocation.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = invocation.client_context
        await _send(send, 200, headers, invocation.payload)

    async def _next_unless_gone(self, client_port: int, receive: Receive) -> Invocation | None:
        """Wait for an invocation, but not longer than the worker stays connected."""
        polled = asyncio.ensure_future(self._workers.next_invocation(client_port))
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait({polled, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stays = not gone.done()
            gone.cancel()
            if not polled.done():
                polled.cancel()
        if polled.cancelled() or not polled.done():
            return None
        invocation = polled.result()
        if not stays:
            self._workers.put_back(invocation)
            return None
        return invocation

    async def _response(self, request_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            outcome = Outcome(await _body(scope, receive))
        except BodyTooLargeError:
            # The words of AWS, whose limit of a response is these bytes larger than that of a request.
            message = f"Response payload size exceeded maximum allowed payload size ({_MAX_BODY} bytes)."
            self._workers.finish(request_id, Outcome.failure("Function.ResponseSizeTooLarge", message, request_id))
            raise
        await self._finish(request_id, outcome, send)

    async def _finish(self, request_id: str, outcome: Outcome, send: Send) -> None:
        if self._workers.finish(request_id, outcome):
            await _answer(send, 202)
        else:
            message = f"no worker runs an invocation with request id {request_id}"
            await _answer(send, 400, {"errorType": "InvalidRequestID", "errorMessage": message})


def _failure(body: bytes) -> Outcome:
    return Outcome(payload=body, error=str(_error_object(body).get("errorType") or "Unhandled"))


def _error_object(body: bytes) -> dict[str, Any]:
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Return a request's body.

    Raises:
        BodyTooLargeError: It is larger than a response of Lambda's can be.
        ClientDisconnect: The worker ended before all of it was sent.
    """
    receive = limited(scope, receive, _MAX_BODY)
    chunks = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _answer(send: Send, status: int, body: object = None) -> None:
    await _send(send, status, {"Content-Type": "application/json"}, b"" if body is None else json.dumps(body).encode())


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
