"""The handler, found by its name."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["load_handler"]


def load_handler(name: str) -> Callable[[Any, Any], Any]:
    """Import ``module.function``; slashes in the module part mean dots.

    Raises:
        Fault: The name has no dot, the module cannot be imported, or it has no such function.
        Exception: Whatever else the module raises while it is imported.
    """
    module_name, dot, function = name.rpartition(".")
    if not dot:
        kind = "Runtime.MalformedHandlerName"
        raise Fault(kind, f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module_name.split(".")[0] in sys.builtin_module_names:
        kind = "Runtime.BuiltInModuleConflict"
        raise Fault(kind, f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = import_module(module_name.replace("/", "."))
    except ImportError as error:
        kind = "Runtime.ImportModuleError"
        raise Fault(kind, f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        kind = "Runtime.UserCodeSyntaxError"
        raise Fault(kind, f"Syntax error in module '{module_name}': {error}", [where]) from error
    try:
        found: Callable[[Any, Any], Any] = getattr(module, function)
    except AttributeError as error:
        kind = "Runtime.HandlerNotFound"
        raise Fault(kind, f"Handler '{function}' missing on module '{module_name}'") from error
    return found
