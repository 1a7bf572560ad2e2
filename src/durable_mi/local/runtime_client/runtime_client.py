"""A client of Lambda's Runtime API over one connection that lasts as long as its process."""

from __future__ import annotations

import http.client
import logging
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from .marshal import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Request", "RuntimeClient"]

_PREFIX = "/2018-06-01/runtime"
_ATTEMPTS = 5
_FIRST_DELAY_S = 0.1
_LOG = logging.getLogger()


class Request(NamedTuple):
    """One invocation: the event's bytes and the headers that describe it."""

    body: bytes
    headers: http.client.HTTPMessage


class RuntimeClient:
    """Calls the Runtime API.

    Args:
        address: Host and port.
    """

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)

    def next_invocation(self) -> Request:
        """Wait for an invocation, as long as it takes.

        Raises:
            OSError: The Runtime API did not answer, five times in a row.
            http.client.HTTPException: It answered with something else than an invocation, five times in a row.
        """
        delay = _FIRST_DELAY_S
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._next()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                _LOG.warning("Attempt %s to get the next invocation failed: %s", attempt, error)
                time.sleep(delay)
                delay *= 2
        return self._next()

    def answer(self, request_id: str, body: bytes, content_type: str) -> None:
        """Send what the handler returned."""
        self._tell(f"/invocation/{request_id}/response", body, {"Content-Type": content_type})

    def fail(self, request_id: str, error: Mapping[str, Any]) -> None:
        """Report that the handler failed."""
        self._tell(f"/invocation/{request_id}/error", to_json(error).encode(), _error_headers(error))

    def fail_init(self, error: Mapping[str, Any]) -> None:
        """Report that the handler could not be loaded; the report of a second worker is ignored."""
        self._tell("/init/error", to_json(error).encode(), _error_headers(error))

    def close(self) -> None:
        """Close the connection; a later call opens another."""
        self._connection.close()

    def _next(self) -> Request:
        status, headers, body = self._call("GET", "/invocation/next")
        if status != HTTPStatus.OK:
            msg = f"the Runtime API returned {status} to the poll for an invocation"
            raise http.client.HTTPException(msg)
        return Request(body, headers)

    def _tell(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            status, _, answer = self._call("POST", path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            _LOG.warning("%s could not be reported: %s", path, error)
            return
        if status not in {HTTPStatus.ACCEPTED, HTTPStatus.FORBIDDEN}:
            _LOG.warning("%s returned %s: %s", path, status, answer.decode(errors="replace"))

    def _call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        self._connection.request(method, _PREFIX + path, body, dict(headers or {}))
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()


def _error_headers(error: Mapping[str, Any]) -> dict[str, str]:
    return {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": str(error["errorType"])}
