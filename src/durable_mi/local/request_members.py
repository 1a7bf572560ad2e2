"""Members of a request, checked as the models of AWS's APIs describe them; errors are in AWS's words."""

from __future__ import annotations

import json
import re

from durable_mi.local.api_error import ApiError

__all__ = ["check_length", "check_pattern"]


def check_pattern(value: object, name: str, pattern: str, *, maximum: int) -> str:
    """Return a text that has a pattern.

    Args:
        value: What came.
        name: The member's name, as AWS's errors have it.
        pattern: The pattern in the API's model.
        maximum: How many characters it can have.

    Raises:
        ApiError: It has not the pattern, is longer, or no text.
    """
    text = check_length(value, name, maximum=maximum)
    if re.fullmatch(pattern, text) is None:
        raise _rejection(name, f"'{text}'", f"Member must satisfy regular expression pattern: {pattern}")
    return text


def check_length(value: object, name: str, *, maximum: int) -> str:
    """Return a text of at most so many characters.

    Args:
        value: What came.
        name: The member's name, as AWS's errors have it.
        maximum: How many characters it can have.

    Raises:
        ApiError: It is longer, or no text.
    """
    if value is None:
        raise _rejection(name, "null", "Member must not be null")
    if not isinstance(value, str):
        msg = f"{name} must be a string, got {json.dumps(value)}"
        raise ApiError(400, "SerializationException", msg)
    if len(value) > maximum:
        raise _rejection(name, f"'{value}'", f"Member must have length less than or equal to {maximum}")
    return value


def _rejection(name: str, came: str, constraint: str) -> ApiError:
    message = f"1 validation error detected: Value {came} at '{name}' failed to satisfy constraint: {constraint}"
    return ApiError(400, "ValidationException", message)
