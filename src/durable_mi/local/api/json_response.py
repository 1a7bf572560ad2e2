"""An answer in JSON."""

from __future__ import annotations

import json

from starlette.responses import Response

__all__ = ["json_response"]


def json_response(body: object, status: int = 200) -> Response:
    """Return an HTTP response with a JSON body."""
    return Response(json.dumps(body), status_code=status, media_type="application/json")
