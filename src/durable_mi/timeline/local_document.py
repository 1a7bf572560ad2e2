"""The timeline document of the local runtime itself, which includes the environments and printed lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from durable_mi.timeline.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["document_invocations", "local_document"]

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
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return document if isinstance(document, dict) and document.get("arn") == arn else None


def document_invocations(document: Mapping[str, Any]) -> list[Invocation]:
    """Return the invocations of a document."""
    return [
        Invocation(
            request_id=each["requestId"],
            started=_moment(each["start"]),
            ended=None if each["end"] is None else _moment(each["end"]),
            environment=each["environment"],
            pid=each["pid"],
            error=each["error"],
        )
        for each in document["invocations"]
    ]


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
