"""The Lambda Runtime API of one execution environment, as an ASGI application.

``awslambdaric`` polls it from several processes at once. Protocol:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Protocol

from durable_mi.local.workers.invocation import Outcome

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from durable_mi.local.workers.invocation import Invocation

__all__ = ["RuntimeApi", "Workers"]

_PREFIX = "/2018-06-01/runtime/"


class Workers(Protocol):
    """The environment's side of the Runtime API."""

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
        match scope["method"], scope["path"].removeprefix(_PREFIX).split("/"):
            case "GET", ["invocation", "next"]:
                await self._next(scope["client"][1], receive, send)
            case "POST", ["invocation", request_id, "response"]:
                await self._finish(request_id, Outcome(await _body(receive)), send)
            case "POST", ["invocation", request_id, "error"]:
                await self._finish(request_id, _failure(await _body(receive)), send)
            case "POST", ["init", "error"]:
                error = _error_object(await _body(receive))
                self._workers.fail_init(str(error.get("errorType", "")), str(error.get("errorMessage", "")))
                await _answer(send, 202)
            case method, _:
                await _answer(send, 404, {"errorType": "UnknownOperation", "errorMessage": f"{method} {scope['path']}"})

    async def _next(self, client_port: int, receive: Receive, send: Send) -> None:
        invocation = await self._next_unless_gone(client_port, receive)
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
    except ValueError:
        return {}
    return error if isinstance(error, dict) else {}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive) -> bytes:
    chunks = []
    more = True
    while more:
        message = await receive()
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
