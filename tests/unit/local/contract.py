"""What a private part of another project must look like, as a contract test reads it."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CallShape = tuple[int, tuple[str, ...]]
"""How something is called: the number of positional arguments, and the keywords."""


def find(package: str, name: str) -> Any:
    """Find the object of a dotted name in a package, whose first parts are modules.

    Raises:
        AssertionError: A part of it is gone; the message names it.
    """
    found: Any = import_module(package)
    reached = package
    for part in name.split("."):
        reached = f"{reached}.{part}"
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = import_module(reached)
            except ModuleNotFoundError:
                msg = f"{reached} is gone, which {package}.{name} needs"
                raise AssertionError(msg) from None
    return found


def signature(function: Any) -> str:
    """Return the names, kinds and defaults of a function's parameters."""
    found = inspect.signature(function)
    bare = [each.replace(annotation=each.empty) for each in found.parameters.values()]
    return str(found.replace(parameters=bare, return_annotation=found.empty))


def moved(
    package: str, *, present: Iterable[str], called: Mapping[str, CallShape], overridden: Mapping[str, str]
) -> list[str]:
    """Each part that is gone or looks different, in words.

    Args:
        package: The other project's package.
        present: Names that must be there.
        called: Functions, methods and classes that must take these arguments; a method's first one is itself.
        overridden: Functions and methods that must have exactly this signature, since others call ours.
    """
    return [
        line
        for name in sorted({*present, *called, *overridden})
        if (line := _difference(package, name, called.get(name), overridden.get(name))) is not None
    ]


def _difference(package: str, name: str, call: CallShape | None, exact: str | None) -> str | None:
    try:
        found = find(package, name)
    except AssertionError as gone:
        return str(gone)
    if exact is not None and exact != signature(found):
        return f"{package}.{name} must have the signature {exact}, got {signature(found)}"
    if call is not None:
        count, keywords = call
        try:
            inspect.signature(found).bind(*[None] * count, **dict.fromkeys(keywords))
        except TypeError as error:
            shape = f"{count} positional arguments and the keywords {', '.join(keywords) or 'none'}"
            return f"{package}.{name} must take {shape}, got {signature(found)}: {error}"
    return None
