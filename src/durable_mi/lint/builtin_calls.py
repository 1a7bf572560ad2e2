"""Calls of Python's own functions and of the methods of its types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.lint import state
from durable_mi.lint.operations import begin_operation
from durable_mi.lint.temporary_files import temporary_path
from durable_mi.lint.values import (
    NONE,
    NOTHING,
    Callback,
    Collection,
    Constant,
    Instance,
    Made,
    Method,
    StepContext,
    Taint,
    TaintKind,
    Text,
    Value,
    alternatives,
    deep_taints,
    join,
)
from durable_mi.lint.zone import ZoneKind

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping

    from durable_mi.lint.frame import Frame
    from durable_mi.lint.run import Run
    from durable_mi.lint.values import Taints

    Builtin = Callable[[Run, tuple[Value, ...], Mapping[str, Value], ast.AST, Frame], Value]

__all__ = ["BUILTINS", "call_method"]

_OPERATIONS: Final = frozenset({"step", "wait", "invoke", "map", "parallel", "run_in_child_context", "create_callback"})
_ADDS: Final = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "extend": 0, "update": 0}


def call_method(  # noqa: PLR0911, PLR0913 - one for each kind, and what a call is made of
    run: Run,
    called: Method,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """Return what a method of a collection, a text, a callback or a step's context returns."""
    taints = called.taints
    for each in (*arguments, *keywords.values()):
        taints |= deep_taints(each)
    match called.owner:
        case StepContext() if called.name in _OPERATIONS:
            begin_operation(run, None, f"{called.name}()", frame, node)
        case Callback() if called.name == "result":
            run.operations += 1
            if frame.zone.kind is ZoneKind.STEP:
                begin_operation(run, None, "callback.result()", frame, node)
        case Collection() as collection:
            return _of_collection(collection, called.name, arguments, keywords, taints, frame)
        case Constant() | Text() if called.name == "join" and arguments:
            return Value(taints=deep_taints(arguments[0]))
        case Constant() | Text():
            return Value(taints=taints) if taints else NOTHING
    return NOTHING


def _of_collection(  # noqa: PLR0913 - what a call is made of
    collection: Collection,
    name: str,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    taints: Taints,
    frame: Frame,
) -> Value:
    if name in _ADDS:
        for each in (*arguments[_ADDS[name] :], *keywords.values()):
            inner = each.elements if name in {"extend", "update"} and isinstance(each, Collection) else [each]
            if len(collection.elements) < 200:  # noqa: PLR2004 - more say nothing new
                collection.elements.extend(inner)
        collection.items.update(keywords)
        return Constant(None)
    match name:
        case "get" | "pop" | "setdefault" if collection.type == "dict" and arguments:
            key, default = arguments[0], arguments[1] if len(arguments) > 1 else Constant(None)
            if isinstance(key, Constant) and isinstance(key.value, (str, int)) and key.value in collection.items:
                return join(collection.items[key.value], default)
            return (
                join(*collection.elements, default).with_taints(collection.taints) if collection.elements else NOTHING
            )
        case "values":
            return Collection("list", collection.elements, {}, frame.zone, taints=collection.taints)
        case "items":
            pair = Collection(
                "tuple", [NOTHING, join(*collection.elements)], {1: join(*collection.elements)}, frame.zone
            )
            return Collection("list", [pair], {}, frame.zone, taints=collection.taints)
        case "copy" | "union" | "intersection" | "difference" | "symmetric_difference":
            return Collection(
                collection.type, list(collection.elements), dict(collection.items), frame.zone, taints=taints
            )
        case "pop":
            return join(*collection.elements).with_taints(collection.taints) if collection.elements else NOTHING
        case "sort":
            return Constant(None)
    return Value(taints=taints) if taints else NOTHING


def _made(kind: str) -> Builtin:
    def make(
        run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
    ) -> Value:
        elements, items, taints = [], {}, NONE
        for each in alternatives(arguments[0]) if arguments else ():
            taints |= each.taints
            if isinstance(each, Collection):
                elements += each.elements
                if kind == "dict" or (kind in {"list", "tuple"} and each.type in {"list", "tuple"}):
                    items.update(each.items)
        elements += keywords.values()
        items.update(keywords)
        if kind == "set" and arguments:
            taints |= state.unordered(run, frame, node)
        return Collection(kind, elements, {} if kind == "set" else items, frame.zone, taints=taints)

    return make


def _sorted(
    run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> Value:
    if "key" in keywords:
        run.call(keywords["key"], (state.element_of(arguments[0]) if arguments else NOTHING,), {}, node, frame)
    elements = [each for value in arguments[:1] for one in alternatives(value) for each in _elements(one)]
    taints = state.without_order(arguments[0].taints) if arguments else NONE
    return Collection("list", elements, {}, frame.zone, taints=taints)


def _elements(value: Value) -> list[Value]:
    return value.elements if isinstance(value, Collection) else []


def _reduced(
    _run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], _node: ast.AST, _frame: Frame
) -> Value:
    taints = NONE
    for each in (*arguments, *keywords.values()):
        taints |= deep_taints(each)
    return Value(taints=state.without_order(taints))


def _passed(
    _run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], _node: ast.AST, _frame: Frame
) -> Value:
    taints = NONE
    for each in (*arguments, *keywords.values()):
        taints |= deep_taints(each)
    return Value(taints=taints) if taints else NOTHING


def _rows(run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame) -> Value:
    """Return what ``zip`` and ``enumerate`` yield."""
    del run, keywords, node
    columns = [state.element_of(each) for each in arguments]
    taints = NONE
    for each in arguments:
        taints |= each.taints
    row = Collection("tuple", columns, dict(enumerate(columns)), frame.zone)
    return Collection("list", [row], {}, frame.zone, taints=taints)


def _enumerate(
    run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> Value:
    return _rows(run, (NOTHING, *arguments[:1]), keywords, node, frame)


def _mapped(
    run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> Value:
    """Return what ``map`` yields: it calls the function for each element."""
    del keywords
    if not arguments:
        return NOTHING
    taints = NONE
    for each in arguments[1:]:
        taints |= each.taints
    result = run.call(arguments[0], tuple(state.element_of(each) for each in arguments[1:]), {}, node, frame)
    return Collection("list", [result], {}, frame.zone, taints=taints)


def _filtered(
    run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> Value:
    del keywords
    if len(arguments) < 2:  # noqa: PLR2004 - the function and what it chooses from
        return NOTHING
    chosen = run.call(arguments[0], (state.element_of(arguments[1]),), {}, node, frame)
    return arguments[1].with_taints(chosen.taints)


def _hash(run: Run, arguments: tuple[Value, ...], _keywords: Mapping[str, Value], node: ast.AST, frame: Frame) -> Value:
    if arguments and isinstance(arguments[0], Constant) and isinstance(arguments[0].value, int):
        return NOTHING
    module, place = frame.site or (frame.module, node)
    imported = frame.zone.kind is ZoneKind.IMPORT
    differs = Taint(TaintKind.DIFFERS, "hash()", module, place, run.operations, imported)
    return Value(taints=frozenset((differs,)))


def _open(run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame) -> Value:
    mode = keywords.get("mode", arguments[1] if len(arguments) > 1 else Constant("r"))
    writes = isinstance(mode, Constant) and any(letter in str(mode.value) for letter in "wax+")
    path = temporary_path(arguments[0]) if arguments else None
    if path is not None:
        if writes:
            run.files.write(path, frame)
        else:
            run.files.read(path, frame, node)
    taints = NONE
    if not writes and frame.zone.kind in {ZoneKind.FLOW, ZoneKind.THREAD}:
        module, place = frame.site or (frame.module, node)
        taints = frozenset((Taint(TaintKind.READ, "open()", module, place, run.operations, imported=False),))
    run.unknown_call(frame.zone)
    return Made("open()", taints=taints)


def _getattr(
    _run: Run, arguments: tuple[Value, ...], _keywords: Mapping[str, Value], _node: ast.AST, _frame: Frame
) -> Value:
    match arguments:
        case (Instance(attributes=attributes), Constant(value=str(name)), *_) if name in attributes:
            return attributes[name]
    return Value(taints=arguments[0].taints) if arguments else NOTHING


_PASSED: Final = (
    "str",
    "repr",
    "bytes",
    "bool",
    "abs",
    "round",
    "format",
    "reversed",
    "iter",
    "next",
    "vars",
    "print",
    "range",
)
_CONVERTS: Final = ("int", "float", "divmod", "pow", "ord", "chr")


def _converted(
    run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> Value:
    run.unknown_call(frame.zone)  # It raises ValueError.
    return _passed(run, arguments, keywords, node, frame)


BUILTINS: Final[Mapping[str, Builtin]] = {
    "list": _made("list"),
    "tuple": _made("tuple"),
    "set": _made("set"),
    "frozenset": _made("set"),
    "dict": _made("dict"),
    "collections.OrderedDict": _made("dict"),
    "collections.defaultdict": lambda run, arguments, keywords, node, frame: _made("dict")(
        run, arguments[1:], keywords, node, frame
    ),
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
    "enumerate": _enumerate,
    "zip": _rows,
    "map": _mapped,
    "filter": _filtered,
    "hash": _hash,
    "open": _open,
    "getattr": _getattr,
    **dict.fromkeys(_PASSED, _passed),
    **dict.fromkeys(_CONVERTS, _converted),
}
"""How each function is read."""
