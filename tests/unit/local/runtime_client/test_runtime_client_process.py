"""The stand-in's client of the Runtime API, against a server that answers by a script."""

from __future__ import annotations

import json
import logging
import threading
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

from durable_mi.local.runtime_client import runtime_client
from durable_mi.local.runtime_client.fault import error_object
from durable_mi.local.runtime_client.runtime_client import RuntimeClient

if TYPE_CHECKING:
    from collections.abc import Iterator


class Scripted(BaseHTTPRequestHandler):
    """Answers with the next status of the script, and keeps what it was asked."""

    protocol_version = "HTTP/1.1"
    statuses: ClassVar[list[int]] = []
    seen: ClassVar[list[tuple[str, str, str, bytes, int]]] = []

    def do_GET(self) -> None:
        """Answer with an invocation."""
        self._answer(b'{"orderId": "order-1"}')

    def do_POST(self) -> None:
        """Take an answer or an error."""
        self._answer(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        posted = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        port = self.client_address[1]
        self.seen.append((self.command, self.path, self.headers.get("Content-Type", ""), posted, port))
        status = self.statuses.pop(0)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[RuntimeClient]:
    """Yield a client that tries again without a pause."""
    monkeypatch.setattr(runtime_client, "_FIRST_DELAY_S", 0)
    Scripted.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Scripted) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        made = RuntimeClient(f"127.0.0.1:{server.server_port}")
        yield made
        made.close()
        server.shutdown()


def test_one_connection_serves_an_invocation_after_the_other(client: RuntimeClient) -> None:
    """A worker is known by its port, so the connection stays; an answer goes to the request's own path."""
    Scripted.statuses = [200, 202, 200, 202]
    body, headers = client.next_invocation()
    assert {"orderId": "order-1"} == json.loads(body)
    assert "request-1" == headers["Lambda-Runtime-Aws-Request-Id"]
    client.answer("request-1", b"[1]", "application/json")
    client.next_invocation()
    client.fail("request-1", error_object("ValueError", "no stock", [], "request-1"))
    assert ("POST", "/2018-06-01/runtime/invocation/request-1/response", "application/json", b"[1]") == Scripted.seen[
        1
    ][:4]
    assert "/2018-06-01/runtime/invocation/request-1/error" == Scripted.seen[3][1]
    assert "no stock" == json.loads(Scripted.seen[3][3])["errorMessage"]
    assert 1 == len({port for *_, port in Scripted.seen})


def test_a_poll_is_tried_again(client: RuntimeClient) -> None:
    """After a dropped connection and after an answer that is none."""
    Scripted.statuses = [0, 500, 200]
    assert b'{"orderId": "order-1"}' == client.next_invocation().body


def test_rejects_to_poll_for_ever(client: RuntimeClient) -> None:
    """The fifth failure in a row ends the worker."""
    Scripted.statuses = [500] * 6
    with pytest.raises(HTTPException, match="returned 500"):
        client.next_invocation()
    assert 5 == len(Scripted.seen)


@pytest.mark.parametrize("status", [400, 0])
def test_an_answer_that_is_not_taken_is_logged(
    client: RuntimeClient, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """And the worker goes on with the next invocation."""
    Scripted.statuses = [status, 200]
    with caplog.at_level(logging.WARNING):
        client.answer("request-1", b"{}", "application/json")
    assert "/invocation/request-1/response" in caplog.text
    assert "request-1" == client.next_invocation().headers["Lambda-Runtime-Aws-Request-Id"]


def test_a_second_report_of_the_same_failed_start_is_not_heard(
    client: RuntimeClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Another worker was first, and the Runtime API refuses; that is no news."""
    Scripted.statuses = [403]
    client.fail_init(error_object("Runtime.ImportModuleError", "no module", []))
    assert "/2018-06-01/runtime/init/error" == Scripted.seen[0][1]
    assert "" == caplog.text
