"""The page over an account serves nobody without the token."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from durable_mi.cli.ui.token_guard import TokenGuard

TOKEN = "right-token"  # noqa: S105 - a dummy


def ask(path: str, query: str = "", cookie: str | None = None, method: str = "GET") -> tuple[int, dict[str, str]]:
    """Send one request through the guard; return status and headers."""
    sent: list[dict[str, Any]] = []
    headers = [] if cookie is None else [(b"cookie", cookie.encode("latin-1"))]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(TokenGuard(PlainTextResponse("served"), token=TOKEN, port=4711)(scope, receive, send))
    return sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}


def test_takes_the_token_from_the_link_once() -> None:
    """Into a cookie that scripts cannot read and other sites cannot send; the address is clean afterwards."""
    status, headers = ask("/", f"token={TOKEN}")
    assert (200, "0; url=/") == (status, headers["refresh"])
    assert f"durable-mi-4711={TOKEN}; HttpOnly; Path=/; SameSite=strict" == headers["set-cookie"]
    assert 200 == ask("/page/api/executions", cookie=f"other=1; durable-mi-4711={TOKEN}")[0]


@pytest.mark.parametrize(
    "cookie", [None, "", "durable-mi-4711=", "durable-mi-4711=wrong", f"durable-mi-1={TOKEN}", "\xff=\xfe"]
)
def test_rejects_a_request_without_the_token(cookie: str | None) -> None:
    """Also with the cookie of another port, or one that is none."""
    assert 401 == ask("/", cookie=cookie)[0]


@pytest.mark.parametrize(
    ("path", "query", "method"),
    [
        ("/", "token=", "GET"),
        ("/", "token=wrong", "GET"),
        ("/", "token=%C3%BC", "GET"),
        ("/page/api/executions", f"token={TOKEN}", "GET"),
        ("/", f"token={TOKEN}", "POST"),
    ],
)
def test_rejects_a_token_elsewhere_than_in_the_link(path: str, query: str, method: str) -> None:
    """A link into the API would leave the token in logs."""
    assert 401 == ask(path, query, method=method)[0]
