"""Calls: of the project's functions and classes, which are followed, and of everything else."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.attributes import member
from durable_mi.lint.builtin_calls import call_method
from durable_mi.lint.frame import Frame
from durable_mi.lint.library_calls import call_library
from durable_mi.lint.operations import operate
from durable_mi.lint.state import change, peek
from durable_mi.lint.steering import require_recorded
from durable_mi.lint.values import (
    NOTHING,
    Awaitable,
    Class,
    Collection,
    Constant,
    DurableCall,
    Either,
    Function,
    Instance,
    Kind,
    Library,
    Made,
    Method,
    Operation,
    Partial,
    Value,
    alternatives,
    deep_taints,
    join,
    taints_of,
)
from durable_mi.lint.zone import ZoneKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.lint.run import Run
    from durable_mi.lint.zone import Zone

__all__ = ["call_function", "call_value", "evaluate_call"]

_DEEPEST: Final = 25
_DEEPEST_IMPORT: Final = 3
"""When a module is imported, only what makes clients, decorators and constants is of interest."""
_DURABLE: Final = frozenset({Kind.STEP, Kind.CHILD, Kind.BRANCH, Kind.SUBMITTER})
_CHANGES: Final = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    }
)
"""Methods that change the content of a collection."""


def evaluate_call(run: Run, node: ast.Call, frame: Frame) -> Value:
    """Return what a call returns."""
    called = _called(run, node, frame)
    arguments: list[Value] = []
    complete = True
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = run.evaluate(argument.value, frame)
            if isinstance(value, Collection) and len(value.items) == len(value.elements):
                arguments += value.elements
            else:
                complete = False
        else:
            arguments.append(run.evaluate(argument, frame))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, Collection) and value.items:
            keywords.update({str(key): each for key, each in value.items.items()})
        else:
            complete = False
    return call_value(run, called, tuple(arguments), keywords, node, frame, complete=complete)


def _called(run: Run, node: ast.Call, frame: Frame) -> Value:
    """Return what is called. A method that changes a collection is no use of the collection."""
    function = node.func
    if not isinstance(function, ast.Attribute):
        return run.evaluate(function, frame)
    changes = function.attr in _CHANGES
    base = peek(run, function.value, frame) if changes else run.evaluate(function.value, frame)
    if changes:
        change(run, function.value, base, frame, node)
    return join(*(member(run, each, function.attr, function, frame) for each in alternatives(base)))


def call_value(  # noqa: PLR0911, PLR0913 - one for each kind, and what a call is made of
    run: Run,
    called: Value,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    *,
    complete: bool = True,
    zone: Zone | None = None,
) -> Value:
    """Return what a call of a value returns.

    Args:
        run: The run.
        called: What is called.
        arguments: Its positional arguments.
        keywords: Its keyword arguments.
        node: The call.
        frame: Where the call is.
        complete: Whether these are all arguments: no ``*`` and no ``**``.
        zone: What the SDK or a thread runs it as. Defaults to the zone of the call.
    """
    match called:
        case Either(values=values):
            every = (
                call_value(run, each, arguments, keywords, node, frame, complete=complete, zone=zone) for each in values
            )
            return join(*every)
        case Function():
            return call_function(run, called, arguments, keywords, node, frame, zone=zone)
        case Awaitable(function=function):
            given = called.arguments
            return call_function(run, function, given, called.keywords, node, frame, zone=zone, awaited=True)
        case Class():
            return _instance(run, called, arguments, keywords, node, frame)
        case Partial():
            merged = {**called.keywords, **keywords}
            every_argument = (*called.arguments, *arguments)
            return call_value(run, called.function, every_argument, merged, node, frame, complete=complete, zone=zone)
        case DurableCall(function=function):
            plain = replace(function, kind=Kind.PLAIN)
            return call_function(run, plain, (*arguments, *called.arguments), called.keywords, node, frame, zone=zone)
        case Operation():
            return operate(run, called, arguments, keywords, node, frame, complete=complete)
        case Method():
            return call_method(run, called, arguments, keywords, node, frame)
        case Library() | Made():
            return call_library(run, called, arguments, keywords, node, frame, complete=complete)
        case Instance(of=of) if (method := of.find("__call__")) is not None:
            return call_value(run, method, (called, *arguments), keywords, node, frame, complete=complete, zone=zone)
    run.unknown_call(frame.zone)
    taints = called.taints
    for each in (*arguments, *keywords.values()):
        taints |= deep_taints(each)
    return Value(taints=taints) if taints else NOTHING


def call_function(  # noqa: PLR0913 - what a call is made of
    run: Run,
    function: Function,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    *,
    zone: Zone | None = None,
    awaited: bool = False,
) -> Value:
    """Follow a call of a function of the project.

    Args:
        run: The run.
        function: The function.
        arguments: Its positional arguments.
        keywords: Its keyword arguments.
        node: The call.
        frame: Where the call is.
        zone: What the SDK or a thread runs the function as. Defaults to the zone of the call.
        awaited: Whether the coroutine of an ``async def`` runs now.
    """
    if function.bound is not None:
        arguments = (function.bound, *arguments)
        function = replace(function, bound=None)
    if function.kind in _DURABLE:
        return DurableCall(function, arguments, keywords, node, frame.module, taints=taints_of(()))
    if isinstance(function.node, ast.AsyncFunctionDef) and not awaited and zone is None:
        return Awaitable(function, arguments, keywords)
    deepest = _DEEPEST_IMPORT if frame.zone.kind is ZoneKind.IMPORT else _DEEPEST
    if function.node in run.stack or len(run.stack) > deepest:
        run.unknown_call(frame.zone)
        return NOTHING
    _require_early_binding(run, function, frame)
    inner = Frame(
        module=function.module,
        zone=zone or frame.zone,
        parent=function.frame,
        function=function.node,
        site=None if zone is not None else frame.site or _site(frame, node),
    )
    _bind(run, function, arguments, keywords, inner)
    run.called.add(function.node)
    run.stack.append(function.node)
    try:
        if isinstance(function.node, ast.Lambda):
            return run.evaluate(function.node.body, inner)
        run.execute(function.node.body, inner)
    finally:
        run.stack.pop()
    return join(*inner.returned) if inner.returned else Constant(None)


def _site(frame: Frame, node: ast.AST) -> tuple[object, ast.AST] | None:
    return None if frame.zone.kind is ZoneKind.IMPORT else (frame.module, node)  # type: ignore[return-value]


def _require_early_binding(run: Run, function: Function, frame: Frame) -> None:
    if function.loop is None or function.loop in run.loops or frame.zone.kind is ZoneKind.IMPORT:
        return
    names = ", ".join(function.late)
    run.report_at(
        "DMC304",
        function.module,
        function.node,
        f"a function that is made in a loop must bind {names} when it is made: it runs after the loop, so that all of them see "
        f"the last value; write it as a default argument, such as {function.late[0]}={function.late[0]}",
    )


def _bind(  # noqa: C901 - the ways in which Python binds arguments
    run: Run, function: Function, arguments: tuple[Value, ...], keywords: Mapping[str, Value], frame: Frame
) -> None:
    given = function.node.args
    positional = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    variables = frame.variables
    variables.update(zip(positional, arguments, strict=False))
    rest = dict(keywords)
    for name in (*positional, *(argument.arg for argument in given.kwonlyargs)):
        if name in rest:
            variables[name] = rest.pop(name)
        elif name not in variables:
            default = function.defaults.get(name, NOTHING)
            if default.taints and frame.zone.kind is not ZoneKind.IMPORT:
                imported = frozenset(taint for taint in default.taints if taint.imported)
                require_recorded(run, imported, frame, "each execution in the process gets the same")
            variables[name] = default
    if given.vararg is not None:
        more = list(arguments[len(positional) :])
        variables[given.vararg.arg] = Collection("tuple", more, dict(enumerate(more)), frame.zone)
    if given.kwarg is not None:
        variables[given.kwarg.arg] = Collection("dict", list(rest.values()), dict(rest), frame.zone)


def _instance(  # noqa: PLR0913 - what a call is made of
    run: Run, of: Class, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> Value:
    made = Instance(of, {}, frame.zone)
    initializer = of.find("__init__")
    if isinstance(initializer, Function):
        call_function(run, initializer, (made, *arguments), keywords, node, frame)
        return made
    names = list(_fields(of))
    made.attributes.update(zip(names, arguments, strict=False))
    made.attributes.update(keywords)
    for name in names:
        if name not in made.attributes:
            made.attributes[name] = _default(run, of.find(name), node, frame)
    if isinstance(post := of.find("__post_init__"), Function):
        call_function(run, post, (made,), {}, node, frame)
    return made


def _fields(of: Class) -> list[str]:
    inherited = [name for base in of.bases if isinstance(base, Class) for name in _fields(base)]
    own = [
        statement.target.id
        for statement in of.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    return [*inherited, *(name for name in own if name not in inherited)]


def _default(run: Run, default: Value | None, node: ast.AST, frame: Frame) -> Value:
    if isinstance(default, Made) and default.path.rpartition(".")[2] in {"field()", "Field()"}:
        factory = default.keywords.get("default_factory")
        if factory is not None:
            return call_value(run, factory, (), {}, node, frame)
        return default.keywords.get("default", NOTHING)
    if default is not None and default.taints and frame.zone.kind is not ZoneKind.IMPORT:
        require_recorded(run, default.taints, frame, "each execution in the process gets the same")
    return NOTHING if default is None else default
