"""The page's API: executions, one execution's timeline, changes, the workers.

The page stops executions, completes callbacks and starts executions through the Lambda API like any other client.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from durable_mi.dashboard import assets
from durable_mi.dashboard.paced_answers import Answer, ClosedError, PacedAnswers
from durable_mi.dashboard.source import ExecutionQuery
from durable_mi.operate.errors import NotFoundError, OperatorError
from durable_mi.timeline.document import timeline_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Hashable

    from starlette.requests import Request

    from durable_mi.dashboard.event_broadcaster import EventBroadcaster
    from durable_mi.dashboard.source import (
        DiagnosisSource,
        ExecutionReplay,
        ExecutionSource,
        VersionSource,
        WorkerSource,
    )
    from durable_mi.timeline.timeline import Timeline

__all__ = ["READ_ONLY", "DashboardApi"]

READ_ONLY: Final = "this page is read only: start `durable-mi ui` with --allow-changes to change something"
_VERSION_ACTIONS: Final = ("park", "wake", "rollback")

_DEFAULT_ROWS: Final = 100
_MOST_ROWS: Final = 5000
_MAX_PAYLOAD: Final = 20_000
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_MOMENT: Final = re.compile(r"[0-9]{1,15}")
_GATHER_S: Final = 0.1
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class DashboardApi:
    """Serves the page and its API.

    Args:
        source: The executions that the page shows.
        events: Publishes changes.
        workers: The worker processes that the page shows. Defaults to none.
        replay: Replays executions on the code as it is now. Defaults to none, and the page does not offer it.
        versions: The versions of the functions. Defaults to none, and the page does not show them.
        diagnoses: Explains executions that have not ended. Defaults to none, and the page explains none.
    """

    def __init__(  # noqa: PLR0913 - what a page can show
        self,
        source: ExecutionSource,
        events: EventBroadcaster,
        *,
        workers: WorkerSource | None = None,
        replay: ExecutionReplay | None = None,
        versions: VersionSource | None = None,
        diagnoses: DiagnosisSource | None = None,
    ) -> None:
        self._source = source
        self._events = events
        self._workers = workers
        self._replay = replay
        self._versions = versions
        self._diagnoses = diagnoses
        self._answers = PacedAnswers()

    def close(self) -> None:
        """End what is waited for, and answer no more questions that have to be waited for."""
        self._answers.close()

    def routes(self) -> list[Route]:
        """Return the routes of the page."""
        return [
            Route("/", assets.index, methods=["GET"]),
            Route("/page/api/about", self.about, methods=["GET"]),
            Route("/page/api/executions", self.executions, methods=["GET"]),
            Route("/page/api/executions/{arn:path}", self.timeline, methods=["GET"]),
            Route("/page/api/why/{arn:path}", self.why, methods=["GET"]),
            Route("/page/api/replay/{arn:path}", self.replay, methods=["POST"]),
            Route("/page/api/changes", self.changes, methods=["GET"]),
            Route("/page/api/versions", self.versions, methods=["GET"]),
            Route("/page/api/versions", self.change_version, methods=["POST"]),
            Route("/page/api/workers", self.workers, methods=["GET"]),
            Route("/page/api/workers/{pid}/kill", self.kill, methods=["POST"]),
            Route("/page/{name}", assets.asset, methods=["GET"]),
            Route("/page/{part}/{name}", assets.asset, methods=["GET"]),
        ]

    async def executions(self, request: Request) -> Response:
        """List the executions that match the query; at most ``limit``.

        The parameters are ``text``, ``status`` (repeated), ``function``, ``version``, ``error``, and ``since`` and
        ``until`` in epoch milliseconds.
        """
        query = _query_of(request)

        async def make() -> Answer:
            found = await self._source.find(query)
            listed = {
                "executions": [dataclasses.asdict(row) for row in found.executions],
                "matching": found.matching,
                "counts": dict(found.counts),
                "note": found.note,
                "functions": list(self._source.functions()),
                "now": self._source.now(),
            }
            return Answer(await asyncio.to_thread(_encoded, listed))

        return await self._answer(query, make)

    async def about(self, _: Request) -> Response:
        """Return where the executions are, what the page may do there, and the functions with their qualifiers."""
        place = self._source.place()
        try:
            choices = await self._source.choices()
        except OperatorError as error:
            return _failed(error)
        return _json(
            {
                "title": place.title,
                "canChange": place.can_change,
                "cliOptions": place.cli_options,
                "hasWorkers": self._workers is not None,
                "hasVersions": self._versions is not None,
                "functions": [{"name": each.name, "qualifiers": list(each.qualifiers)} for each in choices],
            }
        )

    async def timeline(self, request: Request) -> Response:
        """Return the timeline document of one execution; ``payloads=whole`` returns payloads in full."""
        arn = request.path_params["arn"]
        limit = None if request.query_params.get("payloads") == "whole" else _MAX_PAYLOAD

        def encode(timeline: Timeline, restart: str | None) -> Answer:
            document = {
                **timeline_document(timeline, max_payload=limit),
                "restart": restart,
                "canReplay": self._replay is not None,
            }
            return Answer(_encoded(document), is_last=timeline.execution.has_ended)

        async def make() -> Answer:
            timeline = await self._source.timeline(arn)
            return await asyncio.to_thread(encode, timeline, self._source.restart_qualifier(arn))

        return await self._answer((arn, limit), make, partial(self._source.wait_for_end, arn))

    async def why(self, request: Request) -> Response:
        """Return why one execution is where it is: a paragraph, what to run next, and what could not be read."""
        arn, diagnoses = request.path_params["arn"], self._diagnoses
        if diagnoses is None:
            return _not_found("nothing here explains executions")

        async def make() -> Answer:
            found = await asyncio.to_thread(diagnoses.explain, arn)
            document = {
                "kind": str(found.kind),
                "paragraph": found.paragraph,
                "commands": [{"purpose": each.purpose, "line": each.line} for each in found.commands],
                "unread": list(found.unread),
            }
            return Answer(_encoded(document))

        return await self._answer(("why", arn), make)

    async def _answer(
        self,
        view: Hashable,
        make: Callable[[], Awaitable[Answer]],
        until_end: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> Response:
        try:
            return _response(await self._answers.get(view, make, until_end))
        except NotFoundError as error:
            return _not_found(str(error))
        except OperatorError as error:
            return _failed(error)
        except ClosedError:
            return _json({"__type": "ServiceException", "message": "the local runtime is stopping"}, status=503)

    async def changes(self, _: Request) -> Response:
        """Stream changes as server-sent events: each names the executions and log groups that changed."""
        return StreamingResponse(self._changes(), media_type="text/event-stream", headers=_HEADERS)

    async def _changes(self) -> AsyncIterator[str]:
        with self._events.watch() as watcher:
            yield "event: ready\ndata: {}\n\n"
            while (subjects := await watcher.next(_GATHER_S)) is not None:
                yield f"data: {json.dumps(sorted(subjects))}\n\n"

    async def workers(self, _: Request) -> Response:
        """List the execution environments of every version, their worker processes and what each runs."""
        return _json([] if self._workers is None else list(self._workers.versions()))

    async def versions(self, _: Request) -> Response:
        """List the versions of each function: state, open executions, environments, cost, and what comes next."""
        if self._versions is None:
            return _not_found("nothing here reads versions")
        try:
            return _json(list(await asyncio.to_thread(self._versions.versions)))
        except OperatorError as error:
            return _failed(error)

    async def change_version(self, request: Request) -> Response:
        """Park, wake or roll back to a version: ``action``, ``function`` and ``version``."""
        if self._versions is None or not self._source.place().can_change:
            return _json({"__type": "AccessDeniedException", "message": READ_ONLY}, status=403)
        order = await _members(request)
        wanted = [order.get(name) for name in ("action", "function", "version")]
        if not all(isinstance(each, str) for each in wanted) or wanted[0] not in _VERSION_ACTIONS:
            message = f"action must be {', '.join(_VERSION_ACTIONS)}, with a function and a version"
            return _json({"__type": "InvalidParameterValueException", "message": message}, status=400)
        try:
            said = await asyncio.to_thread(self._versions.change, *(str(each) for each in wanted))
        except OperatorError as error:
            return _failed(error)
        return _json({"said": said})

    async def replay(self, request: Request) -> Response:
        """Replay one execution on the code as it is now; return the verdict, and the operations side by side."""
        if self._replay is None:
            return _not_found("nothing here replays executions")
        try:
            return _json(await asyncio.to_thread(self._replay.replay, request.path_params["arn"]))
        except NotFoundError as error:
            return _not_found(str(error))
        except OperatorError as error:
            return _failed(error)

    async def kill(self, request: Request) -> Response:
        """End one worker process with SIGKILL, as a lost instance would."""
        pid = request.path_params["pid"]
        if self._workers is None or _NUMBER.fullmatch(pid) is None or not self._workers.kill(int(pid)):
            return _not_found(f"no worker process has the id {pid}")
        return Response(status_code=204)


async def _members(request: Request) -> dict[str, object]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _query_of(request: Request) -> ExecutionQuery:
    params = request.query_params
    limit = params.get("limit", "")
    return ExecutionQuery(
        text=params.get("text", ""),
        statuses=frozenset(params.getlist("status")),
        function=params.get("function", ""),
        version=params.get("version", ""),
        since=_moment(params.get("since", "")),
        until=_moment(params.get("until", "")),
        error=params.get("error", ""),
        limit=min(int(limit), _MOST_ROWS) if _NUMBER.fullmatch(limit) else _DEFAULT_ROWS,
    )


def _moment(text: str) -> float | None:
    return float(text) if _MOMENT.fullmatch(text) else None


def _failed(error: OperatorError) -> Response:
    return _json({"__type": "InvalidParameterValueException", "message": str(error)}, status=400)


def _json(body: object, status: int = 200) -> Response:
    return _response(_encoded(body), status)


def _encoded(body: object) -> bytes:
    return json.dumps(body).encode()


def _response(body: bytes, status: int = 200) -> Response:
    return Response(body, status_code=status, media_type="application/json", headers=_HEADERS)


def _not_found(message: str) -> Response:
    return _json({"__type": "ResourceNotFoundException", "message": message}, status=404)
