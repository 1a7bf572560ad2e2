"""The Lambda API's calls that the page makes, served over boto3: the browser has no credentials."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response
from starlette.routing import Route

from durable_mi.dashboard.account.executions import function_of
from durable_mi.dashboard.api import READ_ONLY
from durable_mi.operate.errors import NotFoundError, OperatorError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from durable_mi.dashboard.account.executions import AccountExecutions
    from durable_mi.operate.connection import Connection

__all__ = ["AccountCalls"]

_EXECUTIONS: Final = "/2025-12-01/durable-executions/{arn:path}"
_CALLBACKS: Final = "/2025-12-01/durable-execution-callbacks/{id:path}"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class AccountCalls:
    """Serves the calls, those that change something only if that is allowed.

    Args:
        connection: The account.
        executions: Its executions: what is not of their functions is rejected.
    """

    def __init__(self, connection: Connection, executions: AccountExecutions) -> None:
        self._connection = connection
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

    def _call(self, name: str, subject: str, **request: Any) -> Any:  # noqa: ANN401 - as boto3's
        action = "".join(part.title() for part in name.split("_"))
        with self._connection.explained(f"lambda:{action}", subject):
            return getattr(self._connection.functions, name)(**request)

    def _on_execution(self, name: str, request: Request, **members: Any) -> Any:  # noqa: ANN401 - as boto3's
        arn = request.path_params["arn"]
        self._executions.check(arn)
        return self._call(name, f"execution {arn}", DurableExecutionArn=arn, **members)

    def _get(self, request: Request, _: bytes) -> Response:
        found = self._on_execution("get_durable_execution", request, IncludeExecutionData=True)
        return _json({"InputPayload": found.get("InputPayload"), "Status": found["Status"]})

    def _stop(self, request: Request, body: bytes) -> Response:
        self._on_execution("stop_durable_execution", request, Error=_members(body))
        return _json({})

    def _pause(self, request: Request, _: bytes) -> Response:
        self._on_execution("pause_durable_execution", request)
        return _json({}, 202)

    def _resume(self, request: Request, _: bytes) -> Response:
        self._on_execution("resume_durable_execution", request)
        return _json({}, 202)

    def _delete(self, request: Request, _: bytes) -> Response:
        self._on_execution("delete_durable_execution", request)
        return _json({}, 202)

    def _succeed(self, request: Request, body: bytes) -> Response:
        self._on_callback("success", request, Result=body)
        return _json({})

    def _fail(self, request: Request, body: bytes) -> Response:
        self._on_callback("failure", request, Error=_members(body))
        return _json({})

    def _heartbeat(self, request: Request, _: bytes) -> Response:
        self._on_callback("heartbeat", request)
        return _json({})

    def _on_callback(self, what: str, request: Request, **members: Any) -> None:  # noqa: ANN401 - as boto3's
        callback = request.path_params["id"]
        self._call(f"send_durable_execution_callback_{what}", f"callback {callback}", CallbackId=callback, **members)

    def _start(self, request: Request, body: bytes) -> Response:
        function = request.path_params["function"]
        if function not in self._executions.read_functions():
            msg = f"the stack must have the durable function that is started, got {function}"
            raise NotFoundError(msg)
        members: dict[str, Any] = {"FunctionName": function, "InvocationType": "Event", "Payload": body}
        if qualifier := request.query_params.get("Qualifier"):
            members["Qualifier"] = qualifier
        if name := request.headers.get("x-amz-durable-execution-name"):
            members["DurableExecutionName"] = name
        answer = self._call("invoke", f"function {function}", **members)
        arn = answer.get("DurableExecutionArn", "")
        return Response(
            status_code=202, headers={**_HEADERS, "X-Amz-Durable-Execution-Arn": arn} if function_of(arn) else _HEADERS
        )


def _members(body: bytes) -> Mapping[str, str]:
    """Return the error that a request names: its type and message, nothing else.

    Raises:
        ValueError: It names none.
    """
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        members = None
    if not isinstance(members, dict):
        msg = "the error must be a JSON object with ErrorType and ErrorMessage"
        raise ValueError(msg)  # noqa: TRY004 - a value of the request, as its layout is
    return {key: str(members[key]) for key in ("ErrorType", "ErrorMessage", "ErrorData") if members.get(key)}


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status_code=status, media_type="application/json", headers=_HEADERS)
