"""Requests of AWS's APIs as botocore's models describe them, and what becomes of them on a bad day."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, StringShape, StructureShape
from hypothesis import strategies as st

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape
    from hypothesis.strategies import DataObject

__all__ = ["RAW", "TEXTS", "WireRequest", "draw_request"]

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
NAMES = ("plain", "managed", "durable", f"{ARN}plain:1", "durable:1", f"{ARN}durable:live", "nobody")
KNOWN: dict[str, tuple[str, ...]] = {
    "FunctionName": NAMES,
    "Qualifier": ("1", "2", "live", "$LATEST", "$LATEST.PUBLISHED"),
    "Name": ("live", "1", "a"),
    "FunctionVersion": ("1", "2", "$LATEST"),
    "CapacityProviderName": ("arn", "provider"),
    "DurableExecutionArn": (f"{ARN}durable:1/durable-execution/first/1",),
    "DurableExecutionName": ("first", "other"),
    "logGroupName": ("/aws/lambda/plain",),
    "logGroupIdentifier": ("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/plain", "/aws/lambda/plain"),
    "logGroupIdentifiers": ("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/plain",),
    "StackName": ("App", "Nobody"),
}
"""Values that lead somewhere, by the name of the member that takes them."""

RAW = (
    b"",
    b" ",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"\xff\xfe{\x00}\x00",
    "{}".encode("utf-16"),
    "{}".encode("utf-32-be"),
    b"\xef\xbb\xbf{}",
    b"NaN",
    b'{"a": Infinity}',
    b"\x00",
    b"\xff" * 100,
    b"9" * 5000,
    b"1e400",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 900 + b"]" * 900,
    b'"\\ud800"',
    b'{"\\ud800": "\\ud800"}',
    b'{"a": 1, "a": 2}',
    b"<xml/>",
    b"a=b&a=c&=&%FF=%00",
    b'{"' + b"k" * 100_000 + b'": 1}',
)
"""Bodies that no client sends."""

DEEP: Any = "x"
for _ in range(300):
    DEEP = [DEEP]
VALUES: tuple[Any, ...] = (
    *(None, True, False, "", [], {}, [None], {"": None}, DEEP),
    *(0, -1, 1.5, -0.0, 5e-324, 1e308, 2**31, 2**63, 10**400, float("nan"), float("inf"), float("-inf")),
    *("\0", "\ud800", "\x1b[2J", "\u2028", "²", "null", "NaN", "-1", "9" * 5000, "x" * 70_000, "../../etc/passwd", "%"),
    *("${", "{", "*", "arn:", "arn:aws:lambda:::", "$LATEST", "\r\nX-Evil: 1", "f/" + "9" * 30, "[", "%ff%"),
)
"""Values that no member expects."""

TEXTS = (
    *("", "%00", "%FF", "%ED%A0%80", "%C0%80", "%2F", "%2F..%2F", "..", "%", "%zz", "%25", "a%0d%0ab", "x" * 9000),
    *(
        "9" * 5000,
        "-1",
        "1e400",
        "²",
        "NaN",
        "null",
        "[]",
        "%7B",
        "a b",
        "*",
        "\x7f",
        "%C2%B2",
        "f%2F9",
        "$LATEST",
        ":",
        ":::",
    ),
)
"""Parts of a path or a query, as they are sent."""


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it is sent."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes

    def __str__(self) -> str:
        """Show as much as can be read."""
        return f"{self.method} {self.path[:200]}?{self.query[:200]} {self.headers} {self.body[:300]!r}"


@cache
def _models() -> tuple[tuple[str, OperationModel], ...]:
    return tuple(
        (service, model.operation_model(name))
        for service in ("lambda", "logs", "cloudformation")
        for model in [ServiceModel(Loader().load_service_model(service, "service-2"), service)]
        for name in model.operation_names
    )


def draw_request(data: DataObject, served: frozenset[str]) -> WireRequest:  # noqa: PLR0911 - one a kind
    """Draw a request: nearly always of a call that is served, whole or with a part replaced.

    Args:
        data: Draws.
        served: Names of the calls that are served.
    """
    among = [each for each in _models() if each[1].name in served] if data.draw(st.integers(0, 9)) else _models()
    service, call = data.draw(st.sampled_from(among))
    parameters = _draw(data, call.input_shape, "", 0) if call.input_shape is not None else {}
    kind = data.draw(st.integers(0, 7))
    if kind == 0:
        parameters = _mutated(data, parameters)
    request = _ENCODERS[service](data, call, parameters)
    match kind:
        case 1:
            return replace(request, body=data.draw(st.sampled_from(RAW) | st.binary(max_size=30)))
        case 2:
            cut = data.draw(st.integers(0, len(request.body)))
            return replace(
                request, body=request.body[:cut] + data.draw(st.binary(max_size=4)) + request.body[cut + 1 :]
            )
        case 3:
            parts = request.path.split("/")
            parts[data.draw(st.integers(0, len(parts) - 1))] = data.draw(st.sampled_from(TEXTS))
            return replace(request, path="/" + "/".join(parts).lstrip("/"))
        case 4:
            query = [f"{name}={data.draw(st.sampled_from(TEXTS))}" for name in data.draw(_QUERY_NAMES)]
            return replace(request, query="&".join([*request.query.split("&"), *query]))
        case 5:
            name = data.draw(st.sampled_from([name for name, _ in request.headers] + list(_HEADER_NAMES)))
            value = data.draw(st.sampled_from(_HEADER_VALUES) | st.binary(max_size=12).filter(_is_sent))
            kept = [each for each in request.headers if each[0] != name]
            return replace(request, headers=(*kept, (name, value)))
        case 6:
            return replace(
                request, method=data.draw(st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")))
            )
    return request


_QUERY_NAMES = st.lists(
    st.sampled_from(
        ("Marker", "MaxItems", "Qualifier", "ReverseOrder", "IncludeExecutionData", "StartedAfter", "Statuses", "limit")
    ),
    min_size=1,
    max_size=3,
)
_HEADER_NAMES = (
    *("content-type", "x-amz-target", "x-amz-invocation-type", "x-amz-log-type", "x-amz-client-context"),
    *("x-amz-durable-execution-name", "accept-encoding", "content-length", "x-amz-tenant-id", "authorization"),
)
_HEADER_VALUES = (
    b"",
    b"\xff\x80",
    b"x" * 9000,
    b"9" * 5000,
    b"-1",
    b"bm9uZQ==",
    b"W10=",
    b"Event",
    b"Tail",
    b"\xc2\xb2",
)


def _is_sent(value: bytes) -> bool:
    return not set(value) & {0, 10, 13}


def _draw(data: DataObject, shape: Shape, name: str, depth: int) -> Any:  # noqa: PLR0911 - one a type
    """Draw a value of a shape."""
    if isinstance(shape, StructureShape):
        required = set(shape.required_members)
        return {
            key: _draw(data, member, key, depth + 1)
            for key, member in shape.members.items()
            if key in required or (depth < 4 and data.draw(st.integers(0, 2)) == 0)
        }
    if isinstance(shape, ListShape):
        return [_draw(data, shape.member, name, depth + 1) for _ in range(data.draw(st.integers(0, 2)))]
    if isinstance(shape, MapShape):
        return {
            data.draw(st.sampled_from(_TEXTS)): _draw(data, shape.value, name, depth + 1)
            for _ in range(data.draw(st.integers(0, 2)))
        }
    match shape.type_name:
        case "boolean":
            return data.draw(st.booleans())
        case "integer" | "long":
            return data.draw(st.sampled_from((0, 1, 2, 50, -1, 2**31 - 1, int(shape.metadata.get("max", 10)))))
        case "float" | "double":
            return data.draw(st.sampled_from((0.0, 0.5, 1.0, -1.0)))
        case "timestamp":
            return data.draw(st.sampled_from((0, 1_700_000_000, 1.5, -1)))
    known = KNOWN.get(name) or (tuple(shape.enum) if isinstance(shape, StringShape) else ())
    is_known = bool(known) and data.draw(st.integers(0, 5)) > 0
    return data.draw(st.sampled_from(known if is_known else _TEXTS))


_TEXTS = ("a", "live", "1", "first", "", "é\u20ac", "bm9uZQ==", "{}", "a b/c:d", "x" * 300)


def _mutated(data: DataObject, value: Any) -> Any:
    """Replace, add or take away one part."""
    if not value or not isinstance(value, dict | list) or data.draw(st.integers(0, 3)) == 0:
        return data.draw(st.sampled_from(VALUES))
    if isinstance(value, list):
        return [_mutated(data, value[0]), *value[1:]]
    key = data.draw(st.sampled_from(sorted(value)))
    match data.draw(st.integers(0, 4)):
        case 0:
            return {name: inner for name, inner in value.items() if name != key}
        case 1:
            return {**value, data.draw(st.sampled_from(("", "\0", "k" * 70_000, "Extra", "\ud800"))): None}
    return {**value, key: _mutated(data, value[key])}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _sent(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return quote(text.encode(errors="surrogatepass"), safe="")


def _lambda_request(data: DataObject, call: OperationModel, parameters: Any) -> WireRequest:
    path, _, query = call.http["requestUri"].partition("?")
    found: list[str] = [query] if query else []
    headers: list[tuple[str, bytes]] = []
    if not isinstance(parameters, dict):
        return WireRequest(call.http["method"], re.sub(r"\{[^}]+\}", "plain", path), query, (), _json(parameters))
    body = dict(parameters)
    shape = call.input_shape
    members = {} if shape is None else shape.members
    for name, member in members.items():
        if name not in body or "location" not in member.serialization:
            continue
        value, wire = body.pop(name), member.serialization.get("name", name)
        match member.serialization["location"]:
            case "uri":
                path = re.sub(rf"\{{{wire}\+?\}}", _sent(value).replace("\\", ""), path)
            case "querystring":
                found += [f"{wire}={_sent(each)}" for each in (value if isinstance(value, list) else [value])]
            case "header":
                text = (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")
                headers.append((wire, re.sub(rb"[\0\r\n]", b"", text)))
    path = re.sub(r"\{[^}]+\}", lambda _: quote(data.draw(st.sampled_from(NAMES)), safe=""), path)
    payload = None if shape is None else shape.serialization.get("payload")
    content = body.get(payload, {}) if payload else {_wire_name(members, name): inner for name, inner in body.items()}
    sent = (
        b""
        if call.http["method"] == "GET"
        else content.encode(errors="surrogatepass")
        if isinstance(content, str)
        else _json(content)
    )
    return WireRequest(call.http["method"], path, "&".join(found), tuple(headers), sent)


def _wire_name(members: Any, name: str) -> str:
    return members[name].serialization.get("name", name) if name in members else name


def _logs_request(_: DataObject, call: OperationModel, parameters: Any) -> WireRequest:
    headers = (
        ("x-amz-target", f"Logs_20140328.{call.name}".encode()),
        ("content-type", b"application/x-amz-json-1.1"),
    )
    return WireRequest("POST", "/", "", headers, _json(parameters))


def _stacks_request(_: DataObject, call: OperationModel, parameters: Any) -> WireRequest:
    fields: list[tuple[str, str]] = [("Action", call.name), ("Version", "2010-05-15")]
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        for index, each in enumerate(value if isinstance(value, list) else [value]):
            key = f"{name}.member.{index + 1}" if isinstance(value, list) else name
            fields.append((key, each if isinstance(each, str) else json.dumps(each)))
    body = urlencode(fields, errors="surrogatepass").encode()
    return WireRequest("POST", "/", "", (("content-type", b"application/x-www-form-urlencoded; charset=utf-8"),), body)


_ENCODERS = {"lambda": _lambda_request, "logs": _logs_request, "cloudformation": _stacks_request}
