"""What a handler returned or reported, whatever it is: the service has texts where its API has them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.durable._sdk import InvalidInvocationOutputError, RealClock
from durable_mi.local.durable.worker_invoker import WorkerInvoker, error_of
from durable_mi.local.notices.executions import ExecutionNotices
from durable_mi.local.notices.notices import Notices
from durable_mi.local.workers.invocation import Outcome

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python_testing.invoker import InvokeResponse

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/e/1"
DEEP = b'{"Status": ' + b"[" * 100_000


class Returning:
    """Functions that all return the same.

    Args:
        payload: What they return.
    """

    def __init__(self, payload: bytes) -> None:
        self._payload = payload

    async def invoke(self, *_: object) -> tuple[str, Outcome]:
        """Return it."""
        return "request-1", Outcome(self._payload)


def returned(payload: bytes, said: list[str]) -> InvokeResponse:
    """Return what the service gets of a payload, and note what is printed."""

    async def scene() -> InvokeResponse:
        functions: Any = Returning(payload)
        notices = ExecutionNotices(Notices(said.append), "us-east-1", "http://127.0.0.1:1")
        invoker = WorkerInvoker(functions, asyncio.get_running_loop(), RealClock(), notices)
        response: InvokeResponse = await invoker._run("f", "1", b"{}", ARN, datetime.now(UTC))  # noqa: SLF001 - it starts no thread
        return response

    return asyncio.run(scene())


def test_an_output_of_texts_is_taken() -> None:
    """With every member that the SDK sends."""
    error = {"ErrorMessage": "m", "ErrorType": "T", "ErrorData": "d", "StackTrace": ["a", "b"]}
    output = returned(json.dumps({"Status": "FAILED", "Error": error}).encode(), []).invocation_output
    assert error == (output.error and output.error.to_dict())
    assert "{}" == returned(b'{"Status": "SUCCEEDED", "Result": "{}"}', []).invocation_output.result


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b'{"Status": "SUCCEEDED", "Result": {"a": 1}}', 'Result must be a string, got {"a": 1}'),
        (b'{"Status": "SUCCEEDED", "Result": 1}', "Result must be a string, got 1"),
        (b'{"Status": "FAILED", "Error": {"ErrorMessage": []}}', "ErrorMessage must be a string, got []"),
        (b'{"Status": "FAILED", "Error": {"ErrorType": {}}}', "ErrorType must be a string, got {}"),
        (b'{"Status": "FAILED", "Error": {"ErrorData": true}}', "ErrorData must be a string, got true"),
        (b'{"Status": "FAILED", "Error": {"StackTrace": 1}}', "StackTrace must be a string, got 1"),
        (b'{"Status": "FAILED", "Error": {"StackTrace": [["a"]]}}', 'StackTrace must be a string, got ["a"]'),
        (DEEP, "it must be nested less deeply"),
        (b"\xff", "codec can't decode"),
        (b"[]", "Invalid invocation output"),
    ],
)
def test_rejects_what_is_no_output(payload: bytes, problem: str) -> None:
    """In one line, which says what it is."""
    said: list[str] = []
    with pytest.raises(InvalidInvocationOutputError, match="Invalid invocation output"):
        returned(payload, said)
    assert [True] == [problem in line and "\n" not in line for line in said]


@pytest.mark.parametrize(
    ("reported", "message", "kind", "trace"),
    [
        ({"errorType": "T", "errorMessage": "m", "stackTrace": ["a"]}, "m", "T", ["a"]),
        ({"errorType": 1, "errorMessage": None, "stackTrace": {}}, None, "1", None),
        ({"errorType": ["a"], "errorMessage": {"a": 1}, "stackTrace": "x"}, '{"a": 1}', '["a"]', None),
        ({"errorMessage": True, "stackTrace": [1, None, ["a"]]}, "true", "Unhandled", ["1", "null", '["a"]']),
        ("x", '"x"', "Unhandled", None),
    ],
)
def test_an_error_of_any_form_is_one_of_texts(
    reported: object, message: str | None, kind: str, trace: list[str] | None
) -> None:
    """A runtime may report what it likes; histories and the page have texts."""
    error = error_of(Outcome(json.dumps(reported).encode(), error="Unhandled"))
    assert (message, kind, trace) == (error.message, error.type, error.stack_trace)
