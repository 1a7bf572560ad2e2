"""What the page asks for: executions, one execution's timeline, news, the workers.

The page stops executions, completes callbacks and starts executions through the Lambda API like any other client.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from durable_mi.dashboard import assets
from durable_mi.dashboard.execution_rows import execution_rows
from durable_mi.local.api_error import ApiError
from durable_mi.local.timeline_source import LocalTimelines
from durable_mi.timeline.document import timeline_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from durable_mi.dashboard.event_broadcaster import EventBroadcaster
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.durable.service import DurableService
    from durable_mi.local.logs.store import LogStore
    from durable_mi.local.workers.invocation_record import InvocationRecords
    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["PageApi"]

_DEFAULT_ROWS: Final = 100
_MOST_ROWS: Final = 5000
_MAX_PAYLOAD: Final = 20_000
_GATHER_S: Final = 0.1


class PageApi:
    """Serves the page and its questions.

    Args:
        registry: the functions.
        durable: the durable service.
        records: where the invocations ran.
        logs: what the functions wrote.
        feed: tells of changes.
    """

    def __init__(
        self,
        registry: FunctionRegistry,
        durable: DurableService,
        records: InvocationRecords,
        logs: LogStore,
        feed: EventBroadcaster,
    ) -> None:
        self._registry = registry
        self._durable = durable
        self._timelines = LocalTimelines(durable, records, logs)
        self._feed = feed

    def routes(self) -> list[Route]:
        """The paths of the page."""
        return [
            Route("/", assets.index, methods=["GET"]),
            Route("/page/api/executions", self.executions, methods=["GET"]),
            Route("/page/api/executions/{arn:path}", self.timeline, methods=["GET"]),
            Route("/page/api/changes", self.changes, methods=["GET"]),
            Route("/page/api/workers", self.workers, methods=["GET"]),
            Route("/page/api/workers/{pid:int}/kill", self.kill, methods=["POST"]),
            Route("/page/{name}", assets.asset, methods=["GET"]),
            Route("/page/{part}/{name}", assets.asset, methods=["GET"]),
        ]

    async def executions(self, request: Request) -> Response:
        """The executions that fit ``text``, ``status`` (repeated) and ``function``; at most ``limit``."""
        query = request.query_params
        limit = query.get("limit", str(_DEFAULT_ROWS))
        rows = execution_rows(
            self._durable.store.list_all(),
            text=query.get("text", ""),
            statuses=frozenset(query.getlist("status")),
            function=query.get("function", ""),
            limit=min(int(limit), _MOST_ROWS) if limit.isdecimal() else _DEFAULT_ROWS,
        )
        functions = sorted({each.function.name for each in self._registry if each.function.durable is not None})
        return _json({**rows, "functions": functions, "now": self._durable.now()})

    async def timeline(self, request: Request) -> Response:
        """The timeline document of one execution; with ``payloads=whole`` nothing of it is cut off."""
        arn = request.path_params["arn"]
        function = self._function_of(arn)
        timeline = await self._timelines.read(arn, function.log_group if function else None)
        limit = None if request.query_params.get("payloads") == "whole" else _MAX_PAYLOAD
        document = await asyncio.to_thread(timeline_document, timeline, max_payload=limit)
        # An alias rather than the version: that may be on its way out.
        document["restart"] = next(iter(function.aliases), function.version) if function else None
        return _json(document)

    async def changes(self, _: Request) -> Response:
        """News as server-sent events: each names the executions and log groups that something happened to."""
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(self._news(), media_type="text/event-stream", headers=headers)

    async def _news(self) -> AsyncIterator[str]:
        with self._feed.watch() as watcher:
            yield "event: ready\ndata: {}\n\n"
            while (subjects := await watcher.next(_GATHER_S)) is not None:
                yield f"data: {json.dumps(sorted(subjects))}\n\n"

    async def workers(self, _: Request) -> Response:
        """The execution environments of every version, their worker processes and what each is at."""
        return _json(
            [
                {
                    "function": function_version.function.name,
                    "version": function_version.function.version,
                    "environments": [
                        {
                            "id": environment,
                            "workers": [{"pid": pid, "execution": execution} for pid, execution in workers.items()],
                        }
                        for environment, workers in function_version.workers().items()
                    ],
                }
                for function_version in self._registry
            ]
        )

    async def kill(self, request: Request) -> Response:
        """End one worker process with SIGKILL, as an instance that is lost would.

        Raises:
            ApiError: it is no worker of any function.
        """
        pid = request.path_params["pid"]
        for function_version in self._registry:
            if function_version.kill_worker(pid):
                return Response(status_code=204)
        msg = f"no worker process has the id {pid}"
        raise ApiError.not_found(msg)

    def _function_of(self, arn: str) -> AppFunction | None:
        name = arn.partition(":function:")[2].partition(":")[0]
        found: dict[str, Any] = {each.function.name: each.function for each in self._registry}
        return found.get(name)


def _json(body: object) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(json.dumps(body), media_type="application/json", headers=headers)
