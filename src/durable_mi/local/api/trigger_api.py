"""The Lambda API's reads of what invokes a function on AWS: its policy, and event source mappings."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from durable_mi.local.api.json_response import json_response
from durable_mi.local.api.paging import page
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from durable_mi.local.app.description import AppDescription
    from durable_mi.local.app.triggers import EventSourceMapping
    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["TriggerApi"]

_MAX_MAPPINGS = 100


class TriggerApi:
    """Shows the triggers in the app's templates; nothing here polls an event source.

    Args:
        registry: The functions.
        app: The app's event source mappings and permissions.
    """

    def __init__(self, registry: FunctionRegistry, app: AppDescription) -> None:
        self._registry = registry
        self._app = app
        self._created = int(time.time())

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        mappings = "/2015-03-31/event-source-mappings"
        return [
            Route("/2015-03-31/functions/{function:path}/policy", self.get_policy, methods=["GET"]),
            Route(f"{mappings}/", self.list_mappings, methods=["GET"]),
            Route(mappings, self.list_mappings, methods=["GET"]),
            Route(f"{mappings}/{{id}}", self.get_mapping, methods=["GET"]),
        ]

    async def get_policy(self, request: Request) -> Response:
        """Serve GetPolicy: the permissions of exactly this function, version or alias."""
        described = self._registry.describe(request.path_params["function"], request.query_params.get("Qualifier"))
        found = [each.statement for each in self._app.permissions if each.function_arn == described.arn]
        if not found:
            msg = f"the resource you requested does not exist: {described.arn} has no policy"
            raise ApiError.not_found(msg)
        policy = json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": found}, separators=(",", ":"))
        return json_response({"Policy": policy, "RevisionId": str(uuid.uuid5(uuid.NAMESPACE_URL, policy))})

    async def list_mappings(self, request: Request) -> Response:
        """Serve ListEventSourceMappings: all, those of a function, version or alias, or those of an event source."""
        source, function = request.query_params.get("EventSourceArn"), request.query_params.get("FunctionName")
        arn = None if function is None else self._registry.describe(function, None).arn
        found = [
            self._described(mapping)
            for mapping in self._app.event_source_mappings
            if source in {None, mapping.description.get("EventSourceArn")}
            and arn in {None, mapping.description["FunctionArn"]}
        ]
        listed, marker = page(found, request.query_params, default=_MAX_MAPPINGS, maximum=_MAX_MAPPINGS)
        return json_response({"EventSourceMappings": list(listed), **marker})

    async def get_mapping(self, request: Request) -> Response:
        """Serve GetEventSourceMapping."""
        for mapping in self._app.event_source_mappings:
            if mapping.id == request.path_params["id"]:
                return json_response(self._described(mapping))
        msg = f"the resource you requested does not exist: event source mapping {request.path_params['id']}"
        raise ApiError.not_found(msg)

    def _described(self, mapping: EventSourceMapping) -> dict[str, Any]:
        return {**mapping.description, "LastModified": self._created}
