"""Notices of an endpoint on this machine, each once."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from durable_mi.operate.local_notices import LocalNotices

if TYPE_CHECKING:
    from collections.abc import Iterator

ARN = "arn:aws:lambda:us-east-1:000000000000:function:orders:1/durable-execution/a/b"


class Endpoint(ThreadingHTTPServer):
    """An endpoint on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.status = 200
        self.body = b"[]"
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_GET(self) -> None:
        """Answer as the test wants it."""
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Serve an endpoint."""
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_reads_each_notice_once(endpoint: Endpoint) -> None:
    """Those of one execution."""
    notices = LocalNotices(endpoint.url, ARN)
    for texts, new in (([], []), (["a"], ["a"]), (["a", "b", "c"], ["b", "c"]), (["a", "b", "c"], [])):
        endpoint.body = json.dumps([{"at": 1, "text": text} for text in texts]).encode()
        assert new == notices.new()
    assert {f"/durable-mi/notices/{ARN.replace(':', '%3A').replace('/', '%2F')}"} == set(endpoint.asked)


@pytest.mark.parametrize(("status", "body"), [(404, b"[]"), (200, b"<html>"), (200, b"{}")])
def test_another_service_has_none_and_is_asked_once(endpoint: Endpoint, status: int, body: bytes) -> None:
    """Such as a stub of the API."""
    endpoint.status, endpoint.body = status, body
    notices = LocalNotices(endpoint.url, ARN)
    assert ([], []) == (list(notices.new()), list(notices.new()))
    assert 1 == len(endpoint.asked)
