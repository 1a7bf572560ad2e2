"""Calls of Python's own functions and of the methods of its types."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Class, Instance, Super
from durable_mi.lint.code.sdk import OPERATIONS
from durable_mi.lint.code.taints import NONE, TaintKind
from durable_mi.lint.code.values import (
    NOTHING,
    Callback,
    Collection,
    Constant,
    Library,
    Made,
    Method,
    StepContext,
    Text,
    Value,
    alternatives,
    deep_taints,
    join,
    taints_of,
)
from durable_mi.lint.reading import state
from durable_mi.lint.reading.collection_calls import call_collection
from durable_mi.lint.reading.file_calls import open_file
from durable_mi.lint.reading.operations import begin_operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.lint.code.call import Call
    from durable_mi.lint.reading.run import Run

    Builtin = Callable[[Run, Call], Value]

__all__ = ["BUILTINS", "call_method"]


def call_method(run: Run, called: Method, call: Call) -> Value:
    """Return what a method of a collection, a text, a callback or a step's context returns."""
    match called.owner:
        case StepContext() if called.name in OPERATIONS:
            begin_operation(run, None, f"{called.name}()", call.frame, call.node)
        case Callback() if called.name == "result":
            run.unused_results.pop(called, None)
            begin_operation(run, None, "callback.result()", call.frame, call.node)
        case Collection() as collection:
            return call_collection(run, collection, called, call)
        case Constant() | Text() if called.name == "join" and call.arguments:
            return Value(taints=deep_taints(call.arguments[0]))
        case Constant() | Text():
            return Value(taints=called.taints | call.taints())
    return NOTHING


def _made(kind: str) -> Builtin:
    def make(run: Run, call: Call) -> Value:
        elements: list[Value] = []
        items: dict[object, Value] = {}
        taints = NONE
        for each in alternatives(call.arguments[0]) if call.arguments else ():
            taints |= each.taints
            if isinstance(each, Collection):
                elements += each.elements
                if kind == "dict" or each.type in {"list", "tuple"}:
                    items.update(each.items)
        elements += call.keywords.values()
        items.update(call.keywords)
        if kind == "set" and call.arguments:
            taints |= state.unordered(run, call.frame, call.node)
        return Collection(kind, elements, {} if kind == "set" else items, call.frame.zone, taints=taints)

    return make


def _default_dict(run: Run, call: Call) -> Value:
    return _made("dict")(run, replace(call, arguments=call.arguments[1:]))


def _sorted(run: Run, call: Call) -> Value:
    if not call.arguments:
        return NOTHING
    first = call.arguments[0]
    if "key" in call.keywords:
        run.call(call.keywords["key"], call.having(state.element_of(first)))
    elements = [each for one in alternatives(first) if isinstance(one, Collection) for each in one.elements]
    return Collection("list", elements, {}, call.frame.zone, taints=state.without_order(first.taints))


def _iterated(run: Run, call: Call) -> Value:
    """Return what ``iter`` and ``reversed`` yield: the same elements."""
    if len(call.arguments) != 1:
        return _passed(run, call)
    return call.arguments[0] if isinstance(call.arguments[0], Made) else _copied(call.arguments[0], call)


def _copied(value: Value, call: Call) -> Value:
    elements = [each for one in alternatives(value) if isinstance(one, Collection) for each in one.elements]
    keys = any(isinstance(one, Collection) and one.type == "dict" for one in alternatives(value))
    return Collection("list", [] if keys else elements, {}, call.frame.zone, taints=value.taints)


def _next(_run: Run, call: Call) -> Value:
    if not call.arguments:
        return NOTHING
    return join(state.element_of(call.arguments[0]), *call.arguments[1:])


def _reduced(_run: Run, call: Call) -> Value:
    return Value(taints=state.without_order(call.taints()))


def _passed(_run: Run, call: Call) -> Value:
    return Value(taints=call.taints())


def _converted(run: Run, call: Call) -> Value:
    run.unknown_call(call.frame.zone)  # It raises ValueError.
    return _passed(run, call)


def _rows(_run: Run, call: Call) -> Value:
    """Return what ``zip`` and ``enumerate`` yield."""
    columns = [state.element_of(each) for each in call.arguments]
    row = Collection("tuple", columns, dict(enumerate(columns)), call.frame.zone)
    return Collection("list", [row], {}, call.frame.zone, taints=taints_of(call.arguments))


def _enumerate(run: Run, call: Call) -> Value:
    return _rows(run, call.having(NOTHING, *call.arguments[:1]))


def _mapped(run: Run, call: Call) -> Value:
    """Return what ``map`` yields: it calls the function for each element."""
    if not call.arguments:
        return NOTHING
    result = run.call(call.arguments[0], call.having(*(state.element_of(each) for each in call.arguments[1:])))
    return Collection("list", [result], {}, call.frame.zone, taints=taints_of(call.arguments[1:]))


def _filtered(run: Run, call: Call) -> Value:
    if len(call.arguments) < 2:  # noqa: PLR2004 - the function and what it chooses from
        return NOTHING
    chosen = run.call(call.arguments[0], call.having(state.element_of(call.arguments[1])))
    return call.arguments[1].with_taints(chosen.taints)


def _hash(run: Run, call: Call) -> Value:
    if call.arguments and isinstance(call.arguments[0], Constant) and isinstance(call.arguments[0].value, int):
        return NOTHING
    return Value(taints=frozenset((run.taint(TaintKind.DIFFERS, "hash()", call),)))


def _getattr(_run: Run, call: Call) -> Value:
    match call.arguments:
        case (Instance(attributes=attributes), Constant(value=str(name)), *_) if name in attributes:
            return attributes[name]
    return Value(taints=call.arguments[0].taints) if call.arguments else NOTHING


_PASSED: Final = (
    "str",
    "repr",
    "bytes",
    "bool",
    "abs",
    "round",
    "format",
    "vars",
    "print",
    "range",
)
_CONVERTS: Final = ("int", "float", "divmod", "pow", "ord", "chr")


def _namespace(_run: Run, call: Call) -> Value:
    """Return an object whose attributes are the keyword arguments."""
    node = ast.parse("class SimpleNamespace: ...").body[0]
    assert isinstance(node, ast.ClassDef)  # noqa: S101 - it is one
    of = Class(node, call.frame.module, (Library("types.SimpleNamespace"),), {})
    return Instance(of, dict(call.keywords), call.frame.zone)


def _super(_run: Run, call: Call) -> Value:
    """Return the object of a method as the bases of the method's class see it."""
    method = call.frame.function
    arguments = [*method.args.posonlyargs, *method.args.args] if isinstance(method, ast.FunctionDef) else []
    own = call.frame.variables.get(arguments[0].arg) if arguments else None
    if not isinstance(own, Instance):
        return NOTHING
    of = next((each for each in _classes(own.of) if method in each.node.body), None)
    return NOTHING if of is None else Super(replace(of, attributes={}), own)


def _classes(of: Class) -> Iterator[Class]:
    yield of
    for base in of.bases:
        if isinstance(base, Class):
            yield from _classes(base)


BUILTINS: Final[Mapping[str, Builtin]] = {
    "list": _made("list"),
    "tuple": _made("tuple"),
    "set": _made("set"),
    "frozenset": _made("set"),
    "dict": _made("dict"),
    "collections.OrderedDict": _made("dict"),
    "collections.defaultdict": _default_dict,
    "collections.Counter": _made("dict"),
    "collections.deque": _made("list"),
    "sorted": _sorted,
    "len": _reduced,
    "sum": _reduced,
    "min": _reduced,
    "max": _reduced,
    "any": _reduced,
    "all": _reduced,
    "isinstance": _reduced,
    "issubclass": _reduced,
    "hasattr": _reduced,
    "reversed": _iterated,
    "iter": _iterated,
    "next": _next,
    "enumerate": _enumerate,
    "zip": _rows,
    "map": _mapped,
    "filter": _filtered,
    "hash": _hash,
    "open": open_file,
    "io.open": open_file,
    "getattr": _getattr,
    "super": _super,
    "types.SimpleNamespace": _namespace,
    **dict.fromkeys(_PASSED, _passed),
    **dict.fromkeys(_CONVERTS, _converted),
}
"""How each function is read."""
