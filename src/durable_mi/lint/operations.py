"""The operations of a context: where they may be called, and what runs in them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from durable_mi.lint.bounds import require_bounded_condition, require_timeout
from durable_mi.lint.qualifier import require_qualifier
from durable_mi.lint.results import require_step_result, step_result
from durable_mi.lint.state import element_of
from durable_mi.lint.steering import (
    require_ordered,
    require_recorded,
    require_stable_condition,
    require_stable_name,
)
from durable_mi.lint.values import (
    NOTHING,
    Callback,
    Class,
    Collection,
    Constant,
    Context,
    DurableCall,
    Function,
    Instance,
    Kind,
    Library,
    Made,
    Operation,
    Partial,
    StepContext,
    Value,
    alternatives,
    deep_taints,
)
from durable_mi.lint.zone import Zone, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.lint.frame import Frame
    from durable_mi.lint.run import Run

__all__ = ["begin_operation", "operate", "run_branch"]

_BATCH = "aws_durable_execution_sdk_python.BatchResult()"


def operate(  # noqa: PLR0913 - what a call is made of
    run: Run,
    operation: Operation,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    *,
    complete: bool,
) -> Value:
    """Return what an operation returns, after everything that it runs was read."""
    name = operation.name
    begin_operation(run, operation.context, f"{name}()", frame, node)
    given = _Arguments(name, arguments, keywords)
    if (label := given.get("name")) is not None:
        require_stable_name(run, deep_taints(label))
    return _OPERATIONS[name](run, given, node, frame, complete)


def begin_operation(run: Run, context: Context | None, what: str, frame: Frame, node: ast.AST) -> None:
    """Count an operation, and report one that is called where it must not be."""
    run.operations += 1
    zone = frame.zone
    if zone.kind is ZoneKind.STEP or (zone.kind is ZoneKind.THREAD and not zone.is_replayed):
        run.report(
            "DMC301",
            frame,
            node,
            f"{what} must not be called inside a step: a step records one result, and operations in it are not checkpointed in "
            "order; call it from the flow, or group the operations with run_in_child_context",
        )
    elif zone.kind is ZoneKind.THREAD:
        run.report(
            "DMC302",
            frame,
            node,
            f"{what} must not be called in a thread or an event loop: the order of operations differs on replay; use "
            "context.parallel or context.map",
        )
    elif zone.kind is ZoneKind.FLOW and context is not None and zone.context is not context:
        run.report(
            "DMC303",
            frame,
            node,
            f"{what} must be called on the context of its own branch: on the outer one it lands in the parent's operations, whose "
            "order differs on replay; use the context that the branch is given",
        )


_PARAMETERS = {
    "step": ("func", "name", "config"),
    "wait": ("duration", "name"),
    "invoke": ("function_name", "payload", "name", "config"),
    "map": ("inputs", "func", "name", "config"),
    "parallel": ("functions", "name", "config"),
    "run_in_child_context": ("func", "name", "config"),
    "create_callback": ("name", "config"),
    "wait_for_callback": ("submitter", "name", "config"),
    "wait_for_condition": ("check", "config", "name"),
}


class _Arguments:
    """The arguments of an operation, by the names of the SDK."""

    def __init__(self, operation: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value]) -> None:
        self._by_name = {**dict(zip(_PARAMETERS[operation], arguments, strict=False)), **keywords}

    def get(self, name: str) -> Value | None:
        return self._by_name.get(name)

    def value(self, name: str) -> Value:
        return self._by_name.get(name, NOTHING)


def _step(run: Run, given: _Arguments, node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    results: list[Value] = []
    for function in alternatives(given.value("func")):
        _require_callable(run, function, node, frame)
        _require_recorded_arguments(run, function, frame)
        zone = Zone(ZoneKind.STEP, body=_body(function, node), parent=frame.zone)
        result = run.call(function, (StepContext(),), {}, node, frame, zone) if _runs(function) else NOTHING
        if given.get("config") is None or not _has_serdes(given.value("config")):
            require_step_result(run, result, node, frame)
        results.append(step_result(result))
    return results[0] if len(results) == 1 else NOTHING


def _runs(function: Value) -> bool:
    return isinstance(function, (Function, DurableCall, Partial, Instance, Library))


def _body(function: Value, node: ast.AST) -> ast.AST:
    match function:
        case Function(node=body):
            return body
        case DurableCall(function=inner):
            return inner.node
        case Partial(function=inner):
            return _body(inner, node)
    return node


def _has_serdes(config: Value) -> bool:
    return any(not isinstance(each, Made) or "serdes" in each.keywords for each in alternatives(config))


def _require_callable(run: Run, function: Value, node: ast.AST, frame: Frame) -> None:
    match function:
        case Function(kind=Kind.STEP | Kind.CHILD | Kind.SUBMITTER):
            problem = f"{function.name} is decorated, so that it must be called with its arguments first: {function.name}(...)"
        case Constant() | Collection() | Instance() if not _is_callable(function) and _is_called(node):
            problem = (
                "it is given the result of a call, so that the call runs in the flow at each replay, and not in the step; give "
                "it a lambda, or decorate the function with @durable_step"
            )
        case _:
            return
    run.report("DMC602", frame, node, f"step() must be given a function that it can run: {problem}")


def _is_callable(value: Value) -> bool:
    return isinstance(value, Instance) and isinstance(value.of, Class) and value.of.find("__call__") is not None


def _is_called(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    given = node.args[0] if node.args else next((each.value for each in node.keywords if each.arg == "func"), None)
    return isinstance(given, ast.Call)


def _require_recorded_arguments(run: Run, function: Value, frame: Frame) -> None:
    match function:
        case DurableCall(arguments=arguments, keywords=keywords) | Partial(arguments=arguments, keywords=keywords):
            for each in (*arguments, *keywords.values()):
                require_recorded(run, deep_taints(each), frame, "a step gets it as an argument")


def run_branch(run: Run, function: Value, more: tuple[Value, ...], node: ast.AST, frame: Frame) -> Value:
    """Run a function as a branch or child, with a context of its own."""
    context = Context(f"{getattr(node, 'lineno', 0)}")
    results: list[Value] = []
    for each in alternatives(function):
        body = each.keywords.get("func", NOTHING) if isinstance(each, Made) else each
        _require_recorded_arguments(run, body, frame)
        zone = Zone(ZoneKind.FLOW, context=context, body=_body(body, node), parent=frame.zone)
        if _runs(body):
            results.append(run.call(body, (context, *more), {}, node, frame, zone))
    return results[0] if len(results) == 1 else NOTHING


def _map(run: Run, given: _Arguments, node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    inputs = given.value("inputs")
    require_ordered(run, deep_taints(inputs))
    require_stable_condition(run, inputs.taints, frame)

    run_branch(run, given.value("func"), (element_of(inputs), NOTHING, inputs), node, frame)
    return Made(_BATCH)


def _parallel(run: Run, given: _Arguments, node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    functions = given.value("functions")
    require_ordered(run, deep_taints(functions))
    for each in alternatives(functions):
        require_stable_condition(run, each.taints, frame)
        for function in each.elements if isinstance(each, Collection) else ():
            run_branch(run, function, (), node, frame)
    return Made(_BATCH)


def _child(run: Run, given: _Arguments, node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    return step_result(run_branch(run, given.value("func"), (), node, frame))


def _wait(run: Run, given: _Arguments, _node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    require_recorded(run, deep_taints(given.value("duration")), frame, "a wait gets it as its duration")
    return Constant(None)


def _invoke(run: Run, given: _Arguments, node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    function = given.value("function_name")
    require_qualifier(run, function, node, frame)
    require_stable_condition(run, function.taints, frame)
    require_recorded(run, deep_taints(given.value("payload")), frame, "an invocation gets it as its payload")
    return NOTHING


def _create_callback(run: Run, given: _Arguments, node: ast.AST, frame: Frame, complete: bool) -> Value:  # noqa: FBT001
    require_timeout(run, "create_callback()", given.get("config"), node, frame, complete=complete)
    return Callback()


def _wait_for_callback(run: Run, given: _Arguments, node: ast.AST, frame: Frame, complete: bool) -> Value:  # noqa: FBT001
    require_timeout(run, "wait_for_callback()", given.get("config"), node, frame, complete=complete)
    for submitter in alternatives(given.value("submitter")):
        _require_recorded_arguments(run, submitter, frame)
        zone = Zone(ZoneKind.STEP, body=_body(submitter, node), parent=frame.zone)
        if _runs(submitter):
            run.call(submitter, (NOTHING, StepContext()), {}, node, frame, zone)
    return NOTHING


def _wait_for_condition(run: Run, given: _Arguments, node: ast.AST, frame: Frame, _complete: bool) -> Value:  # noqa: FBT001
    require_bounded_condition(run, given.get("config"), node, frame)
    for check in alternatives(given.value("check")):
        zone = Zone(ZoneKind.STEP, body=_body(check, node), parent=frame.zone)
        if _runs(check):
            run.call(check, (NOTHING, StepContext()), {}, node, frame, zone)
    return NOTHING


_OPERATIONS = {
    "step": _step,
    "wait": _wait,
    "invoke": _invoke,
    "map": _map,
    "parallel": _parallel,
    "run_in_child_context": _child,
    "create_callback": _create_callback,
    "wait_for_callback": _wait_for_callback,
    "wait_for_condition": _wait_for_condition,
}
