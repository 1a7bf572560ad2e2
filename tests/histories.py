"""Histories of durable executions as AWS's model of the Lambda API describes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MODEL: Any = botocore.session.get_session().get_service_model("lambda")
_KINDS: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "timestamp": (int, float)}


def differences(  # noqa: PLR0911 - a case for each difference
    value: Any, shape: Any = "GetDurableExecutionHistoryResponse", path: str = ""
) -> list[str]:
    """Say in words where a response, in JSON types, is not of a shape of the Lambda API.

    Args:
        value: The response.
        shape: The shape, or its name.
        path: Where in the response the value is.
    """
    shape = _MODEL.shape_for(shape) if isinstance(shape, str) else shape
    if shape.type_name == "structure":
        found = [f"{path}.{name} is missing" for name in shape.required_members if name not in value]
        for name, each in value.items():
            known = name in shape.members
            found += (
                differences(each, shape.members[name], f"{path}.{name}") if known else [f"{path}.{name} is unknown"]
            )
        return found
    if shape.type_name == "list":
        return [line for n, each in enumerate(value) for line in differences(each, shape.member, f"{path}[{n}]")]
    if not isinstance(value, _KINDS[shape.type_name]) or isinstance(value, bool) is not (shape.type_name == "boolean"):
        return [f"{path} must be a {shape.type_name}, got {value!r}"]
    limits = shape.metadata
    if "enum" in limits and value not in limits["enum"]:
        return [f"{path} must be one of {limits['enum']}, got {value}"]
    if "pattern" in limits and re.fullmatch(limits["pattern"], value) is None:
        return [f"{path} must match {limits['pattern']}, got {value}"]
    size = len(value) if isinstance(value, str) else value
    if not limits.get("min", size) <= size <= limits.get("max", size):
        return [f"{path} must be {limits.get('min')} to {limits.get('max')}, got {value!r}"]
    return []


def plain(
    events: Iterable[dict[str, Any]], aliases: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, dict[str, Any]]]:
    """Return the type and the details of each event, without what differs from run to run.

    Moments and frames of stack traces are left out, payloads that were included are without ``Truncated``, and request
    ids are numbered.

    Args:
        events: The events, oldest first.
        aliases: Texts that differ, as patterns, and what stands for each.
    """
    requests: dict[str, str] = {}

    def stable(value: Any) -> Any:
        if isinstance(value, dict):
            if "RequestId" in value:
                requests.setdefault(value["RequestId"], f"request {len(requests) + 1}")
            return {
                key: "a stack trace" if key == "StackTrace" else stable(each)
                for key, each in value.items()
                if not key.endswith("Timestamp") and not (key == "Truncated" and each is False)
            }
        if isinstance(value, list):
            return [stable(each) for each in value]
        if isinstance(value, str):
            for request, name in requests.items():
                value = value.replace(request, name)
            for pattern, name in aliases:
                value = re.sub(pattern, name, value)
        return value

    return [(event["EventType"], stable(event[f"{event['EventType']}Details"])) for event in events]
