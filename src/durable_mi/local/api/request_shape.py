"""Rejects requests that are no call of AWS's APIs: bodies that are no JSON, and values of wrong types."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import unquote_to_bytes

from botocore.model import ListShape, MapShape, StructureShape

from durable_mi.local.api.service_model import call_by_path
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from botocore.model import OperationModel, Shape
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["check_body", "checked", "json_members", "parse_json", "parse_object", "parse_parameters"]

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_PLAIN_PATH: Final = re.compile(r"(?:[!$&-~]|%[2-6][0-9A-Fa-f]|%7[0-9A-Ea-e])*")
"""Printable ASCII, of which most paths are, escaped or not."""
_TRUTHS: Final = frozenset({"true", "false"})
_LARGEST: Final = 2**63 - 1
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
_JSON_NAMES: Final = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a whole number"}


def checked(serve: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return what serves requests of the Lambda API once their path, query and body are what AWS's model describes.

    Args:
        serve: Serves a request.
    """

    async def serve_checked(request: Request) -> Response:
        await _check(request)
        return await serve(request)

    return serve_checked


def parse_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON document.

    Raises:
        ValueError: It is none, or is nested too deeply to be read.
    """
    try:
        value = json.loads(body, parse_constant=_reject_constant)
    except RecursionError:
        msg = "it must be nested less deeply"
        raise ValueError(msg) from None
    return value


def parse_parameters(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON document whose texts are kept and shown.

    Raises:
        ValueError: As by `parse_json`, or it has half of a UTF-16 character, which Python reads and no UTF-8 can hold.
    """
    value = parse_json(body)
    if rb"\ud" in body.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the parameters in the body of a request to the Lambda API.

    Raises:
        ApiError: It is no JSON, or no object.
    """
    try:
        value = parse_parameters(body)
    except ValueError as error:
        msg = f"the body must be JSON: {error}"
        raise ApiError(400, "InvalidRequestContentException", msg) from error
    if not isinstance(value, dict):
        _reject_type("the body", (dict,), value)
    return value


async def json_members(request: Request) -> dict[str, Any]:
    """Return the parameters in the body of a request, which may be empty.

    Raises:
        ApiError: As by `parse_object`.
    """
    return parse_object(await request.body() or b"{}")


def check_body(call: OperationModel, value: object) -> dict[str, Any]:
    """Return a request's parameters once their types are those of AWS's model.

    Args:
        call: The call.
        value: The JSON value of the body.

    Raises:
        ApiError: One has another type; ``SerializationException``, as AWS's services answer.
    """
    if not isinstance(value, dict):
        _reject_type("the body", (dict,), value)
    if call.input_shape is not None:
        _check_members(call.input_shape, value, "")
    return value


async def _check(request: Request) -> None:
    raw_path = request.scope["raw_path"].decode("latin-1")
    _check_path(raw_path)
    has_body = request.method != "GET" and bool(await request.body())
    has_query = bool(request.scope["query_string"])
    if not has_body and not has_query:
        return
    call = call_by_path(request.method, raw_path)
    if call is None or call.input_shape is None:
        return
    if has_query:
        for name, member in call.input_shape.members.items():
            if member.serialization.get("location") == "querystring":
                _check_query(member, request.query_params.getlist(member.serialization.get("name", name)))
    shape = _body_shape(call.input_shape)
    if has_body and isinstance(shape, StructureShape):
        _check_members(shape, parse_object(await request.body()), "")


@lru_cache(maxsize=1024)
def _is_plain(raw_path: str) -> bool:
    """Return whether a path is printable ASCII; kept, since each execution's checkpoints have one path."""
    return _PLAIN_PATH.fullmatch(raw_path) is not None


def _check_path(raw_path: str) -> None:
    if _is_plain(raw_path):
        return
    try:
        text = unquote_to_bytes(raw_path).decode()
    except UnicodeDecodeError:
        text = "\0"
    if not text.isprintable():
        msg = f"the path must be UTF-8 without control characters, got {raw_path}"
        raise ApiError.invalid(msg)


def _check_query(shape: Shape, values: list[str]) -> None:
    for value in values:
        if shape.type_name in {"integer", "long"} and _WHOLE.fullmatch(value) is None:
            msg = f"{shape.serialization['name']} must be a whole number, got {value}"
            raise ApiError.invalid(msg)
        if shape.type_name == "boolean" and value.lower() not in _TRUTHS:
            msg = f"{shape.serialization['name']} must be true or false, got {value}"
            raise ApiError.invalid(msg)


def _check_members(shape: StructureShape, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON value
    members = _members(shape)
    for key, item in value.items():
        if item is not None and (member := members.get(key)) is not None:
            _check_value(member, item, f"{path}{key}")


@cache
def _body_shape(shape: StructureShape) -> Shape:
    """Return what is sent in the body of a call: one member, or all those that are not sent elsewhere."""
    payload = shape.serialization.get("payload")
    return shape.members[payload] if payload else shape


@cache
def _members(shape: StructureShape) -> dict[str, Shape]:
    """Return the members that are sent in the body, by the names that they have there."""
    return {
        member.serialization.get("name", name): member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }


def _check_value(shape: Shape, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON value
    if type(value) is str and shape.type_name == "string":
        # Most values are, and this is done for each of them.
        return
    allowed = _TYPES[shape.type_name]
    is_one = isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))
    if not is_one or (isinstance(value, int) and abs(value) > _LARGEST):
        _reject_type(path, allowed, value)
    if isinstance(shape, StructureShape):
        _check_members(shape, value, f"{path}.")
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            _check_item(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            _check_item(shape.value, item, f"{path}.{key}")


def _check_item(shape: Shape, value: Any, path: str) -> None:  # noqa: ANN401 - any JSON value
    """Check a value of a list or a map, where ``null`` does not mean that it is left out."""
    if value is None:
        _reject_type(path, _TYPES[shape.type_name], value)
    _check_value(shape, value, path)


def _reject_constant(name: str) -> NoReturn:
    msg = f"numbers must be finite, got {name}"
    raise ValueError(msg)


def _reject_type(what: str, allowed: tuple[type, ...], value: object) -> NoReturn:
    names = " or ".join(_JSON_NAMES.get(each, "a number") for each in allowed)
    came = json.dumps(value)
    shown = came if len(came) <= 100 else f"{came[:100]}..."  # noqa: PLR2004 - what fits into a message
    msg = f"{what} must be {names}, got {shown}"
    raise ApiError(400, "SerializationException", msg)
