"""Endpoints that answer something else than AWS describes: one line, whatever it is."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from durable_mi.operate.client import Client
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import ServiceError
from durable_mi.timeline.local_document import local_document

if TYPE_CHECKING:
    from collections.abc import Iterator

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/a/b"
ANSWERS = (
    *(b"", b"{}", b"[]", b"null", b'"x"', b"1e400", b"NaN", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"9" * 5000),
    *(b"[" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900, b'{"\\ud800": "\\ud800"}'),
    *(b'{"Events": 1}', b'{"Events": [1]}', b'{"Events": [{"EventTimestamp": 1e300}]}'),
    b'{"DurableExecutionArn": "a", "StartTimestamp": "x"}',
    f'{{"arn": "{ARN}"}}'.encode(),
    f'{{"arn": "{ARN}", "name": "a", "status": "", "waiting": 1e300, "notices": [], "invocations": []}}'.encode(),
)


class Answering(ThreadingHTTPServer):
    """Answers every request with the same body."""

    body = b""


class Handler(BaseHTTPRequestHandler):
    """Sends the server's body."""

    def do_GET(self) -> None:
        """Answer."""
        assert isinstance(self.server, Answering)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Answering]:
    """Serve until the module ends."""
    with Answering(("127.0.0.1", 0), Handler) as answering:
        thread = Thread(target=answering.serve_forever)
        thread.start()
        yield answering
        answering.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def client(server: Answering) -> Client:
    """Return the client of the operator's commands."""
    return Client.connect(endpoint=Endpoint.parse(f"http://127.0.0.1:{server.server_port}"), profile=None, region=None)


@pytest.mark.parametrize("body", ANSWERS, ids=lambda body: repr(body[:20]))
def test_rejects_what_is_no_answer_of_aws(server: Answering, client: Client, body: bytes) -> None:
    """An execution and a page of its history; the local runtime's own document counts as missing."""
    server.body = body
    with pytest.raises(ServiceError, match=r"must be an AWS API, got another response"):
        client.execution(ARN, include_data=True)
    with pytest.raises(ServiceError, match=r"must be an AWS API, got another response"):
        client.history_page(ARN, marker=None, newest_first=False, max_items=100)
    assert local_document(client.address, ARN) is None
