"""Faults at a checkpoint, and the calls that ask for faults."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import Route

from durable_mi.local.api.json_response import json_response
from durable_mi.local.api.request_shape import parse_parameters
from durable_mi.local.api_error import ApiError
from durable_mi.local.durable.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from durable_mi.local.durable.faults import Faults
    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["FaultApi"]

_SLOW_SECONDS = 2.0
_MAX_ARMED = 1000


class FaultApi:
    """Injects faults into checkpoints and takes orders for them.

    Args:
        faults: Decides which checkpoint meets one.
        registry: The functions, whose processes are killed.
    """

    def __init__(self, faults: Faults, registry: FunctionRegistry) -> None:
        self._faults = faults
        self._registry = registry

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        path = "/durable-mi/faults"
        return [Route(path, self.show, methods=["GET"]), Route(path, self.arm, methods=["POST"])]

    async def show(self, _: Request) -> Response:
        """Return the kinds of faults, and how many of each have been injected."""
        return json_response({fault.value: self._faults.injected[fault] for fault in Fault})

    async def arm(self, request: Request) -> Response:
        """Let the next ``count`` checkpoints, or starts of execution environments, meet ``fault``."""
        try:
            order = parse_parameters(await request.body())
            fault = Fault(order["fault"])
            count = int(order.get("count", 1))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            msg = f'the body must be like {{"fault": "kill-worker", "count": 1}}, with a fault of {_kinds()}'
            raise ApiError.invalid(msg) from error
        if not 1 <= count <= _MAX_ARMED:
            msg = f"count must be from 1 to {_MAX_ARMED}, got {count}"
            raise ApiError.invalid(msg)
        self._faults.arm(fault, count)
        return json_response({"armed": fault.value, "count": count}, 202)

    async def checkpoint(self, execution: str, serve: Callable[[], Awaitable[Response]]) -> Response:
        """Serve a checkpoint, or let it meet its fault.

        Args:
            execution: ARN of the execution.
            serve: Serves the checkpoint.
        """
        match self._faults.draw():
            case Fault.KILL_WORKER | Fault.KILL_ENVIRONMENT as fault:
                for function_version in self._registry:
                    function_version.kill_runner(execution, whole_environment=fault is Fault.KILL_ENVIRONMENT)
                raise ApiError(500, "ServiceException", "fault: the process was killed")
            case Fault.DROP_ANSWER:
                await serve()
                raise ApiError(500, "ServiceException", "fault: the response was lost")
            case Fault.REPEAT_CHECKPOINT:
                await serve()
            case Fault.SLOW:
                await asyncio.sleep(_SLOW_SECONDS)
            case Fault.THROTTLE:
                raise ApiError(429, "TooManyRequestsException", "fault: the service is throttled")
        return await serve()


def _kinds() -> str:
    return ", ".join(fault.value for fault in Fault)
