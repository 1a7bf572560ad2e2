"""The timeline document of the local runtime itself, which includes the environments and printed lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote, urlsplit

from durable_mi.timeline.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["document_records", "local_document"]


class _Records(TypedDict):
    invoked: list[Invocation]
    waiting: datetime | None
    notices: list[tuple[datetime, str]]


_TIMEOUT_S = 60


def local_document(endpoint_url: str, arn: str) -> dict[str, Any] | None:
    """Read an endpoint's own document of an execution, with whole payloads.

    Args:
        endpoint_url: An HTTP endpoint on this machine.
        arn: The execution.

    Returns:
        The document, or ``None`` if the endpoint is not the local runtime, or does not know the execution.
    """
    parts = urlsplit(endpoint_url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", f"/page/api/executions/{quote(arn, safe='')}?payloads=whole")
        answer = connection.getresponse()
        body = answer.read()
        document = json.loads(body) if answer.status == HTTPStatus.OK else None
    except (OSError, HTTPException, ValueError, RecursionError):
        return None
    finally:
        connection.close()
    return document if isinstance(document, dict) and document.get("arn") == arn and _is_ours(document) else None


def document_records(document: Mapping[str, Any] | None) -> _Records:
    """Return the runtime's own records as arguments of ``read_timeline``; none if there is no document."""
    if document is None:
        return {"invoked": [], "waiting": None, "notices": []}
    return {
        "invoked": _invocations(document),
        "waiting": None if document["waiting"] is None else _moment(document["waiting"]),
        "notices": [(_moment(each["at"]), each["text"]) for each in document["notices"]],
    }


def _is_ours(document: dict[str, Any]) -> bool:
    """Return whether a document has what the local runtime of this version writes."""
    try:
        document_records(document)
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError):
        return False
    return isinstance(document.get("name"), str) and isinstance(document.get("status"), str)


def _invocations(document: Mapping[str, Any]) -> list[Invocation]:
    return [
        Invocation(
            request_id=each["requestId"],
            started=_moment(each["start"]),
            ended=None if each["end"] is None else _moment(each["end"]),
            environment=each["environment"],
            pid=each["pid"],
            error=each["error"],
            message=each["message"],
            requested=None if each["requested"] is None else _moment(each["requested"]),
        )
        for each in document["invocations"]
    ]


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
