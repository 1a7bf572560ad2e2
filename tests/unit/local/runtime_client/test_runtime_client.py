"""The stand-in for awslambdaric, held against awslambdaric itself."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import namedtuple
from decimal import Decimal
from http.client import HTTPMessage
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.runtime_client.context import Context
from durable_mi.local.runtime_client.fault import Fault, error_of
from durable_mi.local.runtime_client.handler import load_handler
from durable_mi.local.runtime_client.log_format import JsonFormatter, RequestIds
from durable_mi.local.runtime_client.marshal import read_event, to_json, write_answer

if TYPE_CHECKING:
    from pathlib import Path

Point = namedtuple("Point", "x y")  # noqa: PYI024 - the kind that a handler may return
DEADLINE = int((time.time() + 60) * 1000)


@pytest.fixture(scope="module")
def aws() -> Any:
    """AWS's runtime client; by name, since it has no types."""
    return import_module("awslambdaric.bootstrap")


def headers(**more: str) -> HTTPMessage:
    """Return the Runtime API's headers of an invocation, in lower case as they come over the wire."""
    message = HTTPMessage()
    message["lambda-runtime-aws-request-id"] = "request-1"
    message["lambda-runtime-deadline-ms"] = str(DEADLINE)
    message["lambda-runtime-invoked-function-arn"] = "arn:live"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize(
    "value",
    [
        {"text": "grün", "number": 1.5, "none": None, "flag": True, "list": [1, (2, 3)]},
        {"price": Decimal("12.3400"), "tiny": [Decimal("1E-30")]},
        {"point": Point(1, Decimal("2.50"))},
        {"bytes": b"abc"},
        {7: "an integer key", None: "no key"},
        "plain text",
    ],
)
def test_writes_the_json_that_lambda_writes(aws: Any, value: object) -> None:
    """The same values in the same order, exact decimals and named tuples included."""
    assert json.dumps(json.loads(aws.to_json(value))) == json.dumps(json.loads(to_json(value)))
    assert aws.to_json(value).count("12.3400") == to_json(value).count("12.3400")


def test_a_decimal_that_is_no_number_is_nan(aws: Any) -> None:
    """As Lambda writes it."""
    for name in ("NaN", "-NaN", "sNaN"):
        assert aws.to_json([Decimal(name)]) == to_json([Decimal(name)])


def test_bytes_go_as_they_are() -> None:
    """They are not JSON, and their content type says so."""
    assert (b"\x00\x01", "application/unknown") == write_answer(b"\x00\x01")


def test_rejects_an_answer_that_is_not_json(aws: Any) -> None:
    """With Lambda's kind of error and words."""
    with pytest.raises(Fault) as ours:
        write_answer({"a": {1}})
    marshaller = import_module("awslambdaric.lambda_runtime_marshaller").LambdaMarshaller()
    with pytest.raises(aws.FaultException) as theirs:
        marshaller.marshal_response({"a": {1}})
    assert (theirs.value.exception_type, theirs.value.msg) == (ours.value.kind, ours.value.message)


def test_rejects_an_event_that_is_not_json() -> None:
    """It is the caller's mistake, with a kind of its own."""
    with pytest.raises(Fault, match="Unable to unmarshal input") as fault:
        read_event(b"{")
    assert "Runtime.UnmarshalError" == fault.value.kind


@pytest.mark.parametrize(
    "name",
    ["nodot", "sys.exit", "missing_module.handler", "standing.missing", "broken.handler", "wrong_import.handler"],
)
def test_rejects_a_handler_as_lambda_does(aws: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same kind of error and the same message for each way in which a handler cannot be found."""
    (tmp_path / "standing.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "broken.py").write_text("def handler(:\n")
    (tmp_path / "wrong_import.py").write_text("import a_module_that_is_nowhere\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Fault) as ours:
        load_handler(name)
    with pytest.raises(aws.FaultException) as theirs:
        aws._get_handler(name)  # noqa: SLF001 - there is no other way to it
    expected = aws.make_error(theirs.value.msg, theirs.value.exception_type, theirs.value.trace)
    assert expected == error_of(ours.value)


def test_a_handlers_error_begins_with_its_own_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the runtime did before it is left out, and the request is named."""
    (tmp_path / "failing.py").write_text("def handler(event, context):\n    raise KeyError('gone')\n")
    monkeypatch.syspath_prepend(tmp_path)
    handler = load_handler("failing.handler")
    with pytest.raises(KeyError) as raised:
        handler({}, None)
    error = error_of(raised.value.with_traceback(raised.tb.tb_next), "request-1")
    assert "KeyError" == error["errorType"]
    assert "'gone'" == error["errorMessage"]
    assert "request-1" == error["requestId"]
    assert 1 == len(error["stackTrace"])
    assert "failing.py" in error["stackTrace"][0]


def records() -> list[logging.LogRecord]:
    """Log records of every kind that the format tells apart."""

    def make(level: int, message: object, *arguments: object, **extra: Any) -> logging.LogRecord:
        record = logging.getLogger("orders").makeRecord(
            "orders", level, "/var/task/app.py", 7, message, arguments, extra.pop("exc_info", None), "work", extra
        )
        record.created = 1_700_000_000.0
        return record

    try:
        raise ValueError("no stock")  # noqa: EM101, TRY003, TRY301 - only its traceback matters
    except ValueError:
        failing = make(logging.ERROR, "failed", exc_info=sys.exc_info())
    return [
        make(logging.INFO, "order %s", "order-1"),
        make(logging.WARNING, {"order": "order-1"}),
        make(logging.INFO, "with extra", order_id="order-1", amount=Decimal("1.5")),
        make(25, "between two levels"),
        failing,
    ]


@pytest.mark.parametrize("number", range(5))
def test_a_log_line_is_lambdas(number: int) -> None:
    """Field for field, in Lambda's order."""
    theirs = import_module("awslambdaric.lambda_runtime_log_utils").JsonFormatter()
    ours = JsonFormatter()
    theirs.converter = ours.converter = time.gmtime
    record, same = records()[number], records()[number]
    record.aws_request_id = same.aws_request_id = "request-1"
    expected = list(json.loads(theirs.format(record)).items())
    written = list(json.loads(ours.format(same)).items())
    # The two tracebacks were made in two calls.
    assert [item for item in expected if item[0] != "stackTrace"] == [
        item for item in written if item[0] != "stackTrace"
    ]
    assert ("stackTrace" in dict(expected)) == ("stackTrace" in dict(written))


def test_every_record_carries_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a log line can be found by its request id."""
    monkeypatch.setattr(RequestIds, "current", "request-9")
    record = records()[0]
    assert RequestIds().filter(record)
    assert "request-9" == json.loads(JsonFormatter().format(record))["requestId"]


def test_the_context_is_lambdas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every public attribute of AWS's context is there and says the same."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "3")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "4096")
    given = {"custom": {"a": 1}, "env": {}, "client": {"app_title": "Shop"}, "w3c": {"traceparent": "00-1", "bad": 1}}
    theirs = import_module("awslambdaric.lambda_context").LambdaContext(
        "request-1", json.loads(json.dumps(given)), None, DEADLINE, "arn:live"
    )
    ours = Context(headers(lambda_runtime_client_context=json.dumps(given)))
    for name in [name for name in dir(theirs) if not name.startswith("_")]:
        value = getattr(theirs, name)
        if not callable(value) and name not in {"client_context", "identity"}:
            assert value == getattr(ours, name), name
        assert hasattr(ours, name), name
    assert theirs.w3c() == ours.w3c()
    assert ours.client_context is not None
    assert theirs.client_context.custom == ours.client_context.custom
    assert theirs.client_context.client.app_title == ours.client_context.client.app_title
    assert theirs.identity.cognito_identity_id == ours.identity.cognito_identity_id
    assert abs(theirs.get_remaining_time_in_millis() - ours.get_remaining_time_in_millis()) < 1000


def test_rejects_a_client_context_that_is_not_json() -> None:
    """The invocation fails with Lambda's kind of error."""
    with pytest.raises(Fault, match="Unable to parse Client Context JSON") as fault:
        Context(headers(lambda_runtime_client_context="{"))
    assert "Runtime.LambdaContextUnmarshalError" == fault.value.kind
