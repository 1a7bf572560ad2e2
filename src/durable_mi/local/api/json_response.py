"""Answers in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from durable_mi.local.api.paging import page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

__all__ = ["json_response", "listed_response"]

_MAX_ITEMS = 50


def json_response(body: object, status: int = 200) -> Response:
    """Return an HTTP response with a JSON body."""
    return Response(json.dumps(body), status_code=status, media_type="application/json")


def listed_response(key: str, items: Sequence[Mapping[str, Any]], request: Request, **more: str) -> Response:
    """Return the page of a list that a request asks for, at most 50 items.

    Args:
        key: Name of the list in the response.
        items: All items.
        request: The request.
        more: Other members of the response.
    """
    listed, marker = page(items, request.query_params, default=_MAX_ITEMS, maximum=_MAX_ITEMS)
    return json_response({key: list(listed), **marker, **more})
