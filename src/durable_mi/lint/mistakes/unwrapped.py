"""Handlers that the SDK does not wrap."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Class, Function, Kind
from durable_mi.lint.code.sdk import OPERATIONS, SDK, sdk_name
from durable_mi.lint.code.values import Library, alternatives

if TYPE_CHECKING:
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.reading.run import Run

__all__ = ["require_wrapped"]

_HANDLERS: Final = ("handler", "lambda_handler", "main_handler", "durable_handler", "workflow_handler")
_DEEPEST: Final = 3


def require_wrapped(run: Run, module: Module) -> None:
    """Report a function that is called like a handler, uses a ``DurableContext``, and is not wrapped."""
    for name in _HANDLERS:
        found = run.variable(module, name)
        for each in () if found is None else alternatives(found):
            if (
                isinstance(each, Function)
                and each.kind is Kind.PLAIN
                and not each.decorated
                and each.module is module
                and not isinstance(each.node, ast.Lambda)
                and each.node not in run.called
                and _uses_context(each)
            ):
                is_async = isinstance(each.node, ast.AsyncFunctionDef)
                run.report_at(
                    "DMC604" if is_async else "DMC603",
                    module,
                    each.node,
                    f"{name} must be wrapped in @durable_execution of {SDK}: without it the context has no operations, "
                    "and the "
                    "first invocation fails",
                )


def _uses_context(function: Function, position: int = 1, depth: int = _DEEPEST) -> bool:
    """Return whether a function uses an argument as a ``DurableContext``, or hands it to one that does."""
    arguments = [*function.node.args.posonlyargs, *function.node.args.args]
    if len(arguments) <= position or (depth == _DEEPEST and len(arguments) != position + 1):
        return False
    context = arguments[position]
    if _is_context(context.annotation, function):
        return True
    body = function.node.body if isinstance(function.node.body, list) else []
    calls = [each for statement in body for each in ast.walk(statement) if isinstance(each, ast.Call)]
    return any(
        _operates(call, context.arg) or (depth and _hands_on(call, context.arg, function, depth)) for call in calls
    )


def _operates(call: ast.Call, context: str) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method):
            return name == context and method in OPERATIONS
    return False


def _hands_on(call: ast.Call, context: str, function: Function, depth: int) -> bool:
    if not isinstance(call.func, ast.Name):
        return False
    called = function.frame.outermost().get(call.func.id)
    if not isinstance(called, Function):
        return False
    given = [index for index, each in enumerate(call.args) if isinstance(each, ast.Name) and each.id == context]
    return any(_uses_context(called, index, depth - 1) for index in given)


def _is_context(annotation: ast.expr | None, function: Function) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Constant(value=str(name)):
            pass
        case ast.Attribute(attr=name):
            return name == "DurableContext"
        case _:
            return False
    found = function.frame.outermost().get(name)
    if isinstance(found, Library):
        return sdk_name(found.path) == "DurableContext"
    return name == "DurableContext" and not isinstance(found, Class)
