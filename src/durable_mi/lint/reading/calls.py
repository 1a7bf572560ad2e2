"""Calls: of the project's functions and classes, which are followed, and of everything else."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from durable_mi.lint.code.call import Call
from durable_mi.lint.code.frame import Frame
from durable_mi.lint.code.functions import (
    Awaitable,
    Class,
    DurableCall,
    Function,
    Instance,
    Kind,
    Partial,
)
from durable_mi.lint.code.values import (
    NOTHING,
    Collection,
    Constant,
    Either,
    Library,
    Made,
    Method,
    Operation,
    Value,
    alternatives,
    join,
)
from durable_mi.lint.code.zone import ZoneKind
from durable_mi.lint.mistakes.steering import require_recorded
from durable_mi.lint.reading import state
from durable_mi.lint.reading.attributes import member
from durable_mi.lint.reading.builtin_calls import call_method
from durable_mi.lint.reading.library_calls import call_library
from durable_mi.lint.reading.operations import operate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.lint.code.module import Module
    from durable_mi.lint.reading.run import Run

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
    spread: list[Value] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = run.evaluate(argument.value, frame)
            if isinstance(value, Collection) and len(value.items) == len(value.elements):
                arguments += value.elements
            else:
                spread.append(state.element_of(value))
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
            spread.append(value)
    return call_value(run, called, Call(node, frame, tuple(arguments), keywords, not spread, tuple(spread)))


def _called(run: Run, node: ast.Call, frame: Frame) -> Value:
    """Return what is called. A method that changes a collection is no use of the collection."""
    function = node.func
    if not isinstance(function, ast.Attribute):
        return run.evaluate(function, frame)
    changes = function.attr in _CHANGES
    base = state.peek(run, function.value, frame) if changes else run.evaluate(function.value, frame)
    if changes:
        state.change(run, function.value, base, frame, node)
    return join(*(member(run, each, function.attr, function, frame) for each in alternatives(base)))


def call_value(run: Run, called: Value, call: Call) -> Value:
    """Return what a call of a value returns."""
    read = _CALLS.get(type(called))
    if read is not None:
        return read(run, called, call)
    run.unknown_call(call.frame.zone)
    taints = called.taints | call.taints()
    return Value(taints=taints) if taints else NOTHING


def _either(run: Run, called: Either, call: Call) -> Value:
    return join(*(call_value(run, each, call) for each in called.values))


def _partial(run: Run, called: Partial, call: Call) -> Value:
    arguments, keywords = (*called.arguments, *call.arguments), {**called.keywords, **call.keywords}
    return call_value(run, called.function, replace(call, arguments=arguments, keywords=keywords))


def _durable_call(run: Run, called: DurableCall, call: Call) -> Value:
    plain = replace(called.function, kind=Kind.PLAIN)
    return call_function(run, plain, call.having(*call.arguments, *called.arguments, **called.keywords))


def _awaitable(run: Run, called: Awaitable, call: Call) -> Value:
    return call_function(run, called.function, call.having(*called.arguments, **called.keywords), awaited=True)


def call_function(run: Run, function: Function, call: Call, *, awaited: bool = False) -> Value:
    """Follow a call of a function of the project.

    Args:
        run: The run.
        function: The function.
        call: The call.
        awaited: Whether the coroutine of an ``async def`` runs now.
    """
    if function.bound is not None:
        call = replace(call, arguments=(function.bound, *call.arguments))
        function = replace(function, bound=None)
    frame, zone = call.frame, call.zone
    if function.kind in _DURABLE:
        return DurableCall(function, call.arguments, call.keywords, call.node, frame.module)
    if isinstance(function.node, ast.AsyncFunctionDef) and not awaited and zone is None:
        return Awaitable(function, call.arguments, call.keywords)
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
        site=None if zone is not None else frame.site or _site(frame, call.node),
        loops=len(run.loops),
    )
    _bind(run, function, call, inner)
    run.called.add(function.node)
    run.stack.append(function.node)
    try:
        if isinstance(function.node, ast.Lambda):
            return run.evaluate(function.node.body, inner)
        run.execute(function.node.body, inner)
    finally:
        run.stack.pop()
    return join(*inner.returned) if inner.returned else Constant(None)


def _site(frame: Frame, node: ast.AST) -> tuple[Module, ast.AST] | None:
    return None if frame.zone.kind is ZoneKind.IMPORT else (frame.module, node)


def _require_early_binding(run: Run, function: Function, frame: Frame) -> None:
    if function.loop is None or function.loop in run.loops or frame.zone.kind is ZoneKind.IMPORT:
        return
    names = ", ".join(function.late)
    run.report_at(
        "DMC304",
        function.module,
        function.node,
        f"a function that is made in a loop must bind {names} when it is made: it runs after the loop, so that all of "
        "them see "
        f"the last value; write it as a default argument, such as {function.late[0]}={function.late[0]}",
    )


def _bind(run: Run, function: Function, call: Call, frame: Frame) -> None:
    given = function.node.args
    positional = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    variables = frame.variables
    variables.update(zip(positional, call.arguments, strict=False))
    rest = dict(call.keywords)
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
        more = list(call.arguments[len(positional) :])
        variables[given.vararg.arg] = Collection("tuple", more, dict(enumerate(more)), frame.zone)
    if given.kwarg is not None:
        named = dict[object, Value](rest.items())
        variables[given.kwarg.arg] = Collection("dict", list(rest.values()), named, frame.zone)


def _instance(run: Run, of: Class, call: Call) -> Value:
    made = Instance(of, {}, call.frame.zone)
    initializer = of.find("__init__")
    if isinstance(initializer, Function):
        call_function(run, initializer, replace(call, arguments=(made, *call.arguments)))
        return made
    names = list(_fields(of))
    made.attributes.update(zip(names, call.arguments, strict=False))
    made.attributes.update(call.keywords)
    for name in names:
        if name not in made.attributes:
            made.attributes[name] = _default(run, of.find(name), call)
    if isinstance(post := of.find("__post_init__"), Function):
        call_function(run, post, call.having(made))
    return made


def _fields(of: Class) -> list[str]:
    inherited = [name for base in of.bases if isinstance(base, Class) for name in _fields(base)]
    own = [
        statement.target.id
        for statement in of.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    return [*inherited, *(name for name in own if name not in inherited)]


def _default(run: Run, default: Value | None, call: Call) -> Value:
    if isinstance(default, Made) and default.path.rpartition(".")[2] in {"field()", "Field()"}:
        factory = default.keywords.get("default_factory")
        if factory is not None:
            return call_value(run, factory, call.having())
        return default.keywords.get("default", NOTHING)
    if default is not None and default.taints and call.frame.zone.kind is not ZoneKind.IMPORT:
        require_recorded(run, default.taints, call.frame, "each execution in the process gets the same")
    return NOTHING if default is None else default


def _called_instance(run: Run, called: Instance, call: Call) -> Value:
    method = called.of.find("__call__")
    if method is None:
        return NOTHING
    return call_value(run, method, replace(call, arguments=(called, *call.arguments)))


_CALLS: Final[Mapping[type[Value], Callable[[Run, Any, Call], Value]]] = {
    Either: _either,
    Function: call_function,
    Partial: _partial,
    DurableCall: _durable_call,
    Awaitable: _awaitable,
    Class: _instance,
    Instance: _called_instance,
    Operation: operate,
    Method: call_method,
    Library: call_library,
    Made: call_library,
}
"""How a call of each kind of value is read."""
