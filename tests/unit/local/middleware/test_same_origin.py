"""Requests of other origins' pages."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from durable_mi.local.middleware.loopback import loopback_only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Message, Scope

HOST = "127.0.0.1:3210"


def request(
    method: str, headers: Mapping[str, str], *, has_page: bool = True, hosts: Sequence[str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Send a request to an endpoint that answers everything; returns status, headers and body."""
    given = {"Host": HOST, **headers}
    host = given.pop("Host")
    named = [("Host", each) for each in ([host] if hosts is None else hosts)]
    sent: list[Message] = []
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "headers": [(name.lower().encode(), value.encode()) for name, value in (*named, *given.items())],
    }

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def serve() -> None:
        await loopback_only(PlainTextResponse("served"), has_page=has_page)(scope, receive, send)

    asyncio.run(serve())
    start, body = sent
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"].decode()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("POST", {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}),
        ("GET", {"Sec-Fetch-Site": "none"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
        ("POST", {"Origin": f"http://{HOST}"}),
    ],
    ids=["a client", "the page", "typed by hand", "a link", "an older browser"],
)
def test_serves_clients_and_its_own_page(method: str, headers: dict[str, str]) -> None:
    """And a link that opens the page."""
    status, _, body = request(method, headers)
    assert (200, "served") == (status, body)


@pytest.mark.parametrize(
    ("method", "headers", "origin"),
    [
        ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, "https://evil.example"),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, "a cross-site page"),
        ("GET", {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ("POST", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, "a cross-site page"),
        ("POST", {"Origin": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ("DELETE", {"Origin": "null"}, "null"),
    ],
    ids=["a script", "an image", "another port", "a form", "an older browser", "a sandboxed frame"],
)
def test_rejects_other_origins(method: str, headers: dict[str, str], origin: str) -> None:
    """With AWS's error code and the origin."""
    status, answered, body = request(method, headers)
    assert (403, "AccessDeniedException") == (status, answered["x-amzn-errortype"])
    assert f"not from {origin}" in json.loads(body)["message"]


def test_rejects_a_link_where_there_is_no_page() -> None:
    """A page that navigates to the Runtime API would take an invocation."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert 403 == request("GET", headers, has_page=False)[0]


@pytest.mark.parametrize("host", ["localhost", "localhost:3210", "127.0.0.1", HOST, "[::1]:3210"])
def test_serves_this_machines_names(host: str) -> None:
    """With a port and without."""
    assert (200, "served") == request("POST", {"Host": host})[::2]


@pytest.mark.parametrize(
    "host",
    [
        *("", "example.com", "127.0.0.1.example.com", "localhost.example.com:3210", "example.com:127.0.0.1"),
        *("xlocalhost", "localhost:x"),
    ],
)
def test_rejects_other_hosts(host: str) -> None:
    """Whatever name resolves to this machine, a page of it must not read from here."""
    status, answered, body = request("POST", {"Host": host})
    assert (400, "InvalidParameterValueException") == (status, answered["x-amzn-errortype"])
    assert f"with or without a port, got {host}" in json.loads(body)["message"]


def test_rejects_a_request_without_a_host_or_with_two() -> None:
    """Nobody can say which of two a browser means."""
    assert "got none" in request("POST", {}, hosts=[])[2]
    assert "got localhost, localhost" in request("POST", {}, hosts=["localhost"] * 2)[2]


def test_rejects_another_origin_whatever_the_host() -> None:
    """The first header decides nothing by itself."""
    assert 403 == request("POST", {"Host": "localhost", "Origin": "http://example.com"})[0]
