"""The call that returns the notices about an execution, for whoever follows it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from starlette.routing import Route

from durable_mi.local.api.json_response import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from durable_mi.local.notices.notices import Notices

__all__ = ["NoticeApi"]


class NoticeApi:
    """Serves the notices.

    Args:
        notices: Keeps them.
    """

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    def routes(self) -> list[Route]:
        """Return the path of the call."""
        return [Route("/durable-mi/notices/{arn:path}", self.notices, methods=["GET"])]

    async def notices(self, request: Request) -> Response:
        """Return the notices about an execution, oldest first; none for one that is not there."""
        found = self._notices.of(request.path_params["arn"])
        return json_response([dataclasses.asdict(notice) for notice in found])
