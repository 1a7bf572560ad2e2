"""The operations of a context: where they may be called, and what runs in them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import DurableCall, Function, Instance, Kind, Partial
from durable_mi.lint.code.values import (
    NOTHING,
    Callback,
    Collection,
    Constant,
    Context,
    Library,
    Made,
    Operation,
    StepContext,
    Value,
    alternatives,
    deep_taints,
)
from durable_mi.lint.code.zone import Zone, ZoneKind
from durable_mi.lint.mistakes.bounds import require_bounded_condition, require_timeout
from durable_mi.lint.mistakes.qualifier import require_qualifier
from durable_mi.lint.mistakes.results import require_step_result, step_result
from durable_mi.lint.mistakes.steering import (
    require_ordered,
    require_recorded,
    require_stable_condition,
    require_stable_name,
)
from durable_mi.lint.reading.state import element_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.lint.code.call import Call
    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

    _Given = Mapping[str, Value]

__all__ = ["begin_operation", "operate", "run_branch"]

_BATCH: Final = "aws_durable_execution_sdk_python.BatchResult()"


def operate(run: Run, operation: Operation, call: Call) -> Value:
    """Return what an operation returns, after everything that it runs was read."""
    name = operation.name
    begin_operation(run, operation.context, f"{name}()", call.frame, call.node)
    given = {**dict(zip(_PARAMETERS[name], call.arguments, strict=False)), **call.keywords}
    if "name" in given:
        require_stable_name(run, deep_taints(given["name"]))
    return _OPERATIONS[name](run, given, call)


def begin_operation(run: Run, context: Context | None, what: str, frame: Frame, node: ast.AST) -> None:
    """Count an operation, and report one that is called where it must not be."""
    run.operations += 1
    zone = frame.zone
    if zone.kind is ZoneKind.STEP or (zone.kind is ZoneKind.THREAD and not zone.is_replayed):
        run.report(
            "DMC301",
            frame,
            node,
            f"{what} must not be called inside a step: a step records one result, and operations in it are not "
            "checkpointed in "
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
            f"{what} must be called on the context of its own branch: on the outer one it lands in the parent's "
            "operations, whose "
            "order differs on replay; use the context that the branch is given",
        )


_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
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


def _step(run: Run, given: _Given, call: Call) -> Value:
    results: list[Value] = []
    for function in alternatives(given.get("func", NOTHING)):
        is_runnable = _require_callable(run, function, call)
        result = _run_step(run, function, (StepContext(),), call, is_once=_is_once(given.get("config")))
        if is_runnable and not _has_serdes(given.get("config")):
            require_step_result(run, result, call.node, call.frame)
        results.append(step_result(result))
    return results[0] if len(results) == 1 else NOTHING


def _run_step(run: Run, function: Value, arguments: tuple[Value, ...], call: Call, *, is_once: bool = False) -> Value:
    """Run a function as a step."""
    run.runs_elsewhere(call.frame.zone)
    _require_recorded_arguments(run, function, call.frame)
    if not isinstance(function, _RUNS):
        return NOTHING
    zone = Zone(ZoneKind.STEP, body=_body(function, call.node), parent=call.frame.zone, is_once=is_once)
    return run.call(function, call.having(*arguments).run_as(zone))


def _body(function: Value, node: ast.AST) -> ast.AST:
    match function:
        case Function(node=body):
            return body
        case DurableCall(function=inner):
            return inner.node
        case Partial(function=inner):
            return _body(inner, node)
    return node


def _is_once(config: Value | None) -> bool:
    """Return whether a step runs at most once. What is not known can be."""
    if config is None:
        return False
    for each in alternatives(config):
        if not isinstance(each, Made):
            return not isinstance(each, Constant)
        semantics = each.keywords.get("step_semantics", each.arguments[1] if len(each.arguments) > 1 else None)
        if semantics is not None and not (isinstance(semantics, Library) and "AT_LEAST_ONCE" in semantics.path):
            return True
    return False


def _has_serdes(config: Value | None) -> bool:
    if config is None:
        return False
    return any(not isinstance(each, Made) or "serdes" in each.keywords for each in alternatives(config))


def _require_callable(run: Run, function: Value, call: Call) -> bool:
    """Report what a step cannot run; return whether it can."""
    match function:
        case Function(kind=Kind.STEP | Kind.CHILD | Kind.SUBMITTER):
            problem = f"{function.name} is decorated and must be called with its arguments first: {function.name}(...)"
        case Constant() | Collection() | Instance() if not _is_callable(function) and _is_called(call.node):
            problem = (
                "it is given the result of a call, which runs in the flow at each replay, and not in the step; give it "
                "a "
                "lambda, or decorate the function with @durable_step"
            )
        case _:
            return True
    run.report("DMC602", call.frame, call.node, f"step() must be given a function that it can run: {problem}")
    return False


def _is_callable(value: Value) -> bool:
    return isinstance(value, Instance) and value.of.find("__call__") is not None


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


def run_branch(run: Run, function: Value, more: tuple[Value, ...], call: Call) -> Value:
    """Run a function as a branch or child, with a context of its own."""
    run.runs_elsewhere(call.frame.zone)
    context = Context(f"{getattr(call.node, 'lineno', 0)}")
    results: list[Value] = []
    for each in alternatives(function):
        body = each.keywords.get("func", NOTHING) if isinstance(each, Made) else each
        _require_recorded_arguments(run, body, call.frame)
        zone = Zone(ZoneKind.FLOW, context=context, body=_body(body, call.node), parent=call.frame.zone)
        if isinstance(body, _RUNS):
            results.append(run.call(body, call.having(context, *more).run_as(zone)))
    return results[0] if len(results) == 1 else NOTHING


def _map(run: Run, given: _Given, call: Call) -> Value:
    inputs = given.get("inputs", NOTHING)
    require_ordered(run, deep_taints(inputs))
    require_stable_condition(run, inputs.taints, call.frame)
    run_branch(run, given.get("func", NOTHING), (element_of(inputs), NOTHING, inputs), call)
    return Made(_BATCH)


def _parallel(run: Run, given: _Given, call: Call) -> Value:
    functions = given.get("functions", NOTHING)
    require_ordered(run, deep_taints(functions))
    for each in alternatives(functions):
        require_stable_condition(run, each.taints, call.frame)
        for function in each.elements if isinstance(each, Collection) else ():
            run_branch(run, function, (), call)
    return Made(_BATCH)


def _child(run: Run, given: _Given, call: Call) -> Value:
    return step_result(run_branch(run, given.get("func", NOTHING), (), call))


def _wait(run: Run, given: _Given, call: Call) -> Value:
    duration = given.get("duration", NOTHING)
    require_recorded(run, deep_taints(duration), call.frame, "a wait gets it as its duration")
    return Constant(None)


def _invoke(run: Run, given: _Given, call: Call) -> Value:
    run.runs_elsewhere(call.frame.zone)
    function = given.get("function_name", NOTHING)
    require_qualifier(run, function, call.node, call.frame)
    require_stable_condition(run, function.taints, call.frame)
    payload = given.get("payload", NOTHING)
    require_recorded(run, deep_taints(payload), call.frame, "an invocation gets it as its payload")
    return NOTHING


def _create_callback(run: Run, given: _Given, call: Call) -> Value:
    require_timeout(run, "create_callback()", given.get("config"), call)
    return Callback()


def _wait_for_callback(run: Run, given: _Given, call: Call) -> Value:
    require_timeout(run, "wait_for_callback()", given.get("config"), call)
    for submitter in alternatives(given.get("submitter", NOTHING)):
        _run_step(run, submitter, (NOTHING, StepContext()), call)
    return NOTHING


def _wait_for_condition(run: Run, given: _Given, call: Call) -> Value:
    require_bounded_condition(run, given.get("config"), call)
    for check in alternatives(given.get("check", NOTHING)):
        _run_step(run, check, (NOTHING, StepContext()), call)
    return NOTHING


_RUNS: Final = (Function, DurableCall, Partial, Instance, Library)
"""What the SDK can run."""

_OPERATIONS: Final[Mapping[str, Callable[[Run, _Given, Call], Value]]] = {
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
