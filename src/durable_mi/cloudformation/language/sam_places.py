"""Where in a SAM template something is from which SAM makes a property: the resource, one of its events, or Globals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["sam_place"]

Path = tuple[str | int, ...]

# Properties of which SAM makes a resource, by the end of its logical id.
_MADE_OF: Final = {
    "Alias": ("AutoPublishAlias",),
    "InvokeConfig": ("EventInvokeConfig",),
    "Role": ("Policies",),
    "Url": ("FunctionUrlConfig",),
    "Version": ("VersionDeletionPolicy", "AutoPublishAlias"),
}
# Names that SAM has for CloudFormation's.
_NAMES: Final = {
    "AllowedInstanceTypes": "AllowedTypes",
    "CapacityProviderArn": "Arn",
    "CapacityProviderScalingConfig": "ScalingConfig",
    "ExcludedInstanceTypes": "ExcludedTypes",
}
_LEFT_OUT: Final = frozenset({"LambdaManagedInstancesCapacityProviderConfig"})


def sam_place(content: Mapping[str, Any], origin: str, logical_id: str, path: Sequence[str | int]) -> Path | None:
    """Return the keys and indexes that lead from the top of the template to a value.

    Args:
        content: The template as it was written, loops expanded.
        origin: The SAM resource.
        logical_id: The resource that SAM makes of it, which may be itself.
        path: The value in the properties of that.

    Returns:
        ``None`` where there is nothing nearer than the SAM resource.
    """
    made = logical_id.removeprefix(origin)
    if not made:
        wanted = [tuple(_NAMES.get(str(step), step) for step in path if step not in _LEFT_OUT)]
    elif made.startswith("Event") and (name := made.removeprefix("Event")):
        wanted = [("Events", name)]
    else:
        wanted = [(key,) for key in _MADE_OF.get(made, ())]
    body = content["Resources"].get(origin)
    kind = str(body.get("Type")).rpartition("::")[2] if isinstance(body, dict) else ""
    for each in filter(None, wanted):
        for length in range(len(each), 0, -1):
            for top in (("Resources", origin, "Properties"), ("Globals", kind)):
                found = (*top, *each[:length])
                if _has(content, found):
                    return found
    return None


def _has(content: object, path: Path) -> bool:
    for step in path:
        if isinstance(content, dict) and step in content:
            content = content[str(step)]
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return False
    return True
