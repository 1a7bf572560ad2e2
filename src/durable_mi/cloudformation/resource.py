"""A resource of a template, and the parts of a template that hold objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.content.json_object import AssemblyError, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Resource", "ShapeError", "metadata_of", "objects", "read_resource", "section"]


class ShapeError(AssemblyError):
    """A template whose parts are not what CloudFormation reads.

    Attributes:
        path: Keys from the top of the template to the part.
    """

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message)
        self.path = path


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
        metadata: The template's ``Metadata``, ``{}`` where there is none.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    path: str | None
    condition: str | None = None
    deletion_policy: Any = None
    update_replace_policy: Any = None
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)


def section(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a section of a template; an empty one where it is not given.

    Raises:
        ShapeError: It is no object.
    """
    given = template.get(name)
    return {} if given is None else _object(given, (name,))


def objects(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a section of objects.

    Raises:
        ShapeError: It is none, or one of its members is no object.
    """
    members = section(template, name).items()
    return {key: _object(value, (name, key)) for key, value in members if not key.startswith("Fn::")}


def read_resource(logical_id: str, resource: object) -> Resource:
    """Read a resource.

    Raises:
        ShapeError: It is not what CloudFormation reads.
    """
    where = ("Resources", logical_id)
    body = _object(resource, where)
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
        properties={} if properties is None else _object(properties, (*where, "Properties")),
        path=path if isinstance(path, str) else None,
        condition=condition if isinstance(condition, str) else None,
        deletion_policy=body.get("DeletionPolicy"),
        update_replace_policy=body.get("UpdateReplacePolicy"),
        metadata=metadata,
    )


def metadata_of(of: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metadata of a template or a resource, whose form is the user's."""
    metadata = of.get("Metadata")
    return metadata if isinstance(metadata, dict) else {}


def _object(value: object, where: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        msg = f"{'/'.join(where)} must be an object, got {kind_of(value)}"
        raise ShapeError(msg, where)
    return value
