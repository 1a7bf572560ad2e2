"""The parameters of a call of the Logs API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from durable_mi.local.api.request_shape import check_body, parse_parameters
from durable_mi.local.api.service_model import call_by_name
from durable_mi.local.api_error import ApiError
from durable_mi.local.logs.filter.pattern import FilterPattern
from durable_mi.local.logs.filter.scanner import PatternError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LogsRequest", "invalid_parameter", "offset_page", "parsed_pattern"]

_MAX_EPOCH_MS = 253_402_300_799_999
_KINDS = {str: "a string", int: "a whole number", bool: "true or false", list: "a list of strings"}


def invalid_parameter(message: str) -> ApiError:
    """Return the Logs API's error for a parameter that it rejects."""
    return ApiError(400, "InvalidParameterException", message)


def parsed_pattern(text: str) -> FilterPattern:
    """Parse a filter pattern.

    Raises:
        ApiError: CloudWatch Logs rejects it.
    """
    try:
        return FilterPattern.parse(text)
    except PatternError as error:
        raise invalid_parameter(str(error)) from error


class LogsRequest:
    """Reads parameters, and rejects those of a wrong kind.

    Args:
        parameters: What the request's body holds.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters

    @classmethod
    def parse(cls, call: str, body: bytes) -> LogsRequest:
        """Read a body.

        Args:
            call: AWS's name of the call.
            body: The body.

        Raises:
            ApiError: It is no JSON object, or has a value of another type than AWS's model.
        """
        try:
            parameters = parse_parameters(body)
        except ValueError as error:
            message = f"the request must be JSON: {error}"
            raise ApiError(400, "SerializationException", message) from error
        return cls(check_body(call_by_name("logs", call), parameters))

    def text(self, name: str) -> str | None:
        """Return a string, ``None`` where it is not given."""
        value: str | None = self._given(name, str)
        return value

    def required(self, name: str) -> str:
        """Return a string that must be given."""
        value = self.text(name)
        if value is None:
            msg = (
                f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: "
                "Member must not be null"
            )
            raise invalid_parameter(msg)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value."""
        value = self._given(name, bool)
        return default if value is None else bool(value)

    def texts(self, name: str) -> list[str] | None:
        """Return a list of strings, ``None`` where it is not given."""
        values: list[str] | None = self._given(name, list)
        if values is not None and not all(isinstance(value, str) for value in values):
            msg = f"{name} must be a list of strings"
            raise invalid_parameter(msg)
        return values

    def limit(self, maximum: int) -> int:
        """Return how many items a page has, from 1 to the maximum, which is the default too."""
        value = self._given("limit", int)
        if value is not None and not 1 <= value <= maximum:
            msg = f"limit must be from 1 to {maximum}, got {value}"
            raise invalid_parameter(msg)
        return maximum if value is None else int(value)

    def time(self, name: str) -> int | None:
        """Return a time in epoch milliseconds, ``None`` where it is not given."""
        value = self._given(name, int)
        if value is not None and not 0 <= value <= _MAX_EPOCH_MS:
            msg = f"{name} must be a time in epoch milliseconds, got {value}"
            raise invalid_parameter(msg)
        return None if value is None else int(value)

    def exclusive(self, *names: str) -> None:
        """Check that at most one of these parameters is given."""
        given = [name for name in names if self._parameters.get(name) is not None]
        if len(given) > 1:
            msg = f"{' and '.join(given)} are mutually exclusive: pass one of them"
            raise invalid_parameter(msg)

    def _given(self, name: str, kind: type) -> Any:  # noqa: ANN401 - the kind says it
        value = self._parameters.get(name)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            msg = f"{name} must be {_KINDS[kind]}, got {json.dumps(value)}"
            raise invalid_parameter(msg)
        return value


def offset_page(
    items: Sequence[dict[str, Any]], request: LogsRequest, maximum: int
) -> tuple[Sequence[dict[str, Any]], dict[str, str]]:
    """Return the page that a request asks for, and the response's ``nextToken`` where there are more."""
    token = request.text("nextToken") or "0"
    if not (token.isascii() and token.isdecimal()):
        msg = f"nextToken must be from an earlier response, got {token}"
        raise invalid_parameter(msg)
    end = int(token) + request.limit(maximum)
    return items[int(token) : end], {"nextToken": str(end)} if end < len(items) else {}
