"""The Lambda API's calls that the page makes, served over boto3: the browser has no credentials."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from durable_mi.dashboard.api import READ_ONLY
from durable_mi.operate.calls.callbacks import Callbacks
from durable_mi.operate.calls.changes import ExecutionChanges
from durable_mi.operate.calls.starts import start_execution
from durable_mi.operate.errors import NotFoundError, OperatorError
from durable_mi.operate.execution import ExecutionError
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from durable_mi.dashboard.account.executions import AccountExecutions
    from durable_mi.operate.calls.caller import Caller

__all__ = ["AccountCalls"]

_EXECUTIONS: Final = "/2025-12-01/durable-executions/{arn:path}"
_CALLBACKS: Final = "/2025-12-01/durable-execution-callbacks/{id:path}"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class AccountCalls:
    """Serves the calls, those that change something only if that is allowed.

    Args:
        caller: The account.
        executions: Its executions: what is not of their functions is rejected.
    """

    def __init__(self, caller: Caller, executions: AccountExecutions) -> None:
        self._caller = caller
        self._changes = ExecutionChanges(caller)
        self._callbacks = Callbacks(caller)
        self._executions = executions

    def routes(self) -> list[Route]:
        """Return the paths, which are the Lambda API's own."""
        post = {
            f"{_EXECUTIONS}/stop": self._stop,
            f"{_EXECUTIONS}/pause": self._pause,
            f"{_EXECUTIONS}/resume": self._resume,
            f"{_CALLBACKS}/succeed": self._succeed,
            f"{_CALLBACKS}/fail": self._fail,
            f"{_CALLBACKS}/heartbeat": self._heartbeat,
            "/2015-03-31/functions/{function}/invocations": self._start,
        }
        return [
            *(Route(path, self._changing(serve), methods=["POST"]) for path, serve in post.items()),
            Route(_EXECUTIONS, self._changing(self._delete), methods=["DELETE"]),
            Route(_EXECUTIONS, self._served(self._get), methods=["GET"]),
        ]

    def _changing(self, serve: Callable[[Request, bytes], Response]) -> Callable[[Request], Awaitable[Response]]:
        served = self._served(serve)

        async def checked(request: Request) -> Response:
            if not self._executions.place().can_change:
                return _json({"__type": "AccessDeniedException", "message": READ_ONLY}, 403)
            return await served(request)

        return checked

    def _served(self, serve: Callable[[Request, bytes], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = await request.body()
            try:
                return await asyncio.to_thread(serve, request, body)
            except NotFoundError as error:
                return _json({"__type": "ResourceNotFoundException", "message": str(error)}, 404)
            except (OperatorError, ValueError) as error:
                return _json({"__type": "InvalidParameterValueException", "message": str(error)}, 400)

        return answer

    def _arn(self, request: Request) -> str:
        """Return the execution that a request is about, if it is one of the stack's."""
        arn: str = request.path_params["arn"]
        self._executions.check(arn)
        return arn

    def _get(self, request: Request, _: bytes) -> Response:
        found = self._caller.execution(self._arn(request), include_data=True)
        return _json({"InputPayload": found.input, "Status": found.status})

    def _stop(self, request: Request, body: bytes) -> Response:
        self._changes.stop(self._arn(request), error=_error(body))
        return _json({})

    def _pause(self, request: Request, _: bytes) -> Response:
        self._changes.pause(self._arn(request))
        return _json({}, 202)

    def _resume(self, request: Request, _: bytes) -> Response:
        self._changes.resume(self._arn(request))
        return _json({}, 202)

    def _delete(self, request: Request, _: bytes) -> Response:
        self._changes.delete(self._arn(request))
        return _json({}, 202)

    def _succeed(self, request: Request, body: bytes) -> Response:
        self._callbacks.succeed(request.path_params["id"], result=body)
        return _json({})

    def _fail(self, request: Request, body: bytes) -> Response:
        self._callbacks.fail(request.path_params["id"], _error(body) or ExecutionError())
        return _json({})

    def _heartbeat(self, request: Request, _: bytes) -> Response:
        self._callbacks.heartbeat(request.path_params["id"])
        return _json({})

    def _start(self, request: Request, body: bytes) -> Response:
        function = request.path_params["function"]
        if function not in self._executions.read_functions():
            msg = f"the stack must have the durable function that is started, got {function}"
            raise NotFoundError(msg)
        target = Target.parse(function, qualifier=request.query_params.get("Qualifier"))
        name = request.headers.get("x-amz-durable-execution-name")
        arn = start_execution(self._caller, target, body, name=name)
        return Response(status_code=202, headers={**_HEADERS, "X-Amz-Durable-Execution-Arn": arn})


def _error(body: bytes) -> ExecutionError | None:
    """Return the error that a request names: its type, message and data, nothing else.

    Raises:
        ValueError: The request is no JSON object.
    """
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        members = None
    if not isinstance(members, dict):
        msg = "the error must be a JSON object with ErrorType and ErrorMessage"
        raise ValueError(msg)  # noqa: TRY004 - a value of the request, as its layout is
    known = {key: str(members[key]) for key in ("ErrorType", "ErrorMessage", "ErrorData") if members.get(key)}
    return ExecutionError.from_api(known)


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status_code=status, media_type="application/json", headers=_HEADERS)
