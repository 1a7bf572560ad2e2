"""Parts of SAM resources, and how globals and a resource's own properties become one."""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["Body", "merged", "properties_of"]

Body: TypeAlias = dict[str, Any]
"""A resource: ``Type``, ``Properties`` and the rest."""


def properties_of(body: Body) -> Body:
    """Return a resource's properties, ``{}`` where there are none."""
    properties = body.get("Properties")
    return properties if isinstance(properties, dict) else {}


def merged(shared: Body, own: Body) -> Body:
    """Put a resource's own properties over the globals: objects are merged, lists joined, own values win.

    Args:
        shared: The globals.
        own: The resource's properties.
    """
    result = dict(shared)
    for key, value in own.items():
        result[key] = _one(result[key], value) if key in result else value
    return result


def _one(shared: object, own: object) -> object:
    if isinstance(shared, dict) and isinstance(own, dict) and not (_is_intrinsic(shared) or _is_intrinsic(own)):
        return merged(shared, own)
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    return own


def _is_intrinsic(value: Body) -> bool:
    return len(value) == 1 and any(str(key) in {"Ref", "Condition"} or str(key).startswith("Fn::") for key in value)
