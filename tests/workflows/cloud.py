"""The rest of AWS: moto's server in this process, which notes what the functions call, and fails where it is told."""

from __future__ import annotations

import json
import threading
import urllib.parse
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["Call", "Cloud"]

ACCOUNT: Final = "000000000000"
"""The account that the local runtime gives a stack which names none."""
_OF_FUNCTIONS: Final = "Credential=local/"
"""What the local runtime signs the functions' requests with."""
_THROTTLED: Final = {"__type": "com.amazon.coral.availability#ThrottlingException", "message": "Rate exceeded"}


@dataclass(frozen=True)
class Call:
    """A request of a function.

    Attributes:
        operation: Such as `PutItem`.
        body: Its parameters, as they were sent.
    """

    operation: str
    body: str


@dataclass
class _Rule:
    """What happens to calls of an operation with a text in them."""

    operation: str
    text: str
    fails: int = 0
    after: Mapping[int, Callable[[], object]] = field(default_factory=dict)
    seen: int = 0

    def matches(self, call: Call) -> bool:
        return self.operation == call.operation and self.text in call.body


class Cloud:
    """moto's server.

    Attributes:
        url: Its address.
    """

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._calls: list[Call] = []
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def client(self, service: str) -> Any:
        """Return a client of the test's own, whose calls are not noted."""
        if service not in self._clients:
            # By name, since the project's types are those of a few services.
            make: Callable[..., Any] = boto3.client
            self._clients[service] = make(service, **self._options())
        return self._clients[service]

    def table(self, name: str) -> Any:
        """Return a table."""
        make: Callable[..., Any] = boto3.resource
        return make("dynamodb", **self._options()).Table(name)

    def calls(self, text: str, operation: str = "") -> list[Call]:
        """Return the functions' calls with a text in them, in their order: all, or those of an operation."""
        with self._lock:
            return [call for call in self._calls if text in call.body and operation in {"", call.operation}]

    @contextmanager
    def throttles(self, operation: str, text: str, *, times: int) -> Iterator[None]:
        """Reject the first calls of an operation with a text in them, as AWS does when there are too many."""
        with self._rule(_Rule(operation, text, fails=times)):
            yield

    @contextmanager
    def after(self, operation: str, text: str, then: Mapping[int, Callable[[], object]]) -> Iterator[None]:
        """Do something when a call with a text in it has been answered for the so-manieth time."""
        with self._rule(_Rule(operation, text, after=then)):
            yield

    @contextmanager
    def _rule(self, rule: _Rule) -> Iterator[None]:
        self._rules.append(rule)
        try:
            yield
        finally:
            self._rules.remove(rule)

    def _options(self) -> dict[str, Any]:
        return {
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }

    def _serve(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, noted and perhaps rejected if it is of a function."""
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = ACCOUNT
        if _OF_FUNCTIONS not in environ.get("HTTP_AUTHORIZATION", ""):
            answer: Iterable[bytes] = self._moto(environ, start_response)
            return answer
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(sent)
        call = _call(environ.get("HTTP_X_AMZ_TARGET", ""), sent.decode())
        with self._lock:
            self._calls.append(call)
            rule = next((rule for rule in self._rules if rule.matches(call)), None)
            if rule is not None:
                rule.seen += 1
                if rule.seen <= rule.fails:
                    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0")])
                    return [json.dumps(_THROTTLED).encode()]
        answer = list(self._moto(environ, start_response))
        if rule is not None and rule.seen in rule.after:
            rule.after[rule.seen]()
        return answer


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, *_: Any, **__: Any) -> None:
        """Write nothing."""


def _call(target: str, body: str) -> Call:
    """Read a request of one of the two protocols: JSON with a header, or the query protocol of SNS."""
    if target:
        return Call(target.rpartition(".")[2], json.dumps(json.loads(body)).replace('\\"', '"'))
    parameters = dict(urllib.parse.parse_qsl(body))
    return Call(parameters.get("Action", ""), json.dumps(parameters).replace('\\"', '"'))
