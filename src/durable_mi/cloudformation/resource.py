"""A resource of a template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.content.json_object import kind_of
from durable_mi.cloudformation.content.sections import ShapeError, metadata_of, object_at

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Resource", "read_resource"]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a template, with its intrinsic functions unresolved.

    Attributes:
        logical_id: Key in the template's ``Resources``.
        type: CloudFormation type, such as ``AWS::Lambda::Function``.
        properties: The template's ``Properties``, ``{}`` where there are none.
        path: Construct path that the CDK notes in the metadata, ``None`` in templates written by hand.
        condition: Name of the condition that decides whether it is created, ``None`` where it always is.
        deletion_policy: The template's ``DeletionPolicy``, ``None`` where there is none.
        update_replace_policy: The template's ``UpdateReplacePolicy``, ``None`` where there is none.
        update_policy: The template's ``UpdatePolicy``, ``None`` where there is none.
        metadata: The template's ``Metadata``, ``{}`` where there is none.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    path: str | None
    condition: str | None = None
    deletion_policy: Any = None
    update_replace_policy: Any = None
    update_policy: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)


def read_resource(logical_id: str, resource: object) -> Resource:
    """Read a resource.

    Raises:
        ShapeError: It is not what CloudFormation reads.
    """
    where = ("Resources", logical_id)
    body = object_at(resource, where)
    if not isinstance(body.get("Type"), str):
        msg = f"{'/'.join(where)} must have a Type, got {kind_of(body.get('Type'))}"
        raise ShapeError(msg, where)
    metadata = metadata_of(body)
    path = metadata.get("aws:cdk:path")
    condition = body.get("Condition")
    properties = body.get("Properties")
    return Resource(
        logical_id=logical_id,
        type=body["Type"],
        properties={} if properties is None else object_at(properties, (*where, "Properties")),
        path=path if isinstance(path, str) else None,
        condition=condition if isinstance(condition, str) else None,
        deletion_policy=body.get("DeletionPolicy"),
        update_replace_policy=body.get("UpdateReplacePolicy"),
        update_policy=body.get("UpdatePolicy"),
        metadata=metadata,
    )
