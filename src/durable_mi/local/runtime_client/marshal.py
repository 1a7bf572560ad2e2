"""Events and answers as JSON, the way Lambda's Python runtime reads and writes them."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from typing import Any

from .fault import Fault

__all__ = ["read_event", "to_json", "write_answer"]


def read_event(body: bytes) -> Any:  # noqa: ANN401 - an event is any JSON
    """Read an event.

    Raises:
        Fault: It is not JSON.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        kind = "Runtime.UnmarshalError"
        raise Fault(kind, f"Unable to unmarshal input: {error}") from error


def write_answer(answer: object) -> tuple[bytes, str]:
    """Write what a handler returned; bytes go as they are.

    Returns:
        The body and its content type.

    Raises:
        Fault: It cannot be written as JSON.
    """
    if isinstance(answer, bytes):
        return answer, "application/unknown"
    try:
        return to_json(answer).encode(), "application/json"
    except Exception as error:
        kind = "Runtime.MarshalError"
        raise Fault(kind, f"Unable to marshal response: {error}") from error


def to_json(value: object) -> str:
    """Write JSON with the runtime's extras: named tuples are objects, bytes are text, decimals are exact numbers."""
    # The standard library writes no exact decimal, so each goes in as a marked string and comes out bare.
    mark = uuid.uuid4().hex
    decimals: list[str] = []

    def plain(value: object) -> object:
        match value:
            case Decimal() if value.is_nan():
                value = float("nan")
            case Decimal():
                decimals.append(str(value))
                value = f"{mark}{len(decimals) - 1}."
            case bytes():
                value = value.decode()
            case dict():
                value = {key.decode() if isinstance(key, bytes) else key: plain(each) for key, each in value.items()}
            case tuple() if callable(as_dict := getattr(value, "_asdict", None)):
                value = plain(as_dict())
            case list() | tuple():
                value = [plain(each) for each in value]
        return value

    text = json.dumps(plain(value), ensure_ascii=False)
    for number, decimal in enumerate(decimals):
        text = text.replace(f'"{mark}{number}."', decimal, 1)
    return text
