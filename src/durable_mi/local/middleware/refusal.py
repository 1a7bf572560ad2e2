"""The HTTP response of a rejected request, as AWS's clients read it."""

from __future__ import annotations

import json
import uuid

from starlette.responses import Response

__all__ = ["refusal"]


def refusal(status: int, code: str, message: str) -> Response:
    """Return the response.

    Args:
        status: HTTP status.
        code: AWS's name of the error.
        message: What must hold, what came, how to fix it.
    """
    # The Lambda API reads the first, the Logs API the second of the two names.
    body = {"Type": "User", "__type": code, "Message": message, "message": message}
    headers = {"x-amzn-ErrorType": code, "x-amzn-RequestId": str(uuid.uuid4())}
    return Response(json.dumps(body), status_code=status, media_type="application/json", headers=headers)
