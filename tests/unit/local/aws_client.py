"""boto3 on an endpoint in this process, with each response held to AWS's model of it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError

from durable_mi.local.api.endpoint import build_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from botocore.awsrequest import AWSPreparedRequest
    from starlette.routing import Route
    from starlette.types import Message, Scope

__all__ = ["aws_client", "refused"]


def aws_client(service: str, routes: Sequence[Route]) -> Any:
    """Return a boto3 client whose requests these routes serve.

    Every successful response must have the members that botocore's model names, and no others, with values of its
    types, enumerations and patterns.
    """
    endpoint = build_endpoint(routes)
    make: Callable[..., Any] = boto3.client
    client = make(
        service,
        endpoint_url="http://127.0.0.1:1",
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - a dummy
        config=Config(retries={"max_attempts": 0}, inject_host_prefix=False),
    )
    operations: list[str] = []

    def called(model: Any, **_: Any) -> None:
        operations[:] = [model.name]

    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        status, headers, body = asyncio.run(_answer(endpoint, request))
        if status < 300:
            shape = client.meta.service_model.operation_model(operations[0]).output_shape
            has_members = shape is not None and "payload" not in shape.serialization
            assert not has_members or [] == list(_problems(shape, _members(body, shape), operations[0]))
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Raw(body))

    client.meta.events.register("before-call", called)
    client.meta.events.register("before-send", send)
    return client


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Return the code and message of the error that a call ends with."""
    try:
        call()
    except ClientError as refusal:
        error = refusal.response["Error"]
        return error["Code"], error["Message"]
    msg = "the call must be refused"
    raise AssertionError(msg)


class _Raw:
    """What botocore reads a response's body from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self._body

    def read(self, *_: object, **__: object) -> bytes:
        read, self._body = self._body, b""
        return read


async def _answer(endpoint: Any, request: AWSPreparedRequest) -> tuple[int, dict[str, str], bytes]:
    url = urlsplit(request.url)
    content: Any = request.body or b""
    sent: list[Message] = []
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": _unquoted(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": [(b"host", url.netloc.encode())]
        + [
            (name.lower().encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in request.headers.items()
        ],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": content if isinstance(content, bytes) else content.encode()}

    async def send(message: Message) -> None:
        sent.append(message)

    await endpoint(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def _unquoted(path: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: chr(int(match[0][1:], 16)), path)


def _members(body: bytes, shape: Any) -> Any:
    """Return what a body says, in the types of JSON."""
    if not body.startswith(b"<"):
        return json.loads(body or b"{}")
    root = ET.fromstring(re.sub(rb' xmlns="[^"]*"', b"", body))  # noqa: S314 - our own endpoint's
    assert [f"{root.tag.removesuffix('Response')}Result", "ResponseMetadata"] == [child.tag for child in root]
    return _value(root[0], shape)


def _value(element: ET.Element, shape: Any) -> Any:
    if shape is None or shape.type_name == "structure":
        members = shape.members if shape is not None else {}
        return {child.tag: _value(child, members.get(child.tag)) for child in element}
    if shape.type_name == "list":
        assert {"member"} >= {child.tag for child in element}
        return [_value(child, shape.member) for child in element]
    text = element.text or ""
    return json.loads(text) if shape.type_name in {"boolean", "integer", "long"} else text


_TYPES: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, str),
    "structure": dict,
    "map": dict,
    "list": list,
}


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    """Yield how a value differs from its shape."""
    kind = shape.type_name
    if not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
        yield f"{where} must be a {kind}, got {value!r}"
        return
    match kind:
        case "structure":
            yield from _structure_problems(shape, value, where)
        case "list":
            for number, member in enumerate(value):
                yield from _problems(shape.member, member, f"{where}[{number}]")
        case "map":
            for key, member in value.items():
                yield from _problems(shape.value, member, f"{where}.{key}")
        case "string":
            if shape.enum and value not in shape.enum:
                yield f"{where} must be one of {', '.join(shape.enum)}, got {value}"
            # Java's classes of characters, which Python does not have.
            pattern = re.sub(r"\\p\{[^}]*\}", r"\\w", shape.metadata.get("pattern", ""))
            if pattern and not re.fullmatch(pattern, value):
                yield f"{where} must match {pattern}, got {value}"


def _structure_problems(shape: Any, value: dict[str, Any], where: str) -> Iterator[str]:
    """Yield what a structure lacks, what it has that is not in the model, and the problems of its members."""
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    yield from (f"{where} must have {name}" for name in shape.required_members if name not in value)
    for name, member in value.items():
        if name in members:
            yield from _problems(members[name], member, f"{where}.{name}")
        else:
            yield f"{where}.{name} is not in AWS's model"
