"""The local runtime: a synthesized app's functions, the durable service and the endpoint, from start to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from durable_mi.local.catalogue import Catalogue
from durable_mi.local.deployment import Deployment
from durable_mi.local.durable_service import DurableService
from durable_mi.local.endpoint import build_endpoint
from durable_mi.local.http_server import HttpServer
from durable_mi.local.lambda_api import LambdaApi
from durable_mi.local.logs_api import LogsApi

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from starlette.types import Receive, Scope, Send

    from durable_mi.local.functions import ManagedFunction
    from durable_mi.local.invocation import Outcome
    from durable_mi.local.log_store import LogStore

__all__ = ["LocalRuntime"]


class LocalRuntime:
    """Serves functions on 127.0.0.1 until it is stopped; an asynchronous context manager.

    Args:
        functions: what to serve; one region, at least one.
        region: their region.
        account: their account.
        logs: takes what they write.
        port: the endpoint's TCP port; 0 takes a free one.
        skip_time: let waits and retries come due at once.

    Raises:
        OSError: the port is taken.
    """

    def __init__(  # noqa: PLR0913 - what the command line offers
        self,
        functions: Sequence[ManagedFunction],
        *,
        region: str,
        account: str,
        logs: LogStore,
        port: int = 0,
        skip_time: bool = False,
    ) -> None:
        self._server = HttpServer(self._serve, port)
        self._durable = DurableService(
            region=region,
            invoke=self._invoke,
            arn_of=self._qualified_arn,
            invocation_timeout=max(function.timeout for function in functions),
            skip_time=skip_time,
        )
        deployments = [
            Deployment(function, endpoint_url=self.endpoint_url, region=region, logs=logs, now=self._durable.now)
            for function in functions
        ]
        self._catalogue = Catalogue(deployments, region)
        self._app = build_endpoint(LambdaApi(self._catalogue, self._durable, account), LogsApi(logs))

    @property
    def endpoint_url(self) -> str:
        """What ``--endpoint-url`` takes."""
        return f"http://{self._server.address}"

    async def __aenter__(self) -> Self:
        """Start everything; ready when every worker process has loaded its handler.

        Raises:
            InitError: a handler could not be loaded.
        """
        self._durable.start()
        await self._server.start()
        try:
            async with asyncio.TaskGroup() as starting:
                for deployment in self._catalogue:
                    starting.create_task(deployment.start())
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process that was started."""
        await self._stop()

    async def _stop(self) -> None:
        await asyncio.gather(*(deployment.stop() for deployment in self._catalogue))
        await asyncio.to_thread(self._durable.stop)
        await self._server.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _invoke(self, function_name: str, version: str, payload: bytes, execution: str) -> tuple[str, Outcome]:
        return await self._catalogue.by_name(function_name).invoke(payload, version, execution=execution)

    def _qualified_arn(self, function_name: str, version: str) -> str:
        return f"{self._catalogue.by_name(function_name).function.arn}:{version}"
