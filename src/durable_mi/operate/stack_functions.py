"""The functions of a stack by the names that users know: construct path, logical id, function name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "StackFunction",
    "candidate_stacks",
    "construct_of",
    "function_called",
    "is_path_called",
    "split_qualifier",
]

_OWN_RESOURCE = "/Resource"


def construct_of(path: str) -> str:
    """Return the path of the construct that a resource is the main one of: ``A/B`` for ``A/B/Resource/Resource``."""
    while path.endswith(_OWN_RESOURCE):
        path = path.removesuffix(_OWN_RESOURCE)
    return path


def is_path_called(path: str, name: str) -> bool:
    """Return whether a user's name means the construct with a resource of this path: its path, or an end of it."""
    construct, wanted = construct_of(path), construct_of(name)
    return construct == wanted or construct.endswith(f"/{wanted}")


@dataclass(frozen=True, slots=True)
class StackFunction:
    """One function of a stack.

    Attributes:
        name: Its name, which the Lambda API takes.
        logical_id: Its key in the template.
        path: Its construct path, or the logical id where the template names none.
    """

    name: str
    logical_id: str
    path: str

    @classmethod
    def read(cls, name: str, logical_id: str, template: object) -> StackFunction:
        """Find the construct path in a template, which the CDK notes in the metadata of each resource.

        Args:
            name: The function's name.
            logical_id: Its key in the template.
            template: The template; text where it is not JSON.
        """
        resource: Mapping[str, Any] = _member(_member(template, "Resources"), logical_id)
        path = _member(resource, "Metadata").get("aws:cdk:path")
        return cls(name, logical_id, path if isinstance(path, str) else logical_id)

    def is_called(self, name: str) -> bool:
        """Return whether a user's name means this function."""
        return name in {self.name, self.logical_id} or is_path_called(self.path, name)


def function_called(functions: Iterable[StackFunction], name: str) -> StackFunction | None:
    """Return the function that a user means; ``None`` if there is none.

    Args:
        functions: The functions to choose from.
        name: Construct path or an end of it, logical id, or function name.

    Raises:
        UsageError: Several are called so, and none of them by its whole path.
    """
    found = [each for each in functions if each.is_called(name)]
    exact = [each for each in found if construct_of(each.path) == construct_of(name)]
    chosen = exact if len(exact) == 1 else found
    if len(chosen) > 1:
        paths = ", ".join(sorted(construct_of(each.path) for each in chosen))
        msg = f"{name} must name one function, but these are called so: {paths}: pass the whole construct path"
        raise UsageError(msg)
    return chosen[0] if chosen else None


def candidate_stacks(path: str) -> Sequence[str]:
    """Return the names that the CDK gives a stack by default whose construct is above one of this path."""
    parts = path.split("/")
    return ["-".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]


def split_qualifier(function: str) -> tuple[str, str | None]:
    """Split ``Orders/Workflow:live`` into the construct path and the qualifier, if there is one."""
    path, _, qualifier = function.partition(":")
    return path, qualifier or None


def _member(value: object, key: str) -> Mapping[str, Any]:
    member = value.get(key) if isinstance(value, dict) else None
    return member if isinstance(member, dict) else {}
