"""Sections of a template, which are objects or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.content.json_object import AssemblyError, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ShapeError", "metadata_of", "object_at", "objects", "section"]


class ShapeError(AssemblyError):
    """A template whose parts are not what CloudFormation reads.

    Attributes:
        path: Keys from the top of the template to the part.
    """

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message)
        self.path = path


def section(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a section, which is empty where the template has none.

    Raises:
        ShapeError: It is not an object.
    """
    found = template.get(name)
    if found is None:
        return {}
    return object_at(found, (name,))


def objects(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a section of objects.

    Raises:
        ShapeError: The section, or an entry of it, is not an object.
    """
    entries = section(template, name).items()
    return {key: object_at(value, (name, key)) for key, value in entries if not key.startswith("Fn::")}


def metadata_of(of: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metadata of a template or a resource, whose form is the user's."""
    metadata = of.get("Metadata")
    return metadata if isinstance(metadata, dict) else {}


def object_at(value: object, where: tuple[str, ...]) -> dict[str, Any]:
    """Return an object as it is.

    Args:
        value: A part of a template.
        where: Keys from the top of the template to the part.

    Raises:
        ShapeError: It is not an object.
    """
    if not isinstance(value, dict):
        msg = f"{'/'.join(where)} must be an object, got {kind_of(value)}"
        raise ShapeError(msg, where)
    return value
