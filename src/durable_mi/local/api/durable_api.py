"""The durable executions API: the emulator's calls, and what it leaves to the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from durable_mi.local.api import execution_list
from durable_mi.local.api.json_response import json_response
from durable_mi.local.api.request_shape import json_members
from durable_mi.local.path_parts import unescaped

if TYPE_CHECKING:
    from starlette.requests import Request

    from durable_mi.local.api.fault_api import FaultApi
    from durable_mi.local.durable.service import DurableService
    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["DurableApi"]

_DATA = ("InputPayload", "Result", "Error")


class DurableApi:
    """Serves the calls on durable executions and their callbacks.

    Args:
        registry: The functions.
        durable: The durable service.
        faults: What a checkpoint may meet.
    """

    def __init__(self, registry: FunctionRegistry, durable: DurableService, faults: FaultApi) -> None:
        self._registry = registry
        self._durable = durable
        self._faults = faults

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        return [
            Route("/2025-12-01/functions/{function:path}/durable-executions", self.list_executions, methods=["GET"]),
            Route("/2025-12-01/{rest:path}", self.call, methods=["GET", "POST", "DELETE"]),
        ]

    async def list_executions(self, request: Request) -> Response:
        """Serve ListDurableExecutionsByFunction with all its filters."""
        described = self._registry.describe(request.path_params["function"], request.query_params.get("Qualifier"))
        store = self._durable.store
        listed = execution_list.list_executions(
            store.listed(),
            described.function,
            request.query_params,
            version=None if described.qualifier is None else described.version,
            status=store.status,
        )
        return json_response(listed)

    async def call(self, request: Request) -> Response:
        """Serve every other call, by the raw path, in which an ARN's slashes are escaped."""
        raw_path = request.scope["raw_path"].decode()
        match request.method, raw_path.strip("/").split("/")[1:]:
            case "GET", ["durable-executions", arn]:
                return await self._get(unescaped(arn), request)
            case "POST", ["durable-executions", arn, "checkpoint"]:
                return await self._faults.checkpoint(unescaped(arn), lambda: self._emulated(raw_path, request))
            case "POST", ["durable-executions", arn, "pause"]:
                # AWS answers at once too: the invocation under way stops at its next checkpoint.
                order = await json_members(request)
                stops_timeout = order.get("ExecutionTimeoutPaused") is not False
                await self._durable.pause(unescaped(arn), order.get("Reason"), stops_timeout=stops_timeout)
                return Response(status_code=202)
            case "POST", ["durable-executions", arn, "resume"]:
                await self._durable.resume(unescaped(arn), (await json_members(request)).get("Reason"))
                return Response(status_code=202)
            case "DELETE", ["durable-executions", arn]:
                deleted = await self._durable.delete(unescaped(arn))
                return json_response({"DeletionRequestTimestamp": deleted}, 202)
        return await self._emulated(raw_path, request)

    async def _get(self, arn: str, request: Request) -> Response:
        details = self._durable.details(arn)
        included = request.query_params.get("IncludeExecutionData", "true") == "true"
        if not included:
            details = {key: value for key, value in details.items() if key not in _DATA}
            if pause := details.get("PauseDetails"):
                details["PauseDetails"] = {key: value for key, value in pause.items() if key != "Reason"}
        return json_response({**details, "ExecutionDataIncluded": included})

    async def _emulated(self, raw_path: str, request: Request) -> Response:
        query = request.scope["query_string"].decode()
        reply = await self._durable.call(request.method, raw_path, query, await request.body())
        headers = {"x-amzn-ErrorType": reply.error} if reply.error else None
        return Response(reply.body, status_code=reply.status, media_type="application/json", headers=headers)
