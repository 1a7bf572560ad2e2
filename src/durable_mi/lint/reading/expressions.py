"""What an expression can be."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, Final, TypeAlias

from durable_mi.lint.code.call import Call
from durable_mi.lint.code.closures import loop_variables
from durable_mi.lint.code.functions import Awaitable, Function
from durable_mi.lint.code.moments import calculate
from durable_mi.lint.code.taints import NONE
from durable_mi.lint.code.values import (
    MOST_ELEMENTS,
    NOTHING,
    Collection,
    Constant,
    Library,
    Made,
    Text,
    Value,
    alternatives,
    deep_taints,
    join,
    taints_of,
)
from durable_mi.lint.mistakes.steering import require_stable_condition
from durable_mi.lint.mistakes.unrun import require_run
from durable_mi.lint.reading import state
from durable_mi.lint.reading.attributes import attribute
from durable_mi.lint.reading.calls import evaluate_call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.reading.run import Run

__all__ = ["EXPRESSIONS", "function_value"]


_LONGEST_TEXT: Final = 10_000
_KNOWN: Final = frozenset({*dir(builtins), "__file__"})
"""Names that no module binds."""


def _constant(_run: Run, node: ast.Constant, _frame: Frame) -> Value:
    return Constant(node.value)


def _name(run: Run, node: ast.Name, frame: Frame) -> Value:
    found = frame.find(node.id)
    if found is None:
        return Library(node.id) if node.id in _KNOWN else NOTHING
    value, owner = found
    state.read_variable(run, node, frame, owner, value)
    return value


def _attribute(run: Run, node: ast.Attribute, frame: Frame) -> Value:
    base = run.evaluate(node.value, frame)
    require_run(run, base, node, frame)
    return attribute(run, base, node, frame)


def _call(run: Run, node: ast.Call, frame: Frame) -> Value:
    return evaluate_call(run, node, frame)


def _lambda(run: Run, node: ast.Lambda, frame: Frame) -> Value:
    return function_value(run, node, frame)


def function_value(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame) -> Function:
    """Return the function that a definition makes; its defaults are evaluated now."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(
        zip(
            (argument.arg for argument in positional[len(positional) - len(arguments.defaults) :]),
            (run.evaluate(default, frame) for default in arguments.defaults),
            strict=True,
        )
    )
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            defaults[argument.arg] = run.evaluate(default, frame)
    loop, late = loop_variables(run.loops[frame.loops :], node)
    return Function(node, frame.module, frame, defaults, loop=loop, late=late)


def _collection(kind: str) -> Callable[[Run, ast.List | ast.Tuple | ast.Set, Frame], Value]:
    def read(run: Run, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> Value:
        elements = [run.evaluate(element, frame) for element in node.elts[:MOST_ELEMENTS]]
        certain = not any(isinstance(element, ast.Starred) for element in node.elts)
        items: dict[object, Value] = dict(enumerate(elements)) if certain and kind != "set" else {}
        unordered = state.unordered(run, frame, node) if kind == "set" and len(elements) > 1 else NONE
        return Collection(kind, elements, items, frame.zone, taints=unordered)

    return read


def _dict(run: Run, node: ast.Dict, frame: Frame) -> Value:
    elements, items, taints = [], {}, NONE
    for key, value_node in zip(node.keys, node.values, strict=True):
        value = run.evaluate(value_node, frame)
        if key is None:
            for each in alternatives(value):
                if isinstance(each, Collection):
                    elements += each.elements
                    items.update(each.items)
                else:
                    taints |= each.taints
            continue
        key_value = run.evaluate(key, frame)
        taints |= key_value.taints
        elements.append(value)
        if isinstance(key_value, Constant):
            items[key_value.value] = value
    return Collection("dict", elements, items, frame.zone, taints=taints)


def _subscript(run: Run, node: ast.Subscript, frame: Frame) -> Value:
    base = run.evaluate(node.value, frame)
    require_run(run, base, node, frame)
    key = run.evaluate(node.slice, frame)
    found: list[Value] = []
    for each in alternatives(base):
        match each:
            case Collection(items=items, elements=elements) if not isinstance(node.slice, ast.Slice):
                if isinstance(key, Constant) and _hashable(key.value) and key.value in items:
                    found.append(items[key.value].with_taints(each.taints))
                else:
                    found.append(join(*elements).with_taints(each.taints | key.taints) if elements else NOTHING)
            case Collection():
                found.append(each)
            case Library():
                found.append(each)  # A generic type, such as dict[str, Any] or MapConfig[int].
            case _:
                found.append(Value(taints=each.taints | key.taints))
    return join(*found)


def _hashable(value: object) -> bool:
    return not isinstance(value, (list, dict, set))


def _joined(run: Run, node: ast.JoinedStr, frame: Frame) -> Value:
    parts: list[str | None] = []
    taints = NONE
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
            continue
        value = run.evaluate(piece.value if isinstance(piece, ast.FormattedValue) else piece, frame)
        taints |= deep_taints(value)
        match value:
            case Constant(value=known):
                parts.append(str(known))
            case Text(parts=inner):
                parts += inner
            case _:
                parts.append(None)
    return _text(parts, taints)


def _text(parts: Sequence[str | None], taints: Taints) -> Value:
    """Return a text; not more of it than anyone writes."""
    if len(parts) > MOST_ELEMENTS or sum(len(part) for part in parts if part is not None) > _LONGEST_TEXT:
        return Value(taints=taints)
    if None in parts:
        return Text(tuple(parts), taints=taints)
    return Constant("".join(part for part in parts if part is not None), taints=taints)


def _binary(run: Run, node: ast.BinOp, frame: Frame) -> Value:  # noqa: PLR0911 - one for each kind
    left, right = run.evaluate(node.left, frame), run.evaluate(node.right, frame)
    for each in (left, right):
        require_run(run, each, node, frame)
    taints = deep_taints(left) | deep_taints(right)
    if (moment := calculate(node.op, left, right)) is not None:
        return moment.with_taints(taints)
    match node.op, left, right:
        case ast.Add(), Collection(type="list"), Collection(type="list"):
            return Collection(
                "list", [*left.elements, *right.elements], {}, frame.zone, taints=left.taints | right.taints
            )
        case ast.BitOr(), Collection(type="dict"), Collection(type="dict"):
            items = {**left.items, **right.items}
            return Collection("dict", [*left.elements, *right.elements], items, frame.zone)
        case ast.Add(), _, _ if _is_text(left, right):
            return _text((*_parts(left), *_parts(right)), taints)
        case ast.Div(), Made(path=path), _ if path.startswith("pathlib."):
            return Made(path, (*left.arguments, right), taints=taints)
        case ast.Div(), Library(path=path, owner=Made() as owner), _ if path.startswith("pathlib."):
            return Made("pathlib.Path()", (owner, right), taints=taints)
        case ((ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor()), Collection(type="set"), _):
            return left.with_taints(taints)
    return Value(taints=taints)


def _is_text(*values: Value) -> bool:
    return any(
        isinstance(each, Text) or (isinstance(each, Constant) and isinstance(each.value, str)) for each in values
    )


def _parts(value: Value) -> tuple[str | None, ...]:
    match value:
        case Text(parts=parts):
            return parts
        case Constant(value=str(text)):
            return (text,)
    return (None,)


def _boolean(run: Run, node: ast.BoolOp, frame: Frame) -> Value:
    first, *others = node.values
    values = [run.evaluate(first, frame)]
    for other in others:
        before = run.operations
        values.append(run.evaluate(other, frame))
        if run.operations != before:
            for value in values[:-1]:
                require_stable_condition(run, state.truth(value), frame)
    return join(*values)


def _comparison(run: Run, node: ast.Compare, frame: Frame) -> Value:
    values = [run.evaluate(each, frame) for each in (node.left, *node.comparators)]
    taints = NONE
    for each in values:
        require_run(run, each, node, frame)
        taints |= deep_taints(each)
    return Value(taints=state.without_order(taints))


def _unary(run: Run, node: ast.UnaryOp, frame: Frame) -> Value:
    operand = run.evaluate(node.operand, frame)
    return Value(taints=state.truth(operand) if isinstance(node.op, ast.Not) else operand.taints)


def _conditional(run: Run, node: ast.IfExp, frame: Frame) -> Value:
    test = run.evaluate(node.test, frame)
    before = run.operations
    chosen = join(run.evaluate(node.body, frame), run.evaluate(node.orelse, frame))
    if run.operations != before:
        require_stable_condition(run, state.truth(test), frame)
    return chosen.with_taints(state.truth(test))


def _await(run: Run, node: ast.Await, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    coroutines = [each for each in alternatives(value) if isinstance(each, Awaitable)]
    return join(*(run.call(each, Call(node, frame)) for each in coroutines)) if coroutines else value


_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def _comprehension(run: Run, node: _Comprehension, frame: Frame) -> Value:
    generators = node.generators
    saved = dict(frame.variables)
    steering: Taints = NONE
    before = run.operations
    run.loops.append(node)
    for generator in generators:
        iterated = run.evaluate(generator.iter, frame)
        steering |= iterated.taints
        state.assign(run, generator.target, state.element_of(iterated), frame, node)
        for condition in generator.ifs:
            steering |= state.truth(run.evaluate(condition, frame))
    if isinstance(node, ast.DictComp):
        run.evaluate(node.key, frame)
    elements = [run.evaluate(node.value if isinstance(node, ast.DictComp) else node.elt, frame)]
    run.loops.pop()
    if run.operations != before:
        require_stable_condition(run, steering, frame)
    for name in set(frame.variables) - set(saved):
        del frame.variables[name]
    frame.variables.update({name: saved[name] for name in saved if _stores(generators, name)})
    kind = {ast.SetComp: "set", ast.DictComp: "dict"}.get(type(node), "list")
    taints = steering | (state.unordered(run, frame, node) if kind == "set" else NONE)
    return Collection(kind, elements, {}, frame.zone, taints=taints)


def _stores(generators: list[ast.comprehension], name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name
        for generator in generators
        for each in ast.walk(generator.target)
    )


def _named(run: Run, node: ast.NamedExpr, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    state.assign(run, node.target, value, frame, node)
    return value


def _starred(run: Run, node: ast.Starred, frame: Frame) -> Value:
    return state.element_of(run.evaluate(node.value, frame))


def _yield(run: Run, node: ast.Yield | ast.YieldFrom, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    frame.returned.append(Collection("generator", [value], {}, frame.zone))
    return NOTHING


def _slice(run: Run, node: ast.Slice, frame: Frame) -> Value:
    return Value(taints=taints_of([run.evaluate(each, frame) for each in (node.lower, node.upper, node.step) if each]))


def _formatted(run: Run, node: ast.FormattedValue, frame: Frame) -> Value:
    return run.evaluate(node.value, frame)


EXPRESSIONS: Final[Mapping[type[ast.AST], Callable[..., Value]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.List: _collection("list"),
    ast.Tuple: _collection("tuple"),
    ast.Set: _collection("set"),
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.UnaryOp: _unary,
    ast.IfExp: _conditional,
    ast.Await: _await,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.NamedExpr: _named,
    ast.Starred: _starred,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Slice: _slice,
}
"""How each kind of expression is read. What is not here is not known."""
