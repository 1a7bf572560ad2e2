"""A Lambda-compatible endpoint on loopback with AWS's durable service emulator behind it.

``python emulated_endpoint.py RECORD`` prints its address, serves until it is terminated, and appends every request to
RECORD as a line of JSON. It runs as a process of its own, as the local runtime does, and since the emulator leaves its
event loops open when it is closed.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from aws_durable_execution_sdk_python_testing.exceptions import AwsApiException
from aws_durable_execution_sdk_python_testing.model import StartDurableExecutionInput
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
from aws_durable_execution_sdk_python_testing.web.models import HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_durable_execution_sdk_python.context import DurableContext

ACCOUNT = "123456789012"
LOG_GROUP = "/orders/workflow"
HIDDEN_LOG_GROUP = "/orders/hidden"


def _order_workflow(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Return the order workflow of the example with a shorter wait."""
    order = event["orderId"]
    context.logger.info("Validating order %s", order)
    context.step(lambda _: {"orderId": order, "status": "validated"}, name="validate-order")
    context.wait(Duration.from_seconds(1), name="wait 1s")
    context.logger.info("Processing order %s", order)
    return context.step(lambda _: {"orderId": order, "status": "processed"}, name="process-order")


def _flaky_workflow(_event: dict[str, Any], context: DurableContext) -> str:
    """Return a step that fails once and is retried after a second."""
    attempts: list[int] = _FLAKY_ATTEMPTS

    def charge(_: object) -> str:
        attempts.append(1)
        if len(attempts) % 2:
            msg = "card reader is busy"
            raise RuntimeError(msg)
        return "paid"

    strategy = create_retry_strategy(RetryStrategyConfig(max_attempts=3, initial_delay=Duration.from_seconds(1)))
    return context.step(charge, name="charge-card", config=StepConfig(retry_strategy=strategy))


_FLAKY_ATTEMPTS: list[int] = []


def _failing_workflow(event: dict[str, Any], _context: DurableContext) -> None:
    """Fail at once for an input without an orderId."""
    msg = f"orderId must be given, got {sorted(event)}"
    raise ValueError(msg)


def _slow_workflow(_event: dict[str, Any], context: DurableContext) -> None:
    """Wait longer than every test."""
    context.wait(Duration.from_seconds(3600), name="wait 1h")


WORKFLOWS: dict[str, Callable[[dict[str, Any], DurableContext], object]] = {
    "order-workflow": _order_workflow,
    "hidden-workflow": _order_workflow,
    "flaky-workflow": _flaky_workflow,
    "failing-workflow": _failing_workflow,
    "slow-workflow": _slow_workflow,
}

# Functions that stand for an answer of the service: status, code, message.
REFUSALS: dict[str, tuple[int, str, str]] = {
    "denied": (403, "AccessDeniedException", "User: u is not authorized to perform: lambda:InvokeFunction"),
    "expired": (403, "ExpiredTokenException", "The security token included in the request is expired"),
    "unsigned": (403, "UnrecognizedClientException", "The security token included in the request is invalid."),
    "throttled": (429, "TooManyRequestsException", "Rate exceeded"),
    "broken": (500, "ServiceException", "internal failure"),
    "taken": (409, "DurableExecutionAlreadyStartedException", "Durable execution with name x already exists"),
}


class _LogKeeper(logging.Handler):
    """Keeps log records as Lambda's JSON log format writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "executionArn" not in vars(record):
            return  # the emulator's own
        fields = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": "11111111-2222-3333-4444-555555555555",
        }
        fields |= {key: vars(record)[key] for key in ("executionArn", "operationName") if key in vars(record)}
        self.lines.append((int(record.created * 1000), json.dumps(fields)))


class _Service:
    """One emulated durable service a function, and the log lines of all."""

    def __init__(self) -> None:
        self.logs = _LogKeeper()
        self.runners = {
            name: DurableFunctionTestRunner(durable_execution(handler), skip_time=False, region="us-east-1")
            for name, handler in WORKFLOWS.items()
        }
        logger = logging.getLogger()
        logger.addHandler(self.logs)
        logger.setLevel(logging.INFO)

    def start(self, name: str, qualifier: str, payload: bytes, execution_name: str) -> str:
        """Start an execution and give its ARN; the emulator's own is only the last part of one."""
        output = self.runners[name]._executor.start_execution(  # noqa: SLF001 - the runner cannot name executions apart
            StartDurableExecutionInput(
                account_id=ACCOUNT,
                function_name=name,
                function_qualifier="1" if qualifier == "live" else qualifier,
                execution_name=execution_name,
                execution_timeout_seconds=3600,
                execution_retention_period_days=7,
                invocation_id="5d0f8f3e-7f5c-4b6c-9d3a-0c5a6c1f2b11",
                input=payload.decode(),
            )
        )
        return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}:1/durable-execution/{output.execution_arn}"

    def read(self, arn: str, query: dict[str, list[str]], *, is_history: bool) -> dict[str, Any]:
        """Answer GetDurableExecution and GetDurableExecutionHistory."""
        function_arn, _, emulated_arn = arn.partition("/durable-execution/")
        executor = self.runners[function_arn.split(":")[6]]._executor  # noqa: SLF001 - as above
        with_data = query.get("IncludeExecutionData") == ["true"]
        if not is_history:
            details: dict[str, Any] = executor.get_execution_details(emulated_arn).to_dict()
            details["DurableExecutionArn"] = arn
            return details if with_data else {k: v for k, v in details.items() if k not in {"InputPayload", "Result"}}
        history: dict[str, Any] = executor.get_execution_history(
            emulated_arn,
            include_execution_data=with_data,
            reverse_order=query.get("ReverseOrder") == ["true"],
            marker=query.get("Marker", [None])[0],
            max_items=int(query["MaxItems"][0]) if "MaxItems" in query else None,
        ).to_dict()
        return history


class _Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def _log_group(function: str) -> str:
    return HIDDEN_LOG_GROUP if function == "hidden-workflow" else LOG_GROUP


class _Server(ThreadingHTTPServer):
    """The endpoint's server."""

    daemon_threads = True

    def __init__(self, record: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.record = record
        self.service = _Service()


class _Handler(BaseHTTPRequestHandler):
    """Answers as AWS would; the server carries the service and what it was asked."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        record = {"method": method, "path": self.path, "headers": dict(self.headers), "body": body.decode()}
        with self.server.record.open("a") as file:
            file.write(json.dumps(record) + "\n")
        headers: dict[str, str] = {}
        try:
            status, answer = self._route(method, body, headers)
        except _Refused as refused:
            status, answer = refused.status, {"message": str(refused), "Type": "User", "__type": refused.code}
            headers["x-amzn-ErrorType"] = refused.code
        except AwsApiException as error:
            status = error.http_status_code
            answer = error.to_dict()
            headers["x-amzn-ErrorType"] = type(error).__name__
        data = HTTPResponse.create_json(status, answer).body_to_bytes() if answer is not None else b""
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _route(self, method: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any] | None]:
        parts = urlsplit(self.path)
        query, segments = parse_qs(parts.query), [unquote(part) for part in parts.path.split("/")[1:]]
        if "X-Amz-Target" in self.headers:
            return 200, self._logs(json.loads(body))
        match method, segments:
            case "POST", ["2015-03-31", "functions", function, "invocations"]:
                return 202, self._invoke(function, query, body, headers)
            case "GET", ["2015-03-31", "functions", function, "configuration"]:
                return 200, {"FunctionName": function, "LoggingConfig": {"LogGroup": _log_group(function)}}
            case "GET", ["2025-12-01", "durable-executions", arn]:
                return 200, self.server.service.read(arn, query, is_history=False)
            case "GET", ["2025-12-01", "durable-executions", arn, "history"]:
                return 200, self.server.service.read(arn, query, is_history=True)
        raise _Refused(404, "UnknownOperationException", f"no such operation: {method} {parts.path}")

    def _invoke(
        self, function: str, query: dict[str, list[str]], body: bytes, headers: dict[str, str]
    ) -> dict[str, Any] | None:
        name, qualifier = function.rsplit(":", maxsplit=1)[-1], query.get("Qualifier", ["$LATEST"])[0]
        if name in REFUSALS:
            raise _Refused(*REFUSALS[name])
        if name == "plain":
            return None
        if name not in WORKFLOWS or qualifier not in {"live", "1"}:
            arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}:{qualifier}"
            raise _Refused(404, "ResourceNotFoundException", f"Function not found: {arn}")
        execution_name = self.headers["X-Amz-Durable-Execution-Name"]
        headers["X-Amz-Durable-Execution-Arn"] = self.server.service.start(name, qualifier, body, execution_name)
        return None

    def _logs(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["logGroupName"] == HIDDEN_LOG_GROUP:
            raise _Refused(400, "AccessDeniedException", "User: u is not authorized to perform: logs:FilterLogEvents")
        if request["logGroupName"] != LOG_GROUP:
            raise _Refused(400, "ResourceNotFoundException", "The specified log group does not exist.")
        _, _, pattern = request["filterPattern"].strip('"').partition("/durable-execution/")
        events = [
            {"logStreamName": "s", "timestamp": at, "ingestionTime": at, "message": line, "eventId": str(number)}
            for number, (at, line) in enumerate(self.server.service.logs.lines)
            if at >= request["startTime"] and pattern in line
        ]
        return {"events": events, "searchedLogStreams": []}


if __name__ == "__main__":
    SERVER = _Server(Path(sys.argv[1]))
    print(f"http://127.0.0.1:{SERVER.server_address[1]}", flush=True)  # noqa: T201 - its one answer
    SERVER.serve_forever()
