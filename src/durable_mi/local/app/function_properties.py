"""A function's properties, as far as they must be known to run it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, literal, shown

if TYPE_CHECKING:
    from collections.abc import Collection

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resource import Resource
    from durable_mi.local.app.placeholders import Placeholders

__all__ = ["FunctionProperties", "missing"]


class FunctionProperties:
    """Reads the properties of one resource.

    Args:
        stack: The resource's stack.
        resource: The resource.
        placeholders: The values of the stack.
    """

    def __init__(self, stack: Stack, resource: Resource, placeholders: Placeholders) -> None:
        self._stack = stack
        self._resource = resource
        self._placeholders = placeholders

    def has(self, *path: str) -> bool:
        """Return whether there is a property at a path.

        Raises:
            AssemblyError: That is known only after deployment.
        """
        return self._known(path) is not MISSING

    def number(self, *path: str, default: float | None = None, allowed: Collection[float] = ()) -> float:
        """Return a number.

        Args:
            path: Keys in the properties.
            default: What Lambda takes where there is none. Defaults to nothing: the property is required.
            allowed: The numbers that it can be. Defaults to any.

        Raises:
            AssemblyError: It is known only after deployment, no number or no allowed one, or required and not there.
        """
        value = self._known(path)
        if value is MISSING and default is not None:
            return default
        try:
            number = float(literal(value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            got = "none" if value is MISSING else repr(value)
            msg = f"{self._named(path)} must be a number, got {got}: correct it in the template"
            raise AssemblyError(msg)
        if allowed and number not in allowed:
            some = ", ".join(map(str, allowed))
            msg = f"{self._named(path)} must be one of {some}, got {number:g}: correct it in the template"
            raise AssemblyError(msg)
        return number

    def whole(self, *path: str, default: int | None = None) -> int:
        """Return a whole number; otherwise as :meth:`number`."""
        number = self.number(*path, default=default)
        if number != int(number):
            msg = f"{self._named(path)} must be a whole number, got {number}: correct it in the template"
            raise AssemblyError(msg)
        return int(number)

    def text(self, *path: str, default: str) -> str:
        """Return a text.

        Args:
            path: Keys in the properties.
            default: What Lambda takes where there is none.

        Raises:
            AssemblyError: It is known only after deployment.
        """
        value = self._known(path)
        return default if value is MISSING else literal(value)

    def placeholder(self, *path: str) -> object:
        """Return a value, with placeholders for what is known only after deployment; ``None`` where there is none.

        Raises:
            AssemblyError: It is known only after deployment whether there is one.
        """
        found = self._placeholders.resolve(self.entries(*path[:-1]).get(path[-1]))
        return None if found is MISSING else found

    def entries(self, *path: str) -> dict[str, object]:
        """Return an object with its values as the template has them, empty where there is none.

        Raises:
            AssemblyError: It is known only after deployment which keys it has.
        """
        value = self._known(path)
        return value if isinstance(value, dict) else {}

    def _known(self, path: tuple[str, ...]) -> object:
        value = self._placeholders.facts.at(self._resource.properties, *path)
        if isinstance(value, Reference | Text | Unknown):
            msg = f"{self._named(path)} must be known before deployment, got {self._unknown(value)}"
            raise AssemblyError(msg)
        return value

    def _named(self, path: tuple[str, ...]) -> str:
        where = self._resource.path or self._resource.logical_id
        return f"{'.'.join(path) or 'Properties'} of {where} in stack {self._stack.name}"

    def _unknown(self, value: Reference | Text | Unknown) -> str:
        return missing(self._stack, value.what if isinstance(value, Unknown) else shown(value))


def missing(stack: Stack, what: str) -> str:
    """Word what is known only after deployment, and how to give it before.

    Args:
        stack: The stack whose template has it.
        what: What it would take to know it, as an :class:`Unknown` names it.
    """
    kind, _, name = what.partition(" ")
    names = {"parameter": [name], "condition": sorted(_parameters(stack.conditions.get(name), stack, {name}))}
    without = [each for each in names.get(kind, ()) if "Default" not in stack.parameters.get(each, ("Default",))]
    if not without:
        return f"{what}: write a value into the template"
    asks = what if kind == "parameter" else f"{what} of parameter {' and '.join(without)}"
    return f"{asks}, which has no default: give the parameter a default"


def _parameters(value: object, stack: Stack, seen: set[str]) -> set[str]:
    """Return the parameters that a condition asks for, those of the conditions in it included."""
    match value:
        case {"Ref": str(name)} if name in stack.parameters:
            return {name}
        case {"Condition": str(name)} if name not in seen:
            return _parameters(stack.conditions.get(name), stack, seen | {name})
        case dict():
            return {name for inner in value.values() for name in _parameters(inner, stack, seen)}
        case list():
            return {name for inner in value for name in _parameters(inner, stack, seen)}
    return set()
