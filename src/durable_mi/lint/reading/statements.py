"""What a statement does."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.call import Call
from durable_mi.lint.code.frame import Frame
from durable_mi.lint.code.functions import Class, Function
from durable_mi.lint.code.values import (
    MOST_ELEMENTS,
    NOTHING,
    Collection,
    Library,
    Value,
    alternatives,
    deep_taints,
    join,
)
from durable_mi.lint.code.zone import ZoneKind
from durable_mi.lint.mistakes.bounds import is_endless, require_end
from durable_mi.lint.mistakes.results import require_result
from durable_mi.lint.mistakes.steering import leave_early, require_recorded, require_stable_condition
from durable_mi.lint.mistakes.unrun import require_run
from durable_mi.lint.reading import state
from durable_mi.lint.reading.expressions import function_value
from durable_mi.lint.reading.imports import import_names
from durable_mi.lint.reading.suspension import read_try, require_no_suppression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.reading.run import Run

__all__ = ["STATEMENTS"]


def _expression(run: Run, node: ast.Expr, frame: Frame) -> None:
    require_run(run, run.evaluate(node.value, frame), node, frame)


def _assign(run: Run, node: ast.Assign, frame: Frame) -> None:
    value = run.evaluate(node.value, frame)
    for target in node.targets:
        state.assign(run, target, value, frame, node)


def _annotated(run: Run, node: ast.AnnAssign, frame: Frame) -> None:
    if node.value is not None:
        state.assign(run, node.target, run.evaluate(node.value, frame), frame, node)


def _augmented(run: Run, node: ast.AugAssign, frame: Frame) -> None:
    added = run.evaluate(node.value, frame)
    before = run.evaluate(node.target, frame) if frame.zone.is_replayed else state.peek(run, node.target, frame)
    if isinstance(before, Collection) and isinstance(node.target, ast.Name):
        state.change(run, node.target, before, frame, node)
        if len(before.elements) < MOST_ELEMENTS:
            before.elements.extend(added.elements if isinstance(added, Collection) else [added])
        before.grow(run.decided | added.taints)
        return
    taints = before.taints | deep_taints(added)
    state.assign(run, node.target, Value(taints=taints) if taints else NOTHING, frame, node)


def _delete(run: Run, node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            state.change(run, target.value, state.peek(run, target.value, frame), frame, node)


def _function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
    value: Value = function_value(run, node, frame)
    for decorator in reversed(node.decorator_list):
        wrapper = run.evaluate(decorator, frame)
        wrapped = run.call(wrapper, Call(decorator, frame, (value,)))
        known = any(type(each) is not Value for each in alternatives(wrapped))
        if known and not any(isinstance(each, Function) for each in alternatives(wrapped)):
            known = not isinstance(wrapper, Library)
        # What something unknown makes of a function still calls it, as far as anyone knows.
        value = wrapped if known else replace(value, decorated=True) if isinstance(value, Function) else value
    frame.variables[node.name] = value


def _class(run: Run, node: ast.ClassDef, frame: Frame) -> None:
    bases = tuple(run.evaluate(base, frame) for base in node.bases)
    body = Frame(
        module=frame.module, zone=frame.zone, parent=frame, function=frame.function, is_class=True, loops=frame.loops
    )
    run.execute(node.body, body)
    frame.variables[node.name] = Class(node, frame.module, bases, body.variables)


def _return(run: Run, node: ast.Return, frame: Frame) -> None:
    value = run.evaluate(node.value, frame)
    frame.returned.append(value)
    if frame.zone.kind is ZoneKind.FLOW and frame.zone.body is frame.function:
        earlier = frozenset(taint for taint in deep_taints(value) if taint.operations < run.operations)
        require_recorded(run, earlier, frame, "the result is made from it after other operations")
        if frame.zone.parent is None:
            require_result(run, value, node, frame)


def _raise(run: Run, node: ast.Raise, frame: Frame) -> None:
    value = run.evaluate(node.exc, frame) if node.exc is not None else NOTHING
    if node.exc is not None:
        for attempt in run.attempts:
            if attempt.zone is frame.zone:
                attempt.raised.append(value)


def _if(run: Run, node: ast.If, frame: Frame) -> None:
    if _is_type_checking(node.test):
        run.execute(node.body, frame)
        return
    test = run.evaluate(node.test, frame)
    require_run(run, test, node.test, frame)
    tested = list(_tested(node.test))
    replay = any(isinstance(each, ast.Attribute) and each.attr == "is_replaying" for each in ast.walk(node.test))
    before = run.operations
    run.tested.extend(tested)
    run.guards += replay
    _branches(run, frame, [node.body, node.orelse], state.truth(test))
    run.guards -= replay
    # What follows a body that leaves runs only where the test failed: so is a cache filled after an early return.
    if not _returns(node.body):
        del run.tested[len(run.tested) - len(tested) :]
    _steer(run, frame, state.truth(test), before, [*node.body, *node.orelse])


def _tested(test: ast.expr) -> Iterator[str]:
    """Yield the names of the variables and attributes that a condition looks at."""
    for each in ast.walk(test):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Constant(value=str(name)) if name.isidentifier():
                yield name  # hasattr(self, "name")


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _returns(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], (ast.Return, ast.Raise, ast.Continue))


def _branches(run: Run, frame: Frame, bodies: list[list[ast.stmt]], taints: Taints) -> None:
    start = dict(frame.variables)
    ends: list[dict[str, Value]] = []
    for body in bodies:
        frame.variables = dict(start)
        with run.decided_by(taints):
            run.execute(body, frame)
        # A body that leaves says nothing about what comes after it.
        if not _returns(body):
            ends.append(frame.variables)
    frame.variables = dict(start)
    if ends:
        frame.merge(*ends)
    if taints and frame.zone.is_replayed:
        for name, value in frame.variables.items():
            if start.get(name) is not value:
                frame.variables[name] = value.with_taints(taints)


def _steer(run: Run, frame: Frame, taints: Taints, before: int, body: list[ast.stmt]) -> None:
    if not taints:
        return
    if run.operations != before:
        require_stable_condition(run, taints, frame)
    elif any(_leaves(statement) for statement in body):
        leave_early(run, taints, frame)


def _leaves(statement: ast.stmt) -> bool:
    return any(isinstance(each, (ast.Return, ast.Raise, ast.Break, ast.Continue)) for each in _walk(statement))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _walk(child)


def _for(run: Run, node: ast.For | ast.AsyncFor, frame: Frame) -> None:
    iterated = run.evaluate(node.iter, frame)
    before = run.operations
    run.loops.append(node)
    start = dict(frame.variables)
    for _ in range(2):  # What the first turn leaves behind is what the second one sees.
        state.assign(run, node.target, state.element_of(iterated), frame, node)
        with run.decided_by(iterated.taints):
            run.execute(node.body, frame)
        if run.operations == before and not run.attempts:
            break
    run.loops.pop()
    frame.merge(start, dict(frame.variables))
    run.execute(node.orelse, frame)
    _steer(run, frame, iterated.taints, before, [])
    if is_endless(iterated):
        require_end(run, node, before, frame)


def _while(run: Run, node: ast.While, frame: Frame) -> None:
    before = run.operations
    run.loops.append(node)
    start = dict(frame.variables)
    for _ in range(2):
        test = run.evaluate(node.test, frame)
        with run.decided_by(state.truth(test)):
            run.execute(node.body, frame)
    run.loops.pop()
    frame.merge(start, dict(frame.variables))
    run.execute(node.orelse, frame)
    _steer(run, frame, state.truth(test), before, [])
    if isinstance(node.test, ast.Constant) and node.test.value:
        require_end(run, node, before, frame)


def _with(run: Run, node: ast.With | ast.AsyncWith, frame: Frame) -> None:
    for item in node.items:
        value = run.evaluate(item.context_expr, frame)
        if item.optional_vars is not None:
            state.assign(run, item.optional_vars, _entered(value), frame, node)
    before = run.operations
    run.execute(node.body, frame)
    if run.operations > before and frame.zone.is_replayed:
        require_no_suppression(run, node, frame)


def _entered(value: Value) -> Value:
    """Return what ``with ... as`` binds: most of what is entered returns itself."""
    results = []
    for each in alternatives(value):
        if isinstance(each, Collection) and each.type == "generator":
            results.append(join(*each.elements))
        else:
            results.append(each)
    return join(*results)


def _match(run: Run, node: ast.Match, frame: Frame) -> None:
    subject = run.evaluate(node.subject, frame)
    before = run.operations
    for case in node.cases:
        for each in ast.walk(case.pattern):
            name = getattr(each, "name", None) or getattr(each, "rest", None)
            if isinstance(name, str):
                frame.variables[name] = Value(taints=subject.taints) if subject.taints else NOTHING
        run.evaluate(case.guard, frame)
    _branches(run, frame, [*(case.body for case in node.cases), []], deep_taints(subject))
    _steer(run, frame, deep_taints(subject), before, [statement for case in node.cases for statement in case.body])


def _global(_run: Run, node: ast.Global, frame: Frame) -> None:
    frame.globals.update(node.names)


def _nonlocal(_run: Run, node: ast.Nonlocal, frame: Frame) -> None:
    frame.nonlocals.update(node.names)


def _assert(run: Run, node: ast.Assert, frame: Frame) -> None:
    before = run.operations
    test = run.evaluate(node.test, frame)
    _steer(run, frame, state.truth(test), before, [node])
    leave_early(run, state.truth(test), frame)


STATEMENTS: Final[Mapping[type[ast.AST], Callable[..., None]]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: read_try,
    ast.TryStar: read_try,
    ast.Match: _match,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Assert: _assert,
    ast.Import: import_names,
    ast.ImportFrom: import_names,
}
"""How each kind of statement is read. What is not here does nothing that matters."""
