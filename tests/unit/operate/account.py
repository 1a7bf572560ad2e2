"""An account with executions, behind a real boto3 client.

What a call sends is validated by boto3, and what it gets back against botocore's own output shapes, so that a call that
AWS would not take, or an answer that it would not give, fails here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import local
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.validate import validate_parameters

from durable_mi.operate.calls.caller import Caller
from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection
from durable_mi.operate.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ENDS = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"})


def at(seconds: float) -> datetime:
    """Return a time so many seconds after the start of the model's day."""
    return NOW - timedelta(days=1) + timedelta(seconds=seconds)


def arn(name: str, *, function: str = "orders", version: str = "1", id_: str | None = None) -> str:
    """Return an execution's ARN."""
    return (
        f"arn:aws:lambda:us-east-1:123456789012:function:{function}:{version}"
        f"/durable-execution/{name}/{id_ or f'id-{name}'}"
    )


def event(number: int, type_: str, operation: str | None = None, name: str | None = None, **details: Any) -> Any:
    """Return an event as a history has it, a second after the one before it."""
    fields: dict[str, Any] = {"EventType": type_, "EventId": number, "EventTimestamp": at(number)}
    fields |= {key: value for key, value in (("Id", operation), ("Name", name)) if value is not None}
    return fields | {f"{type_}Details": details}


def failed(type_: str, message: str, **details: Any) -> dict[str, Any]:
    """Return the details of an event with an error."""
    return {"Error": {"Payload": {"ErrorType": type_, "ErrorMessage": message}}, **details}


@dataclass
class Account:
    """Executions and their histories, and a log of the calls.

    Attributes:
        executions: As a list has them, oldest first.
        histories: Events by ARN, oldest first.
        configurations: What GetFunctionConfiguration returns, by function.
        details: More members of GetDurableExecution's answer, by ARN.
        page: The most items of one page.
        empty_pages: Whether an empty page with a marker comes before each page.
        throttled: How many calls are throttled from now on.
        gone: Whether nothing is there any more.
        refused: An error for each call from now on: its code and message.
        calls: Names and parameters of the calls.
    """

    executions: list[dict[str, Any]] = field(default_factory=list)
    histories: dict[str, Sequence[Any]] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    configurations: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: int = 1000
    empty_pages: bool = False
    throttled: int = 0
    gone: bool = False
    refused: tuple[str, str] | None = None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, name: str, status: str = "RUNNING", *events: Any, started: float = 0, **where: Any) -> str:
        """Add an execution, and return its ARN."""
        made = arn(name, **where)
        execution = {
            "DurableExecutionArn": made,
            "DurableExecutionName": name,
            "FunctionArn": made.partition("/")[0],
            "Status": status,
            "StartTimestamp": at(started),
        }
        if status in ENDS:
            execution["EndTimestamp"] = at(started + 60)
        self.executions.append(execution)
        self.histories[made] = events
        return made

    def names(self) -> list[str]:
        """Return the names of the calls, in order."""
        return [name for name, _ in self.calls]

    def connection(self) -> Connection:
        """Return a connection, as one with the local runtime."""
        _answering.clear()
        _answering.append(self)
        return _connection()

    def caller(self) -> Caller:
        """Return the paced calls."""
        return Caller(self.connection())

    def client(self) -> Client:
        """Return the operator's client."""
        return Client.over(self.connection())

    def answer(self, model: Any, given: dict[str, Any]) -> Any:
        """Answer a call as the service would."""
        self.calls.append((model.name, given))
        if self.throttled:
            self.throttled -= 1
            return _error(429, "TooManyRequestsException", "slow down")
        if self.refused is not None:
            return _error(403, *self.refused)
        found = None if self.gone else getattr(self, f"_{model.name}")(given)
        if found is None:
            return _error(404, "ResourceNotFoundException", "no such thing")
        if model.output_shape.members:
            validate_parameters(found, model.output_shape)
        return SimpleNamespace(status_code=200, headers={}), {**found, "ResponseMetadata": {}}

    def _ListDurableExecutionsByFunction(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = [
            each
            for each in self.executions
            if f":function:{given['FunctionName']}:" in each["FunctionArn"]
            and each["Status"] in given.get("Statuses", [each["Status"]])
            and each["DurableExecutionName"] == given.get("DurableExecutionName", each["DurableExecutionName"])
            and each["FunctionArn"].endswith(f":{given.get('Qualifier', '')}" if "Qualifier" in given else "")
            and each["StartTimestamp"] > given.get("StartedAfter", datetime.min.replace(tzinfo=UTC))
            and each["StartTimestamp"] < given.get("StartedBefore", datetime.max.replace(tzinfo=UTC))
        ]
        found.sort(key=lambda each: each["StartTimestamp"], reverse=given.get("ReverseOrder", False))
        return self._paged("DurableExecutions", found, given)

    def _GetDurableExecutionHistory(self, given: dict[str, Any]) -> dict[str, Any] | None:  # noqa: N802
        events = self.histories.get(given["DurableExecutionArn"])
        if events is None:
            return None
        found = list(reversed(events)) if given.get("ReverseOrder") else list(events)
        return self._paged("Events", found, given)

    def _GetDurableExecution(self, given: dict[str, Any]) -> dict[str, Any] | None:  # noqa: N802
        found = [each for each in self.executions if each["DurableExecutionArn"] == given["DurableExecutionArn"]]
        return {**found[0], **self.details.get(given["DurableExecutionArn"], {})} if found else None

    def _StopDurableExecution(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._become(given["DurableExecutionArn"], Status="STOPPED", EndTimestamp=NOW)
        return {"StopTimestamp": NOW}

    def _DeleteDurableExecution(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._become(given["DurableExecutionArn"], Status="DELETING")
        return {"DeletionRequestTimestamp": NOW}

    def _Invoke(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        started = self.add(given["DurableExecutionName"], function=given["FunctionName"], started=90_000)
        self.details[started] = {"InputPayload": bytes(given["Payload"]).decode()}
        return {"StatusCode": 202, "DurableExecutionArn": started}

    def _GetFunctionConfiguration(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self.configurations[given["FunctionName"]]

    def _become(self, arn: str, **changed: Any) -> None:
        for each in self.executions:
            if each["DurableExecutionArn"] == arn:
                each.update(changed)

    def __getattr__(self, name: str) -> Any:
        """Answer the operations whose answers are empty."""
        if name in _WITHOUT_ANSWER:
            return lambda _: {}
        raise AttributeError(name)

    def _paged(self, key: str, items: Sequence[Any], given: dict[str, Any]) -> dict[str, Any]:
        start, _, is_full = given.get("Marker", "0").partition("-")
        if self.empty_pages and not is_full:
            return {key: [], "NextMarker": f"{start}-full"}
        end = int(start) + min(self.page, given.get("MaxItems") or 1000)
        return {key: items[int(start) : end], **({"NextMarker": str(end)} if end < len(items) else {})}


_WITHOUT_ANSWER = {
    "_PauseDurableExecution",
    "_ResumeDurableExecution",
    "_SendDurableExecutionCallbackSuccess",
    "_SendDurableExecutionCallbackFailure",
    "_SendDurableExecutionCallbackHeartbeat",
}


def _error(status: int, code: str, message: str) -> Any:
    body = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
    return SimpleNamespace(status_code=status, headers={}), body


_answering: list[Account] = []


@cache
def _connection() -> Connection:
    """Return one connection for all accounts, since a client takes a tenth of a second; the last account answers."""
    connection = Connection.open(endpoint=Endpoint.parse("http://127.0.0.1:1"), profile=None, region="us-east-1")
    asked = local()  # Several threads call at the same time.

    # The stubs say that handlers return nothing; what this event's handler returns is the answer.
    def answer(model: Any, **_: object) -> Any:
        return _answering[0].answer(model, asked.params)

    events = connection.functions.meta.events
    events.register("before-parameter-build", lambda params, **_: setattr(asked, "params", dict(params)))
    events.register("before-call", answer)
    return connection
