"""An answer in JSON."""

from __future__ import annotations

import json

from starlette.responses import Response

__all__ = ["json_response"]


def json_response(body: object, status: int = 200) -> Response:
    """An HTTP answer with a body that JSON can say."""
    return Response(json.dumps(body), status_code=status, media_type="application/json")
