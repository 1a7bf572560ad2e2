"""The durable service, with handlers that a test plays itself."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from durable_mi.local.api_error import ApiError
from durable_mi.local.app.functions import DurableConfig
from durable_mi.local.durable.service import DurableService, Reply
from durable_mi.local.durable.service_options import DurableServiceOptions
from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore
from durable_mi.local.notices.notices import Notices
from durable_mi.local.workers.invocation import Outcome
from durable_mi.local.workers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

T = TypeVar("T")

LIMIT = 30
"""Seconds after which something that should come counts as lost."""


class Handler:
    """One invocation, as its handler sees it."""

    def __init__(self, service: DurableService, event: dict[str, Any]) -> None:
        self._service = service
        self._token = event["CheckpointToken"]
        self.arn: str = event["DurableExecutionArn"]
        self.operations = {each["Id"]: each for each in event["InitialExecutionState"]["Operations"]}
        self.ended: Future[Outcome] = Future()

    async def refused(self, *updates: dict[str, Any]) -> tuple[str | None, str]:
        """Send updates that are refused, and say by which error."""
        body = json.dumps({"CheckpointToken": self._token, "Updates": updates}).encode()
        path = f"/2025-12-01/durable-executions/{quote(self.arn, safe='')}/checkpoint"
        reply = await self._service.call("POST", path, "", body)
        assert 400 == reply.status, reply
        return reply.error, json.loads(reply.body)["message"]

    async def checkpoint(self, *updates: dict[str, Any]) -> list[str]:
        """Send updates, keep what comes back, and say which operations those are."""
        body = json.dumps({"CheckpointToken": self._token, "Updates": updates}).encode()
        reply = await call(self._service, "POST", f"durable-executions/{quote(self.arn, safe='')}/checkpoint", body)
        answer = json.loads(reply.body)
        self._token = answer.get("CheckpointToken")
        changed = {each["Id"]: each for each in answer["NewExecutionState"]["Operations"]}
        self.operations |= changed
        return list(changed)

    def returns(self, status: str = "PENDING", **more: str) -> None:
        """End it."""
        self.ended.set_result(Outcome(json.dumps({"Status": status, **more}).encode()))

    def answers(self, payload: bytes) -> None:
        """End it with any answer."""
        self.ended.set_result(Outcome(payload))

    def times_out(self) -> None:
        """End it as the service does when its time is over."""
        self.ended.set_result(Outcome.failure("Sandbox.Timedout", "timed out", "request"))

    def crashes(self) -> None:
        """End it as a process does that is killed."""
        self.ended.set_result(Outcome.failure("Runtime.ExitError", "killed", "request"))


class PlainVersion:
    """The version of a plain function, which answers when the test lets it."""

    def __init__(self, answer: Future[Outcome]) -> None:
        self.function = SimpleNamespace(name="plain", version="1", durable=None)
        self._answer = answer

    async def invoke(self, *_: Any) -> tuple[str, Outcome]:
        """Wait for the answer."""
        return "request", await asyncio.wrap_future(self._answer)


class DurableVersion:
    """The version of a durable function that a workflow invokes, which the test plays."""

    def __init__(self, name: str) -> None:
        config = DurableConfig(execution_timeout=600, retention_days=1)
        self.function = SimpleNamespace(name=name, version="1", durable=config, capacity="provider")


class Functions:
    """The functions that are served: durable ones, which the test plays, and a plain one that a workflow invokes."""

    def __init__(self) -> None:
        self.service: DurableService
        self.invocations: asyncio.Queue[Handler] = asyncio.Queue()
        self.count = 0
        self.plain: Future[Outcome] = Future()
        self.missing: set[str] = set()
        self.refusal: ApiError | None = None

    async def invoke(self, *request: Any) -> tuple[str, Outcome]:
        """Let the test play an invocation."""
        self.count += 1
        if self.refusal is not None:
            raise self.refusal
        handler = Handler(self.service, json.loads(request[2]))
        self.invocations.put_nowait(handler)
        return f"request-{self.count}", await asyncio.wrap_future(handler.ended)

    def serves(self, _: str) -> bool:
        """Every function is here."""
        return True

    def qualified_arn(self, function_name: str, version: str) -> str:
        """ARNs of one account."""
        return f"arn:aws:lambda:us-east-1:000000000000:function:{function_name}:{version}"

    def resolve(self, name: str, *_: Any) -> Target:
        """Every target of a chained invoke is the plain function, but "child", and those that are missing."""
        if name in self.missing:
            msg = f"function not found: {name}"
            raise ApiError.not_found(msg)
        version: Any = DurableVersion(name) if name == "child" else PlainVersion(self.plain)
        return Target(version, "1", is_qualified=False)

    async def begin(self, *, is_asynchronous: bool = False) -> Handler:
        """Start an execution and hand over its first invocation."""
        await self.service.start_execution(
            account="000000000000",
            function_name="flow",
            version="1",
            name="one",
            config=DurableConfig(execution_timeout=600, retention_days=1),
            payload=b"{}",
            is_asynchronous=is_asynchronous,
        )
        return await self.next()

    async def next(self) -> Handler:
        """Return the next invocation."""
        return await asyncio.wait_for(self.invocations.get(), LIMIT)


async def call(service: DurableService, method: str, path: str, body: bytes = b"") -> Reply:
    """Call the API, which must go well."""
    reply = await service.call(method, f"/2025-12-01/{path}", "", body)
    assert 200 == reply.status, reply
    return reply


def play(
    scene: Callable[[Functions], Awaitable[T]],
    *,
    skip_time: bool = False,
    state: Path | None = None,
    notices: Notices | None = None,
    limits: bool = True,
) -> T:
    """Run a scene with a durable service of its own, which resumes what the state file holds."""

    async def run() -> T:
        functions = Functions()
        sqlite = SqliteExecutionStore(state) if state else None
        options = DurableServiceOptions(
            region="us-east-1", sqlite=sqlite, skip_time=skip_time, limits=limits, notices=notices or Notices()
        )
        functions.service = DurableService(functions, options)
        functions.service.start()
        functions.service.resume_executions()
        try:
            return await scene(functions)
        finally:
            await asyncio.to_thread(functions.service.stop)

    return asyncio.run(run())


async def until_idle(service: DurableService, arn: str) -> None:
    """Until the execution's handler has returned and the service has taken note of it."""
    async with asyncio.timeout(LIMIT):
        while service._executor.is_invoking(arn):  # noqa: ASYNC110, SLF001 - it looks at another thread's state
            await asyncio.sleep(0.005)
