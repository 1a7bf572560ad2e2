"""The two calls of the DynamoDB API that keep release records, for the janitor and the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from starlette.responses import Response
from starlette.routing import Match, Route

from durable_mi.local.api.request_shape import check_body, parse_parameters
from durable_mi.local.api.service_model import call_by_name
from durable_mi.local.api_error import ApiError
from durable_mi.release.tags import RECORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import Scope

    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["RecordsApi"]

_TARGET: Final = "DynamoDB_20120810."
_KEY: Final = "function"
_REVISION: Final = "revision"
_ATTRIBUTES: Final = {_KEY: "S", _REVISION: "N", "record": "S"}
_FIRST: Final = "attribute_not_exists(#revision)"
_NEXT: Final = "#revision = :seen"


class _TableRoute(Route):
    """A path that takes calls of DynamoDB alone; other APIs have the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the request is for this path and DynamoDB."""
        targets = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"x-amz-target"]
        return super().matches(scope) if any(each.startswith(_TARGET) for each in targets) else (Match.NONE, {})


class RecordsApi:
    """Keeps the release records of the functions until the command ends, as their executions' versions are kept.

    Args:
        registry: The functions, whose tags name the tables.
    """

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry
        self._items: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.calls = {"GetItem": self._get_item, "PutItem": self._put_item}

    def routes(self) -> list[Route]:
        """Return the path of the API; the call's name is in the ``X-Amz-Target`` header."""
        return [_TableRoute("/", self.call, methods=["POST"])]

    async def call(self, request: Request) -> Response:
        """Serve one call."""
        name = request.headers["X-Amz-Target"].removeprefix(_TARGET)
        if name not in self.calls:
            raise ApiError(
                501, "NotImplemented", f"{name} of DynamoDB: it keeps the release records of its functions only"
            )
        try:
            parameters = parse_parameters(await request.body())
        except ValueError as error:
            msg = f"the request must be JSON: {error}"
            raise ApiError(400, "SerializationException", msg) from error
        answer = self.calls[name](check_body(call_by_name("dynamodb", name), parameters))
        return Response(json.dumps(answer), media_type="application/x-amz-json-1.0")

    def _get_item(self, given: Mapping[str, Any]) -> dict[str, Any]:
        table = self._table(given, {"Key", "ConsistentRead"})
        key = given.get("Key")
        if not isinstance(key, dict) or key.keys() != {_KEY}:
            _reject("Key", f"the text {_KEY}", key)
        item = self._items.get((table, _attribute(key, _KEY)))
        return {} if item is None else {"Item": item}

    def _put_item(self, given: Mapping[str, Any]) -> dict[str, Any]:
        conditions = {"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"}
        table = self._table(given, {"Item", *conditions})
        item = given.get("Item")
        if not isinstance(item, dict) or item.keys() != _ATTRIBUTES.keys():
            _reject("Item", f"the attributes {', '.join(_ATTRIBUTES)}", item)
        place = table, _attribute(item, _KEY)
        for name in _ATTRIBUTES:
            _attribute(item, name)
        if self._items.get(place, {}).get(_REVISION) != _expected(given):
            raise ApiError(400, "ConditionalCheckFailedException", "The conditional request failed")
        self._items[place] = item
        return {}

    def _table(self, given: Mapping[str, Any], members: set[str]) -> str:
        if unknown := given.keys() - members - {"TableName"}:
            _reject("the request", f"TableName, {', '.join(sorted(members))}", ", ".join(sorted(unknown)))
        table = given.get("TableName")
        tables = {self._registry.newest(name).function.settings.tags.get(RECORDS) for name in self._registry.names()}
        if table is None or table not in tables:
            msg = f"table not found: {table}; {_ONLY}, in the tables that their tag {RECORDS} names"
            raise ApiError(400, "ResourceNotFoundException", msg)
        return str(table)


_ONLY: Final = "the local runtime keeps the release records of its functions only"


def _attribute(item: Mapping[str, Any], name: str) -> str:
    """Return an attribute that has the type which release records give it."""
    kind, value = _ATTRIBUTES[name], item[name]
    text = value.get(kind) if isinstance(value, dict) and value.keys() == {kind} else None
    if not isinstance(text, str) or (kind == "N" and not (text.isascii() and text.isdecimal())):
        _reject(name, f"of type {kind}", value)
    return text


def _expected(given: Mapping[str, Any]) -> object:
    """Return the revision that a PutItem expects, ``None`` for none."""
    names, values = given.get("ExpressionAttributeNames"), given.get("ExpressionAttributeValues")
    condition = given.get("ConditionExpression")
    is_first = condition == _FIRST and values is None
    is_next = condition == _NEXT and isinstance(values, dict) and values.keys() == {":seen"}
    if names != {"#revision": _REVISION} or not (is_first or is_next):
        _reject("ConditionExpression", f"{_FIRST!r} or {_NEXT!r} with its names and values", condition)
    return values[":seen"] if isinstance(values, dict) else None


def _reject(what: str, wanted: str, got: object) -> NoReturn:
    msg = f"{what} must be {wanted}, got {got}: {_ONLY}"
    raise ApiError(400, "ValidationException", msg)
